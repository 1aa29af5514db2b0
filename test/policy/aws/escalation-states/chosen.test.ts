import { allow, arn, deny, HERE, pathsOf, type State, type Statement } from './account';

const ROLE = arn('role/boss');
const boss = (trust: string, more: NonNullable<State['roles']>[string] = {}): State['roles'] => ({ boss: { admin: true, trust, ...more } });
const dev = (...may: readonly Statement[]): State['users'] => ({ dev: { may } });
const when = (Condition: object): Statement => ({ Condition });
const FUNCTION = ['lambda:CreateFunction', 'lambda:InvokeFunction'];
const MACHINE = allow(['iam:PassRole', 'ec2:RunInstances']);
const on = (service: string, name: string, region = 'us-east-1'): string => `arn:aws:${service}:${region}:${HERE}:${name}`;
const pool = on('glue', 'job/etl');
const weak = { weak: { trust: 'glue.amazonaws.com' } };

const MACHINES = {
  roles: boss('ec2.amazonaws.com', { profile: true }),
  resources: [{ arn: on('ec2', 'instance/i-1'), role: 'boss' }],
};
const ofPolicy = (policy: string): Statement => when({ ArnLike: { 'iam:PolicyARN': policy } });
const TAGGED: Statement = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { AWS: HERE },
  ...when({ StringEquals: { 'aws:PrincipalTag/team': 'ops' } }),
};

const JOB = allow(['iam:PassRole', 'glue:CreateJob', 'glue:StartJobRun']);
const forJobs = (source: string): Statement => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'glue.amazonaws.com' },
  ...when({ ArnLike: { 'aws:SourceArn': source } }),
});

/** States, and the ends with the techniques; none where it is closed. */
const STATES: readonly (readonly [string, State, readonly string[]])[] = [
  [
    'a group that may assume a role',
    {
      users: dev(allow('iam:AddUserToGroup', arn('group/ops'))),
      groups: { ops: { may: [allow('sts:AssumeRole', ROLE)] } },
      roles: boss(HERE),
    },
    ['admin 111122223333:role/boss by iam-add-user-to-group, sts-assume-role', 'principal 111122223333:group/ops by iam-add-user-to-group'],
  ],
  [
    'a group that may assume a role, which the user is denied',
    {
      users: dev(allow('iam:AddUserToGroup', arn('group/ops')), deny('sts:AssumeRole')),
      groups: { ops: { may: [allow('sts:AssumeRole', ROLE)] } },
      roles: boss(HERE),
    },
    [],
  ],
  [
    'a group that may assume a role, under a boundary of the user',
    {
      users: { dev: { may: [allow('iam:AddUserToGroup')], boundary: [allow('iam:*')] } },
      groups: { ops: { may: [allow('sts:AssumeRole', ROLE)] } },
      roles: boss(HERE),
    },
    [],
  ],
  [
    'two groups, each with a part of what is needed',
    {
      users: dev(allow('iam:AddUserToGroup')),
      groups: { makers: { may: [allow(FUNCTION)] }, passers: { may: [allow('iam:PassRole')] } },
      roles: boss('lambda.amazonaws.com'),
    },
    expect.arrayContaining([expect.stringMatching(/^admin 111122223333:role\/boss by .*lambda-create-invoke$/)]) as unknown as string[],
  ],
  [
    'the policy of its own boundary',
    { users: { dev: { admin: true, boundary: [allow(['s3:*', 'iam:CreatePolicyVersion'])] } } },
    ['admin 111122223333:user/dev by iam-create-policy-version'],
  ],
  [
    'a boundary to take away, and then a policy',
    { users: { dev: { may: [allow(['iam:DeleteUserPermissionsBoundary', 'iam:PutUserPolicy'])], boundary: [allow('iam:*')] } } },
    ['admin 111122223333:user/dev by iam-put-user-policy'],
  ],
  [
    'a boundary to take away, and no policy',
    { users: { dev: { may: [allow('iam:DeleteUserPermissionsBoundary')], boundary: [allow('iam:*')] } } },
    [],
  ],
  [
    'an earlier version that allowed everything',
    {
      users: { dev: { may: [allow('iam:SetDefaultPolicyVersion')], attached: ['own'] } },
      policies: { own: [allow('s3:ListAllMyBuckets')] },
      earlier: { own: [allow('*')] },
    },
    ['admin 111122223333:user/dev by iam-set-default-policy-version'],
  ],
  [
    'an earlier version that allowed as little',
    {
      users: { dev: { may: [allow('iam:SetDefaultPolicyVersion')], attached: ['own'] } },
      policies: { own: [allow('s3:ListAllMyBuckets')] },
      earlier: { own: [allow('s3:ListBucket')] },
    },
    [],
  ],
  [
    'an earlier version of what is attached to others',
    {
      users: { ...dev(allow('iam:SetDefaultPolicyVersion')), other: { attached: ['theirs'] } },
      policies: { theirs: [allow('s3:ListAllMyBuckets')] },
      earlier: { theirs: [allow('*')] },
    },
    [],
  ],
  [
    'a role of its own making',
    { users: dev(allow(['iam:CreateRole', 'iam:AttachRolePolicy'], arn('role/app-*'))) },
    ['admin 111122223333:user/dev by iam-create-role'],
  ],
  ['a role of its own making, which may do nothing', { users: dev(allow(['iam:CreateRole', 'sts:AssumeRole'])) }, []],
  [
    'a role of its own making, which it is denied',
    { users: dev(allow(['iam:CreateRole', 'iam:AttachRolePolicy'], arn('role/app-*')), deny('sts:AssumeRole')) },
    [],
  ],
  [
    'roles of its own making, with a boundary',
    {
      users: dev(
        allow(
          ['iam:CreateRole', 'iam:PutRolePolicy'],
          arn('role/app-*'),
          when({ StringEquals: { 'iam:PermissionsBoundary': arn('policy/edge') } }),
        ),
      ),
      policies: { edge: [allow('s3:*')] },
    },
    [],
  ],
  [
    'roles of its own making, never without a boundary',
    {
      users: dev(
        allow(['iam:CreateRole', 'iam:PutRolePolicy'], arn('role/app-*')),
        deny('iam:CreateRole', '*', when({ StringNotEquals: { 'iam:PermissionsBoundary': arn('policy/edge') } })),
      ),
      policies: { edge: [allow('s3:*')] },
    },
    [],
  ],
  [
    'a user of its own making',
    { users: dev(allow(['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'], arn('user/new-*'))) },
    ['admin 111122223333:user/dev by iam-create-user'],
  ],
  ['a user of its own making, without a key', { users: dev(allow(['iam:CreateUser', 'iam:PutUserPolicy'], arn('user/new-*'))) }, []],
  [
    'one region only, by a deny',
    {
      users: dev(allow(['iam:PassRole', ...FUNCTION]), {
        Effect: 'Deny',
        NotAction: ['iam:*', 'sts:*'],
        Resource: '*',
        ...when({ StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
      }),
      roles: boss('lambda.amazonaws.com'),
    },
    ['admin 111122223333:role/boss by lambda-create-invoke'],
  ],
  [
    'one region only, and functions of another',
    {
      users: dev(
        allow('iam:PassRole'),
        allow(FUNCTION, on('lambda', 'function:*'), when({ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } })),
      ),
      roles: boss('lambda.amazonaws.com'),
    },
    [],
  ],
  [
    'some regions by a pattern',
    {
      users: dev(allow('iam:PassRole'), allow(FUNCTION, '*', when({ StringLike: { 'aws:RequestedRegion': 'eu-*' } }))),
      roles: boss('lambda.amazonaws.com'),
    },
    ['admin 111122223333:role/boss by lambda-create-invoke'],
  ],
  [
    'never without a tag',
    {
      users: dev(
        allow(['iam:PassRole', ...FUNCTION]),
        deny('lambda:CreateFunction', '*', when({ Null: { 'aws:RequestTag/team': 'true' } })),
      ),
      roles: boss('lambda.amazonaws.com'),
    },
    ['admin 111122223333:role/boss by lambda-create-invoke'],
  ],
  [
    'only small machines',
    {
      users: dev(
        MACHINE,
        deny('ec2:RunInstances', on('ec2', 'instance/*', '*'), when({ StringNotEquals: { 'ec2:InstanceType': 't3.micro' } })),
      ),
      roles: boss('ec2.amazonaws.com', { profile: true }),
    },
    ['admin 111122223333:role/boss by ec2-run-instances'],
  ],
  [
    'only for those with a tag, which it has not',
    {
      users: dev(MACHINE, deny('ec2:RunInstances', '*', when({ StringNotEquals: { 'aws:PrincipalTag/team': 'ops' } }))),
      roles: boss('ec2.amazonaws.com', { profile: true }),
    },
    [],
  ],
  [
    'a job to change, which is there',
    {
      users: dev(allow(['iam:PassRole', 'glue:UpdateJob', 'glue:StartJobRun'])),
      roles: { ...boss('glue.amazonaws.com'), ...weak },
      resources: [{ arn: pool, role: 'weak' }],
    },
    ['admin 111122223333:role/boss by glue-update-job'],
  ],
  [
    'a job to change, which is not there',
    {
      users: dev(allow('iam:PassRole'), allow(['glue:UpdateJob', 'glue:StartJobRun'], on('glue', 'job/other'))),
      roles: { ...boss('glue.amazonaws.com'), ...weak },
      resources: [{ arn: pool, role: 'weak' }],
    },
    [],
  ],
  [
    'functions to change, where none is',
    {
      users: dev(allow(['iam:PassRole', 'lambda:UpdateFunctionConfiguration', 'lambda:UpdateFunctionCode'])),
      roles: boss('lambda.amazonaws.com'),
    },
    [],
  ],
  [
    'a task to run, which need not be listed',
    { users: dev(allow(['iam:PassRole', 'ecs:RunTask'])), roles: boss('ecs-tasks.amazonaws.com') },
    ['admin 111122223333:role/boss by ecs-run-task-override'],
  ],
  [
    'a task to run, of a name that is not listed',
    {
      users: dev(allow('iam:PassRole'), allow('ecs:RunTask', on('ecs', 'task-definition/other:1'))),
      roles: boss('ecs-tasks.amazonaws.com'),
    },
    [],
  ],
  [
    'commands, by any document',
    { users: dev(allow('ssm:SendCommand', ['arn:aws:ssm:*:*:document/AWS-RunShellScript', on('ec2', 'instance/*', '*')])), ...MACHINES },
    ['admin 111122223333:role/boss by ssm-send-command'],
  ],
  ['commands, by no document', { users: dev(allow('ssm:SendCommand', on('ec2', 'instance/*', '*'))), ...MACHINES }, []],
  [
    'commands, by a document of another name',
    { users: dev(allow('ssm:SendCommand', [on('ssm', 'document/Restart'), on('ec2', 'instance/*', '*')])), ...MACHINES },
    [],
  ],
  [
    'machines to run, of no image',
    {
      users: dev(allow('iam:PassRole'), allow('ec2:RunInstances', on('ec2', 'instance/*', '*'))),
      roles: boss('ec2.amazonaws.com', { profile: true }),
    },
    [],
  ],
  [
    'a role to pass to machines only, by the ARN of what gets it',
    {
      users: dev(
        allow('ec2:RunInstances'),
        allow('iam:PassRole', '*', when({ ArnLike: { 'iam:AssociatedResourceArn': 'arn:aws:ec2:*:*:instance/*' } })),
      ),
      roles: boss('ec2.amazonaws.com', { profile: true }),
    },
    ['admin 111122223333:role/boss by ec2-run-instances'],
  ],
  [
    'a role to pass to machines only, and functions to make',
    {
      users: dev(
        allow(FUNCTION),
        allow('iam:PassRole', '*', when({ ArnLike: { 'iam:AssociatedResourceArn': 'arn:aws:ec2:*:*:instance/*' } })),
      ),
      roles: boss('lambda.amazonaws.com'),
    },
    [],
  ],
  [
    'a role for jobs of the account',
    { users: dev(JOB), roles: { boss: { admin: true, trust: [forJobs(`arn:aws:glue:*:${HERE}:job/*`)] } } },
    ['admin 111122223333:role/boss by glue-create-job'],
  ],
  ['a role for one job', { users: dev(JOB), roles: { boss: { admin: true, trust: [forJobs(on('glue', 'job/nightly'))] } } }, []],
  [
    'a role for jobs of another account',
    { users: dev(JOB), roles: { boss: { admin: true, trust: [forJobs('arn:aws:glue:*:444455556666:job/*')] } } },
    [],
  ],
  [
    'grants of a key, for services only',
    {
      users: dev(allow('kms:CreateGrant', '*', when({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }))),
      resources: [{ arn: on('kms', 'key/1'), policy: [{ Effect: 'Allow', Principal: { AWS: HERE }, Action: 'kms:*', Resource: '*' }] }],
    },
    [],
  ],
  [
    'a group with a bucket that the user is denied',
    {
      users: dev(allow('iam:AddUserToGroup', arn('group/ops')), deny('s3:*')),
      groups: { ops: { may: [allow('s3:GetObject', 'arn:aws:s3:::vault/*'), allow('dynamodb:GetItem')] } },
      resources: [{ arn: 'arn:aws:s3:::vault' }],
    },
    ['principal 111122223333:group/ops by iam-add-user-to-group'],
  ],
  [
    'a role that may say who it is',
    { users: dev(allow('sts:AssumeRole')), roles: boss(HERE, { boundary: [allow('sts:GetCallerIdentity')] }) },
    [],
  ],
  [
    'to attach one policy, which leads on',
    { users: dev(allow('iam:AttachUserPolicy', '*', ofPolicy('arn:aws:iam::aws:policy/IAMFullAccess'))) },
    expect.arrayContaining(['admin 111122223333:user/dev by iam-attach-user-policy']) as unknown as string[],
  ],
  [
    'to attach policies, one of which may assume a role',
    {
      users: dev(allow('iam:AttachUserPolicy', '*', ofPolicy(arn('policy/team-*')))),
      policies: { 'team-a': [allow('sts:AssumeRole', ROLE)], 'other-b': [allow('iam:*')] },
      roles: boss(HERE),
    },
    ['admin 111122223333:role/boss by iam-attach-user-policy'],
  ],
  [
    'to attach policies, none of which leads on',
    {
      users: dev(allow('iam:AttachUserPolicy', '*', ofPolicy(arn('policy/team-*')))),
      policies: { 'team-a': [allow('sts:AssumeRole', arn('role/other'))], 'other-b': [allow('iam:*')] },
      roles: boss(HERE),
    },
    [],
  ],
  [
    'a tag of its own, for a trust that asks for it',
    { users: dev(allow('iam:TagUser'), allow('sts:AssumeRole', ROLE)), roles: { boss: { admin: true, trust: [TAGGED] } } },
    ['admin 111122223333:role/boss by iam-tag-user'],
  ],
  [
    'a tag of its own, of another key',
    {
      users: dev(
        allow('iam:TagUser', '*', when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] } })),
        allow('sts:AssumeRole', ROLE),
      ),
      roles: { boss: { admin: true, trust: [TAGGED] } },
    },
    [],
  ],
  [
    'a tag of a role to assume',
    {
      users: dev(allow('iam:TagRole', ROLE), allow('sts:AssumeRole', '*', when({ StringEquals: { 'aws:ResourceTag/team': 'ops' } }))),
      roles: boss(HERE),
    },
    ['admin 111122223333:role/boss by iam-tag-role'],
  ],
  [
    'a tag of another role',
    {
      users: dev(
        allow('iam:TagRole', arn('role/other')),
        allow('sts:AssumeRole', '*', when({ StringEquals: { 'aws:ResourceTag/team': 'ops' } })),
      ),
      roles: boss(HERE),
    },
    [],
  ],
];

test.each(STATES)('%s', (_, state, expected) => {
  expect(pathsOf(state)).toEqual(expected);
});
