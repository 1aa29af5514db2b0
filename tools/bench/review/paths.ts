import type { ReviewInput } from '../../../lib/core/review/input';
import type { AccessPath } from '../../../lib/core/review/result';
import { reviewWorlds } from '../../../lib/core/review/review';
import { worldsOf } from '../../../lib/policy/worlds';
import catalog from '../../../test/fixtures/aws-paths.json';
import { accountWithTargets } from './targets';

/** One known way of privilege escalation. */
export interface KnownPath {
  readonly id: string;
  /** Actions that its source says are needed. */
  readonly required: readonly string[];
  readonly source: string;
}

export type Statement = Readonly<Record<string, unknown>>;

/** The inline policies of one user. */
export type Policies = readonly (readonly Statement[])[];

export const KNOWN_PATHS: readonly KnownPath[] = catalog.paths;

export const ACCOUNT = '111122223333';
export const USER = `arn:aws:iam::${ACCOUNT}:user/dev`;

/** A user by what it may. */
export interface User {
  readonly policies: Policies;
  readonly boundary?: readonly Statement[];
}

/** The same rights written in several ways; each must be found. */
export const VARIANTS: Readonly<Record<string, (path: KnownPath) => Policies>> = {
  'as required, on *': ({ required }) => [[allow(required)]],
  'prefix wildcards': ({ required }) => [[allow(required.map(prefixOf))]],
  NotAction: ({ required }) => [[{ Effect: 'Allow', NotAction: servicesBut(required), Resource: '*' }]],
  'over two policies': ({ required }) => {
    const half = Math.ceil(required.length / 2);
    return required.length === 1
      ? [[allow(required)], [allow(['sts:GetCallerIdentity'])]]
      : [[allow(required.slice(0, half))], [allow(required.slice(half))]];
  },
};

/** What is known around the user. */
export const FORMS: Readonly<Record<string, (policies: Policies) => readonly ReviewInput[]>> = {
  'the user alone': (policies) => [accountOf({ policies })],
  'a template': (policies) => [templateOf(policies)],
  'an account with targets': (policies) => accountWithTargets(accountOf({ policies })),
};

/** The paths of the user in these inputs. */
export function pathsOfUser(inputs: readonly ReviewInput[]): readonly AccessPath[] {
  const template = inputs.some(({ kind }) => kind === 'template');
  const asked: readonly ReviewInput[] = template ? [] : [{ kind: 'principals', file: 'principals', json: [USER] }];
  const { principals } = reviewWorlds(worldsOf([...inputs, ...asked]), { sources: [] });
  const user = principals.find(({ kind }) => kind === 'user');
  if (!user) throw new Error('the user was not reviewed');
  return user.paths;
}

export function allow(actions: readonly string[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: '*' };
}

export function deny(actions: readonly string[]): Statement {
  return { Effect: 'Deny', Action: actions, Resource: '*' };
}

/** `iam:PassRole` -> `iam:Pass*`: up to the end of the first word of the name. */
function prefixOf(action: string): string {
  const [service = '', name = ''] = action.split(':');
  const [word = name] = /^[A-Z]+[a-z0-9]+/.exec(name) ?? [];
  return `${service}:${word === name ? name.slice(0, -1) : word}*`;
}

const OTHER_SERVICES = [
  'apigateway',
  'athena',
  'backup',
  'chime',
  'dynamodb',
  'elasticache',
  'kinesis',
  'polly',
  'rds',
  'sns',
  'sqs',
  'workmail',
];

/** Everything but services that the way does not need. */
function servicesBut(required: readonly string[]): readonly string[] {
  const needed = new Set(required.map((action) => action.split(':')[0]));
  return OTHER_SERVICES.filter((service) => !needed.has(service)).map((service) => `${service}:*`);
}

/** Account details that list the user alone. */
export function accountOf({ policies, boundary }: User): ReviewInput {
  const bound = `arn:aws:iam::${ACCOUNT}:policy/bound`;
  const user = {
    UserName: 'dev',
    Arn: USER,
    Path: '/',
    UserPolicyList: policies.map((Statement, index) => ({ PolicyName: `p${index}`, PolicyDocument: { Version: '2012-10-17', Statement } })),
    ...(boundary && { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: bound } }),
  };
  const document = { Version: '2012-10-17', Statement: boundary };
  const managed = boundary
    ? [{ PolicyName: 'bound', Arn: bound, PolicyVersionList: [{ IsDefaultVersion: true, Document: document }] }]
    : [];
  return {
    kind: 'account-details',
    file: 'account.json',
    json: { UserDetailList: [user], GroupDetailList: [], RoleDetailList: [], Policies: managed },
  };
}

function templateOf(policies: Policies): ReviewInput {
  const Policies = policies.map((Statement, index) => ({ PolicyName: `p${index}`, PolicyDocument: { Version: '2012-10-17', Statement } }));
  const json = { Resources: { Dev: { Type: 'AWS::IAM::User', Properties: { Policies } } } };
  return { kind: 'template', file: 'dev.template.json', json, stack: { name: 'dev', account: ACCOUNT, region: 'eu-west-1' } };
}
