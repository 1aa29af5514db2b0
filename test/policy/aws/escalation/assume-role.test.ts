import type { ReviewInput } from '../../../../lib/core/review/input';
import { awsWorldOf } from '../../../../lib/policy/aws';

const HERE = '111122223333';
const THERE = '444455556666';
const USER = `arn:aws:iam::${HERE}:user/anna`;
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

type Statement = Readonly<Record<string, unknown>>;
const document = (...Statement: Statement[]): object => ({ Version: '2012-10-17', Statement });
const may = (Resource: string, more: Statement = {}): Statement => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource, ...more });
const trusts = (AWS: string, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: 'sts:AssumeRole',
  ...more,
});

interface State {
  /** Statements of the user. */
  readonly user?: readonly Statement[];
  readonly boundary?: Statement;
  /** The account of the role, what it trusts, and what it may do. */
  readonly account?: string;
  readonly trust: Statement;
  readonly admin?: boolean;
}

function steps({ user = [], boundary, account = HERE, trust, admin = false }: State): readonly (readonly [string, string])[] {
  const edge = `arn:aws:iam::${HERE}:policy/edge`;
  const anna = {
    UserName: 'anna',
    Arn: USER,
    UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document(...user) }],
    ...(boundary && { PermissionsBoundary: { PermissionsBoundaryArn: edge } }),
  };
  const role = {
    RoleName: 'target',
    Arn: `arn:aws:iam::${account}:role/target`,
    AssumeRolePolicyDocument: document(trust),
    AttachedManagedPolicies: admin ? [{ PolicyName: 'AdministratorAccess', PolicyArn: ADMIN }] : [],
  };
  const policies = boundary
    ? [{ PolicyName: 'edge', Arn: edge, PolicyVersionList: [{ IsDefaultVersion: true, Document: document(boundary) }] }]
    : [];
  const details: readonly ReviewInput[] = [
    {
      kind: 'account-details',
      file: 'here.json',
      json: { UserDetailList: [anna], RoleDetailList: account === HERE ? [role] : [], Policies: policies },
    },
    ...(account === HERE ? [] : [{ kind: 'account-details', file: 'there.json', json: { RoleDetailList: [role] } } as const]),
  ];
  const world = awsWorldOf(details);
  if (!world) throw new Error('no world');
  return world.steps(USER, new Set([USER])).map(({ to, toId }) => [to, toId]);
}

const TARGET = `arn:aws:iam::${HERE}:role/target`;
const FAR = `arn:aws:iam::${THERE}:role/target`;
const ROOT = `arn:aws:iam::${HERE}:root`;

test.each<readonly [string, State, readonly (readonly [string, string])[]]>([
  ['both sides say yes', { user: [may(TARGET)], trust: trusts(ROOT) }, [['principal', TARGET]]],
  ['the role is an administrator', { user: [may(TARGET)], trust: trusts(ROOT), admin: true }, [['admin', TARGET]]],
  ['the role names the user, and the account is the same', { trust: trusts(USER) }, [['principal', TARGET]]],
  ['another account, both sides', { user: [may(FAR)], account: THERE, trust: trusts(USER) }, [['principal', FAR]]],
  [
    'another account, by its root',
    { user: [may(`arn:aws:iam::${THERE}:role/*`)], account: THERE, trust: trusts(ROOT) },
    [['principal', FAR]],
  ],
  ['another account, without the identity side', { account: THERE, trust: trusts(USER) }, []],
  ['the role trusts somebody else', { user: [may('*')], trust: trusts(`arn:aws:iam::${HERE}:user/bert`) }, []],
  ['the role trusts a service', { user: [may('*')], trust: trusts('', { Principal: { Service: 'lambda.amazonaws.com' } }) }, []],
  ['the user may assume another role', { user: [may(`${TARGET}-2`)], trust: trusts(ROOT) }, []],
  ['a separate deny', { user: [may('*'), may('*', { Effect: 'Deny' })], trust: trusts(ROOT) }, []],
  ['a boundary without it', { user: [may('*')], boundary: { Effect: 'Allow', Action: 's3:*', Resource: '*' }, trust: trusts(ROOT) }, []],
  [
    'a trust for a past that is over',
    { user: [may('*')], trust: trusts(ROOT, { Condition: { DateLessThan: { 'aws:CurrentTime': '2015-01-01T00:00:00Z' } } }) },
    [],
  ],
])('%s', (_, state, expected) => {
  expect(steps(state)).toEqual(expected);
});

test('a step names its request and the statements that allow it', () => {
  const world = awsWorldOf([
    {
      kind: 'account-details',
      file: 'here.json',
      json: {
        UserDetailList: [{ UserName: 'anna', Arn: USER }],
        RoleDetailList: [{ RoleName: 'target', Arn: TARGET, AssumeRolePolicyDocument: document(trusts(USER)) }],
      },
    },
  ]);
  expect(world?.steps(USER, new Set([USER]))).toEqual([
    expect.objectContaining({
      from: USER,
      technique: 'sts-assume-role',
      requests: [{ action: 'sts:AssumeRole', resource: TARGET }],
      allowedBy: [expect.objectContaining({ layer: 'trust', source: 'here.json' })],
    }),
  ]);
  expect(world?.steps(TARGET, new Set([TARGET]))).toEqual([]);
});
