import type { ReviewInput } from '../../../lib/core/review/input';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const BOSS = `arn:aws:iam::${ACCOUNT}:role/boss`;

/** Services that run code as a role. */
const SERVICES = [
  'apprunner',
  'tasks.apprunner',
  'batch',
  'ecs-tasks',
  'bedrock',
  'bedrock-agentcore',
  'braket',
  'cloudformation',
  'codebuild',
  'codedeploy',
  'datapipeline',
  'ec2',
  'elasticmapreduce',
  'emr-serverless',
  'gamelift',
  'glue',
  'imagebuilder',
  'kinesisanalytics',
  'lambda',
  'omics',
  'sagemaker',
  'scheduler',
  'ssm',
  'states',
].map((name) => `${name}.amazonaws.com`);

/** Something that already runs as the administrator. */
const RUNNING: readonly (readonly [service: string, name: string])[] = [
  ['apprunner', 'service/shop/0123456789abcdef0123456789abcdef'],
  ['batch', 'job-definition/nightly:1'],
  ['bedrock-agentcore', 'code-interpreter-custom/tools-0123456789'],
  ['cloudformation', 'stack/base/11111111-2222-3333-4444-555555555555'],
  ['cloudformation', 'stackset/everywhere:11111111-2222-3333-4444-555555555555'],
  ['codebuild', 'project/build'],
  ['ec2', 'instance/i-0123456789abcdef0'],
  ['ec2', 'launch-template/lt-0123456789abcdef0'],
  ['ecs', 'task-definition/shop:1'],
  ['ecs', 'task/main/0123456789abcdef0123456789abcdef'],
  ['glue', 'devEndpoint/notebook'],
  ['glue', 'job/import'],
  ['lambda', 'function:pay'],
  ['sagemaker', 'notebook-instance/research'],
  ['states', 'stateMachine:orders'],
];

/** The account of the user as it would look in full: an administrator in every place that a known way leads to, and nothing assumed. */
export function accountWithTargets(alone: ReviewInput, privileged = true): readonly ReviewInput[] {
  const details = alone.json as { UserDetailList: readonly object[]; Policies: readonly object[] };
  const [user] = details.UserDetailList;
  const managed = { AttachedManagedPolicies: [{ PolicyName: 'team', PolicyArn: TEAM.Arn }] };
  const json = {
    ...details,
    UserDetailList: [{ ...user, ...managed, GroupList: ['team'] }, principal('User', 'owner', privileged)],
    GroupDetailList: [principal('Group', 'team', false), principal('Group', 'owners', privileged)],
    RoleDetailList: [
      { ...principal('Role', 'boss', privileged), AssumeRolePolicyDocument: document(TRUST), InstanceProfileList: [profile()] },
      { ...principal('Role', 'clerk', false), AssumeRolePolicyDocument: document(TRUST) },
      {
        ...principal('Role', 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef', false),
        AssumeRolePolicyDocument: document([]),
      },
    ],
    Policies: [...details.Policies, TEAM],
  };
  const lines = RUNNING.map(([service, name]) => ({ arn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`, role: BOSS }));
  return [
    { ...alone, json },
    { kind: 'resources', file: 'resources.jsonl', json: lines },
  ];
}

const TEAM = {
  PolicyName: 'team',
  Arn: `arn:aws:iam::${ACCOUNT}:policy/team`,
  PolicyVersionList: [
    { IsDefaultVersion: true, Document: document([{ Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' }]) },
  ],
};

const TRUST = [
  { Effect: 'Allow', Principal: { Service: SERVICES }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
  {
    Effect: 'Allow',
    Principal: { Federated: 'cognito-identity.amazonaws.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': `${REGION}:11111111-2222-3333-4444-555555555555` } },
  },
];

function principal(kind: 'User' | 'Role' | 'Group', path: string, privileged: boolean): object {
  const statements = privileged ? [{ Effect: 'Allow', Action: '*', Resource: '*' }] : [];
  return {
    [`${kind}Name`]: path.split('/').at(-1),
    Arn: `arn:aws:iam::${ACCOUNT}:${kind.toLowerCase()}/${path}`,
    [`${kind}PolicyList`]: privileged ? [{ PolicyName: 'all', PolicyDocument: document(statements) }] : [],
  };
}

function profile(): object {
  return { InstanceProfileName: 'boss', Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/boss`, Roles: [] };
}

function document(Statement: readonly object[]): object {
  return { Version: '2012-10-17', Statement };
}
