import { findPaths } from '../../../../lib/core/review/paths';
import { awsWorldOf } from '../../../../lib/policy/aws';

export const HERE = '111122223333';
export const THERE = '444455556666';

export type Statement = Readonly<Record<string, unknown>>;

/** One user, role or group; `account` is HERE unless said. */
export interface Party {
  readonly may?: readonly Statement[];
  readonly admin?: boolean;
  readonly account?: string;
  readonly groups?: readonly string[];
  readonly boundary?: readonly Statement[];
  /** Trust statements, or the principal of one. */
  readonly trust?: readonly Statement[] | Statement | string;
  readonly profile?: boolean;
  readonly path?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Names of managed policies of the account. */
  readonly attached?: readonly string[];
}

/** An account state as a person would note it. */
export interface State {
  readonly users?: Readonly<Record<string, Party>>;
  readonly roles?: Readonly<Record<string, Party>>;
  readonly groups?: Readonly<Record<string, Party>>;
  readonly policies?: Readonly<Record<string, readonly Statement[]>>;
  /** What an earlier version of a policy said. */
  readonly earlier?: Readonly<Record<string, readonly Statement[]>>;
  readonly resources?: readonly {
    readonly arn: string;
    readonly role?: string;
    readonly policy?: readonly Statement[];
    readonly type?: string;
  }[];
  /** `user/dev` unless said. */
  readonly start?: string;
}

export const allow = (action: string | readonly string[], resource: string | readonly string[] = '*', more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
export const deny = (action: string | readonly string[], resource: string | readonly string[] = '*', more: Statement = {}): Statement => ({
  ...allow(action, resource, more),
  Effect: 'Deny',
});
export const arn = (name: string, account = HERE): string => `arn:aws:iam::${account}:${name}`;
const document = (statements: readonly Statement[]) => ({ Version: '2012-10-17', Statement: statements });
const ADMIN = allow('*');

function trustOf(trust: Party['trust'] = `${HERE}`): object {
  if (Array.isArray(trust)) return document(trust as readonly Statement[]);
  const principal = typeof trust === 'string' ? (trust.endsWith('.amazonaws.com') ? { Service: trust } : { AWS: trust }) : trust;
  return document([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }]);
}

/** What `aws iam get-account-authorization-details` would print, each account in a file of its own. */
export function inputsOf(state: State): Parameters<typeof awsWorldOf>[0] {
  const accounts = new Map<string, { UserDetailList: object[]; RoleDetailList: object[]; GroupDetailList: object[]; Policies: object[] }>();
  const file = (account: string) => {
    const known = accounts.get(account) ?? { UserDetailList: [], RoleDetailList: [], GroupDetailList: [], Policies: [] };
    accounts.set(account, known);
    return known;
  };
  const managed = (name: string, statements: readonly Statement[], account = HERE) =>
    file(account).Policies.push({
      PolicyName: name,
      Arn: arn(`policy/${name}`, account),
      PolicyVersionList: [
        ...(state.earlier?.[name] ? [{ VersionId: 'v1', IsDefaultVersion: false, Document: document(state.earlier[name]) }] : []),
        { VersionId: 'v2', IsDefaultVersion: true, Document: document(statements) },
      ],
    });
  for (const [name, statements] of Object.entries(state.policies ?? {})) managed(name, statements);
  const common = (kind: 'User' | 'Role' | 'Group', name: string, party: Party) => {
    const { may = [], admin, account = HERE, boundary, path = '/', tags = {}, attached = [] } = party;
    if (boundary) managed(`boundary-of-${name}`, boundary, account);
    const statements = admin ? [ADMIN, ...may] : may;
    return {
      [`${kind}Name`]: name,
      Path: path,
      Arn: arn(`${kind.toLowerCase()}${path}${name}`, account),
      [`${kind}PolicyList`]: statements.length > 0 ? [{ PolicyName: `of-${name}`, PolicyDocument: document(statements) }] : [],
      AttachedManagedPolicies: attached.map((one) => ({
        PolicyName: one,
        PolicyArn: one.startsWith('arn:') ? one : arn(`policy/${one}`, account),
      })),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      ...(boundary ? { PermissionsBoundary: { PermissionsBoundaryArn: arn(`policy/boundary-of-${name}`, account) } } : {}),
    };
  };
  for (const [name, party] of Object.entries(state.groups ?? {}))
    file(party.account ?? HERE).GroupDetailList.push(common('Group', name, party));
  for (const [name, party] of Object.entries(state.users ?? {})) {
    file(party.account ?? HERE).UserDetailList.push({ ...common('User', name, party), GroupList: party.groups ?? [] });
  }
  // Every real account has roles that AWS made; with one of them a listing looks like a whole account.
  const roles = {
    AWSServiceRoleForSupport: { path: '/aws-service-role/support.amazonaws.com/', trust: 'support.amazonaws.com' },
    ...state.roles,
  };
  for (const [name, party] of Object.entries(roles as Readonly<Record<string, Party>>)) {
    file(party.account ?? HERE).RoleDetailList.push({
      ...common('Role', name, party),
      AssumeRolePolicyDocument: trustOf(party.trust),
      InstanceProfileList: party.profile ? [{ Arn: arn(`instance-profile/${name}`, party.account), Roles: [] }] : [],
    });
  }
  const resources = (state.resources ?? []).map(({ policy, role, ...rest }) => ({
    ...rest,
    ...(role ? { role: role.startsWith('arn:') ? role : arn(`role/${role}`) } : {}),
    ...(policy ? { policy: document(policy) } : {}),
  }));
  return [
    ...[...accounts].map(([account, json]) => ({ kind: 'account-details' as const, file: `${account}.json`, json })),
    { kind: 'resources' as const, file: 'resources.jsonl', json: resources },
    { kind: 'principals' as const, file: 'principals', json: [arn(state.start ?? 'user/dev')] },
  ];
}

/** Every path of the start, as `end id` with the techniques, for people to compare. */
export function pathsOf(state: State): readonly string[] {
  const world = awsWorldOf(inputsOf(state));
  if (!world) throw new Error('the state holds nothing');
  const { paths } = findPaths(arn(state.start ?? 'user/dev'), [world]);
  return paths
    .map(({ to, toArn, steps }) => `${to} ${toArn.replace(/^arn:aws:iam::/, '')} by ${steps.map(({ technique }) => technique).join(', ')}`)
    .sort();
}
