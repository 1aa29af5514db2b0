import type { Person } from '../../../core/containment/service';

/**
 * Who called. The session of a role of IAM Identity Center is named by it after the person; that of any other role is named by whoever assumes it, so that such
 * a session stands for its role alone: two of them are one person.
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export function personOf(userArn: unknown): Person | undefined {
  const arn = typeof userArn === 'string' ? userArn : '';
  const [, account, role = '', session = ''] = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  if (account) {
    const named = role.startsWith('AWSReservedSSO_');
    return { id: named ? `${account} sso ${session}` : `${account} role ${role}`, shown: named ? session : role };
  }
  const [, userAccount, user] = /^arn:[^:]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return user ? { id: `${userAccount} user ${user}`, shown: user } : undefined;
}
