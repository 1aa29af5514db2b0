import type { ReviewInput } from '../../../../lib/core/review/input';
import type { AccessPath } from '../../../../lib/core/review/result';
import { reviewWorlds } from '../../../../lib/core/review/review';
import { worldsOf } from '../../../../lib/policy/worlds';

/** One statement of a policy, in the words of IAM. */
export type Statement = Readonly<Record<string, unknown>>;

/** A user, role or group; its kind and account are in its ARN. */
export interface StatePrincipal {
  readonly trust?: readonly Statement[];
  /** Inline policies, each a list of statements. */
  readonly policies?: readonly (readonly Statement[])[];
  /** ARNs of managed policies. */
  readonly managed?: readonly string[];
  /** Names of groups. */
  readonly groups?: readonly string[];
  /** ARN of the managed policy that bounds it. */
  readonly boundary?: string;
  /** ARNs of instance profiles. */
  readonly profiles?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** A line about a resource. */
export interface StateResource {
  readonly arn: string;
  readonly type?: string;
  readonly account?: string;
  readonly role?: string;
  readonly policy?: readonly Statement[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** What can be reached: what kind it is, and its ARN. */
export type End = readonly [to: AccessPath['to'], toArn: string];

/** An account, or several, as one principal finds it. */
export interface AccountState {
  readonly id: string;
  /** Where the facts are from, as a path of its repository; or the page of AWS that decides it. */
  readonly source?: string;
  /** What it is about, where the id does not say. */
  readonly why?: string;
  /** ARN of the principal that is in the attacker's hands. */
  readonly start: string;
  /** Actions that the closings close. */
  readonly needs?: readonly string[];
  /** ARN of the principal at which the closings close them. @default - the start */
  readonly at?: string;
  /** Where the attacker gets, all of it. */
  readonly ends: readonly End[];
  readonly principals: Readonly<Record<string, StatePrincipal>>;
  /** Customer managed policies by ARN. */
  readonly policies?: Readonly<Record<string, readonly Statement[]>>;
  readonly resources?: readonly StateResource[];
  /** What is reached although the way is closed. @default - nothing */
  readonly left?: readonly End[];
  /** Why closing what the identity is allowed, other than by a deny, leaves the way open. @default - it closes it */
  readonly open?: string;
  /** Why targets without privileges are worth as much. @default - they are worth nothing */
  readonly givesPrivileges?: string;
}

const AWS_MANAGED: Readonly<Record<string, readonly Statement[]>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Account details of each account, resource lines and the principal, as the command line is given them. */
export function inputsOf(state: AccountState): readonly ReviewInput[] {
  const accounts = new Set(Object.keys(state.principals).map(accountOf));
  return [
    ...[...accounts].map((account): ReviewInput => ({ kind: 'account-details', file: `${account}.json`, json: details(state, account) })),
    { kind: 'resources', file: 'resources.jsonl', json: (state.resources ?? []).map(line) },
    { kind: 'principals', file: 'principals', json: [state.start] },
  ];
}

/** The paths of the start. */
export function pathsOf(state: AccountState): readonly AccessPath[] {
  const review = reviewWorlds(worldsOf(inputsOf(state)), { sources: [] });
  const start = review.principals.find(({ id }) => id === state.start);
  if (!start) throw new Error(`${state.id}: '${state.start}' was not reviewed`);
  return start.paths;
}

/** The distinct ends of paths, sorted: `admin arn:aws:iam::...`. */
export function endsOf(paths: readonly AccessPath[]): readonly string[] {
  return [...new Set(paths.map(({ to, toArn }) => `${to} ${toArn}`))].sort();
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

function pathOf(arn: string): string {
  return arn.replace(/^[^/]*|[^/]*$/g, '');
}

function document(statements: readonly Statement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

function line({ policy, ...rest }: StateResource): object {
  return { ...rest, ...(policy && { policy: document(policy) }) };
}

function details(state: AccountState, account: string): object {
  const rows = Object.entries(state.principals).filter(([arn]) => accountOf(arn) === account);
  const ofKind = (kind: string) => rows.filter(([arn]) => arn.includes(`:${kind}/`)).map(([arn, principal]) => row(kind, arn, principal));
  const attached = new Set(rows.flatMap(([, { managed = [], boundary }]) => (boundary ? [...managed, boundary] : managed)));
  const texts = { ...AWS_MANAGED, ...state.policies };
  const known = [...attached, ...Object.keys(state.policies ?? {})].filter(
    (arn) => texts[arn] && ['aws', account].includes(accountOf(arn)),
  );
  return {
    UserDetailList: ofKind('user'),
    GroupDetailList: ofKind('group'),
    // Every account has roles that AWS made.
    RoleDetailList: [...ofKind('role'), serviceLinked(account)],
    Policies: [...new Set(known)].map((arn) => ({
      PolicyName: nameOf(arn),
      Arn: arn,
      Path: pathOf(arn),
      DefaultVersionId: 'v1',
      IsAttachable: true,
      PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: document(texts[arn] ?? []) }],
    })),
    IsTruncated: false,
  };
}

function row(kind: string, arn: string, principal: StatePrincipal): object {
  const { policies = [], managed = [], groups, boundary, profiles = [], trust, tags } = principal;
  const word = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return {
    [`${word}Name`]: nameOf(arn),
    [`${word}Id`]: `ID${nameOf(arn)
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')}`,
    Arn: arn,
    Path: pathOf(arn),
    [`${word}PolicyList`]: policies.map((statements, index) => ({ PolicyName: `inline-${index}`, PolicyDocument: document(statements) })),
    AttachedManagedPolicies: managed.map((policy) => ({ PolicyName: nameOf(policy), PolicyArn: policy })),
    ...(groups && { GroupList: groups }),
    ...(boundary && { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary } }),
    ...(tags && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(kind === 'role' && {
      AssumeRolePolicyDocument: document(trust ?? []),
      InstanceProfileList: profiles.map((profile) => ({ InstanceProfileName: nameOf(profile), Arn: profile, Path: pathOf(profile) })),
    }),
  };
}

function serviceLinked(account: string): object {
  return {
    RoleName: 'AWSServiceRoleForSupport',
    RoleId: 'AROASUPPORT',
    Arn: `arn:aws:iam::${account}:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport`,
    Path: '/aws-service-role/support.amazonaws.com/',
    AssumeRolePolicyDocument: document([{ Effect: 'Allow', Principal: { Service: 'support.amazonaws.com' }, Action: 'sts:AssumeRole' }]),
    RolePolicyList: [],
    AttachedManagedPolicies: [
      { PolicyName: 'AWSSupportServiceRolePolicy', PolicyArn: 'arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy' },
    ],
    InstanceProfileList: [],
  };
}
