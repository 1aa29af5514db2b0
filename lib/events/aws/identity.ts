import { type Fields, fieldsOf, member as memberOf, textOf } from '../../core/json-fields';

/** Who called, as far as the record says. */
export interface CallerIdentity {
  /** ARN of the role, user or root; else what names the caller. */
  readonly principal: string;
  readonly agent?: string;
  readonly fleet?: string;
  readonly session?: string;
  readonly credential?: string;
  readonly sourceIdentity?: string;
}

/** Roles of agents lie below this path, named by fleet and agent. */
const AGENT_ROLE = /:role\/agentic-iam\/([a-z0-9-]+)\/(.+)$/;

/**
 * Who called. A session is told apart by its role: what it was issued by names the role with its path, which the session's own ARN does not.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function identityOf(identity: Fields | undefined, record: Fields): CallerIdentity {
  const context = fieldsOf(memberOf(identity, 'sessionContext'));
  const issuer = fieldsOf(memberOf(context, 'sessionIssuer'));
  const arn = textOf(memberOf(identity, 'arn'));
  const principal = textOf(memberOf(issuer, 'arn')) ?? (arn && roleOfSession(arn)) ?? arn ?? nameOf(identity);
  const [, fleet = '', name = ''] = AGENT_ROLE.exec(principal) ?? [];
  const agent = name.startsWith(`${fleet}--`) ? name.slice(fleet.length + 2) : undefined;
  const credential = textOf(memberOf(identity, 'accessKeyId'));
  // Of the call that makes a session, what is asked for is what the session will carry.
  const asked = textOf(record['eventName'])?.startsWith('AssumeRole')
    ? textOf(memberOf(record['requestParameters'], 'sourceIdentity'))
    : undefined;
  const sourceIdentity = textOf(memberOf(context, 'sourceIdentity')) ?? asked;
  return {
    principal,
    ...(agent === undefined ? {} : { agent, fleet }),
    ...withSession(arn, textOf(memberOf(identity, 'principalId'))),
    ...(credential === undefined ? {} : { credential }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

function roleOfSession(arn: string): string | undefined {
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? undefined : `arn:${partition}:iam::${account}:role/${role}`;
}

/** `AROAEXAMPLE:name` and `.../name` both end with the name of the session. */
function withSession(arn: string | undefined, principalId: string | undefined): { readonly session?: string } {
  const named = /:assumed-role\/[^/]+\/(.+)$/.exec(arn ?? '')?.[1] ?? /^AROA[A-Z0-9]*:(.+)$/.exec(principalId ?? '')?.[1];
  return named === undefined ? {} : { session: named };
}

/** Services, other accounts and those who bring a token have no ARN. */
function nameOf(identity: Fields | undefined): string {
  const texts = ['invokedBy', 'principalId', 'userName', 'accountId', 'type'].map((key) => textOf(memberOf(identity, key)));
  const onBehalf = textOf(memberOf(memberOf(identity, 'onBehalfOf'), 'userId'));
  return onBehalf ?? texts.find((text) => text !== undefined) ?? 'unknown';
}
