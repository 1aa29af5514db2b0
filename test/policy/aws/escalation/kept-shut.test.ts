import { awsWorldOf } from '../../../../lib/policy/aws';

const HERE = 'arn:aws:iam::111122223333:';
const ANNA = `${HERE}user/anna`;
const TARGET = `${HERE}role/target`;

type Statement = Readonly<Record<string, unknown>>;
const document = (...Statement: Statement[]): object => ({ Version: '2012-10-17', Statement });
const may = (Action: string, Resource: string, Condition?: object): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const no = (Action: string, Resource = '*'): Statement => ({ Effect: 'Deny', Action, Resource });
const trust = (AWS: string, Condition?: object): Statement => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: 'sts:AssumeRole',
  ...(Condition && { Condition }),
});

interface State {
  readonly user?: readonly Statement[];
  readonly group?: readonly Statement[];
  readonly trust?: Statement;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** Steps of a user in an account with one role that may write objects. */
function steps(
  { user = [], group = [], trust: trusts = trust(`${HERE}root`), tags = [] }: State,
  from = ANNA,
  held: readonly string[] = [from],
): readonly string[] {
  const world = awsWorldOf([
    {
      kind: 'account-details',
      file: 'details.json',
      json: {
        UserDetailList: [
          { UserName: 'anna', Arn: ANNA, GroupList: ['staff'], UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document(...user) }] },
        ],
        GroupDetailList: [
          { GroupName: 'staff', Arn: `${HERE}group/staff`, GroupPolicyList: [{ PolicyName: 'all', PolicyDocument: document(...group) }] },
        ],
        RoleDetailList: [
          {
            RoleName: 'target',
            Arn: TARGET,
            Tags: tags,
            AssumeRolePolicyDocument: document(trusts),
            RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document(may('s3:PutObject', '*'), may('sts:AssumeRole', '*')) }],
          },
        ],
      },
    },
  ]);
  return (world?.steps(from, new Set(held)) ?? []).map(({ technique, toId }) => `${technique} ${toId.split('/').at(-1)}`);
}

const PAST = { DateLessThanEquals: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };
const ASSUMES = 'sts-assume-role target';
const REWRITES = 'iam-update-trust target';

test.each<readonly [string, State, readonly string[]]>([
  ['a trust', { user: [may('sts:AssumeRole', TARGET)] }, [ASSUMES]],
  ['a trust until a day that is past', { user: [may('sts:AssumeRole', TARGET)], trust: trust(`${HERE}root`, PAST) }, []],
  [
    'a trust until a day that is still to come',
    { user: [may('sts:AssumeRole', TARGET)], trust: trust(`${HERE}root`, { DateLessThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } }) },
    [ASSUMES],
  ],
  [
    'a group whose members name their sessions',
    { group: [may('sts:AssumeRole', TARGET, { StringEquals: { 'sts:RoleSessionName': 'night-shift' } })] },
    [ASSUMES],
  ],
  [
    'an id that a provider asks for, which is no secret',
    { user: [may('sts:AssumeRole', TARGET)], trust: trust(`${HERE}root`, { StringEquals: { 'sts:ExternalId': 'a1b2' } }) },
    [ASSUMES],
  ],
  [
    'a second factor, which is not the caller to choose',
    { user: [may('sts:AssumeRole', TARGET)], trust: trust(`${HERE}root`, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }) },
    [],
  ],
  ['a trust that can be rewritten', { user: [may('iam:UpdateAssumeRolePolicy', TARGET)] }, [REWRITES]],
  [
    'a trust that can be rewritten by one who may assume nothing',
    { user: [may('iam:UpdateAssumeRolePolicy', TARGET), no('sts:AssumeRole')] },
    [],
  ],
  [
    'a trust that can be rewritten in a region where IAM is not',
    { user: [may('iam:UpdateAssumeRolePolicy', TARGET, { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } })] },
    [],
  ],
  [
    'a trust that can be rewritten in the region where IAM is',
    { user: [may('iam:UpdateAssumeRolePolicy', TARGET, { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } })] },
    [REWRITES],
  ],
  [
    'the trust of roles with a tag that it has',
    {
      user: [may('iam:UpdateAssumeRolePolicy', '*', { StringEquals: { 'iam:ResourceTag/team': 'red' } })],
      tags: [{ Key: 'team', Value: 'red' }],
    },
    [REWRITES],
  ],
  [
    'the trust of roles with a tag that it has not',
    {
      user: [may('iam:UpdateAssumeRolePolicy', '*', { StringEquals: { 'iam:ResourceTag/team': 'red' } })],
      tags: [{ Key: 'team', Value: 'blue' }],
    },
    [],
  ],
])('%s', (_, state, expected) => {
  expect(steps(state)).toEqual(expected);
});

test('a role that trusts itself gains nothing by assuming itself', () => {
  expect(steps({ trust: trust(TARGET) }, TARGET)).toEqual([]);
});

const service = (Service: string): Statement => ({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' });

test('a role that is in no instance profile is started only by who can put it into one', () => {
  const starts = [may('iam:PassRole', TARGET), may('ec2:RunInstances', '*'), may('iam:CreateInstanceProfile', '*')];
  const found = (...more: Statement[]) => steps({ user: [...starts, ...more], trust: service('ec2.amazonaws.com') });
  expect(found()).toEqual([]);
  expect(found(may('iam:AddRoleToInstanceProfile', '*'))).toEqual([expect.stringMatching(/^ec2-.* target$/)]);
});

test('passing a role that is held already is no step', () => {
  const user = [may('iam:PassRole', TARGET), may('lambda:CreateFunction', '*'), may('lambda:InvokeFunction', '*')];
  const found = (...held: string[]) => steps({ user, trust: service('lambda.amazonaws.com') }, ANNA, [ANNA, ...held]);
  expect(found().filter((one) => one.endsWith(' target')).length).toBeGreaterThan(0);
  expect(found(TARGET)).toEqual([]);
});

test.each<readonly [string, object, readonly string[]]>([
  ['its subject', { StringEquals: { 'accounts.google.com:sub': '1234567' } }, ['sts-web-identity target']],
  ['another subject', { StringEquals: { 'accounts.google.com:sub': '7654321' } }, []],
  ['an audience alone', { StringEquals: { 'accounts.google.com:aud': 'app' } }, []],
  [
    'its subject, from one address',
    { StringEquals: { 'accounts.google.com:sub': '1234567' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    [],
  ],
])('a stranger is let in by a trust that names %s', (_, Condition, expected) => {
  const lets: Statement = {
    Effect: 'Allow',
    Principal: { Federated: 'accounts.google.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  };
  expect(steps({ trust: lets }, '1234567')).toEqual(expected);
});
