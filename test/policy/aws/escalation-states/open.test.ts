import { allow, arn, deny, HERE, pathsOf, type State, THERE } from './account';

const ROLE = arn('role/boss');
const boss = (more: NonNullable<State['roles']>[string] = {}): State['roles'] => ({ boss: { admin: true, ...more } });
const dev = (...may: NonNullable<State['users']>[string]['may'] & object): State['users'] => ({ dev: { may } });
const bucket = { arn: 'arn:aws:s3:::vault' };
const READ_VAULT = allow('s3:GetObject', 'arn:aws:s3:::vault/*');
const admin = (name: string, by: string, account = HERE): string => `admin ${account}:${name} by ${by}`;

/** States that are open, and all ways through them. */
const OPEN: readonly (readonly [string, State, readonly string[]])[] = [
  [
    'the account is trusted and the caller may',
    { users: dev(allow('sts:AssumeRole', ROLE)), roles: boss({ trust: HERE }) },
    [admin('role/boss', 'sts-assume-role')],
  ],
  [
    'the user itself is trusted, whatever it may',
    { users: dev(), roles: boss({ trust: arn('user/dev') }) },
    [admin('role/boss', 'sts-assume-role')],
  ],
  [
    'an external id, which is no secret',
    {
      users: dev(allow('sts:AssumeRole', ROLE)),
      roles: boss({
        trust: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: HERE }, Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } } },
        ],
      }),
    },
    [admin('role/boss', 'sts-assume-role')],
  ],
  [
    'another account, both sides',
    { users: dev(allow('sts:AssumeRole', arn('role/boss', THERE))), roles: boss({ trust: HERE, account: THERE }) },
    [admin('role/boss', 'sts-assume-role', THERE)],
  ],
  [
    'a chain of three',
    {
      users: dev(allow('sts:AssumeRole', arn('role/a'))),
      roles: {
        a: { trust: HERE, may: [allow('sts:AssumeRole', arn('role/b'))] },
        b: { trust: arn('role/a'), may: [allow('sts:AssumeRole', ROLE)] },
        ...boss({ trust: arn('role/b') }),
      },
    },
    [
      admin('role/boss', 'sts-assume-role, sts-assume-role, sts-assume-role'),
      'principal 111122223333:role/a by sts-assume-role',
      'principal 111122223333:role/b by sts-assume-role, sts-assume-role',
    ],
  ],
  [
    'a chain to a bucket',
    { users: dev(allow('sts:AssumeRole', arn('role/a'))), roles: { a: { trust: HERE, may: [READ_VAULT] } }, resources: [bucket] },
    ['principal 111122223333:role/a by sts-assume-role', 'resource arn:aws:s3:::vault by sts-assume-role, use-resource'],
  ],
  [
    'a bucket whose own policy names the user',
    {
      users: dev(),
      resources: [
        {
          ...bucket,
          policy: [{ Effect: 'Allow', Principal: { AWS: arn('user/dev') }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::vault/*' }],
        },
      ],
    },
    ['resource arn:aws:s3:::vault by resource-policy'],
  ],
  [
    'a role that a function may use',
    {
      users: dev(allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'])),
      roles: boss({ trust: 'lambda.amazonaws.com' }),
    },
    [admin('role/boss', 'lambda-create-invoke')],
  ],
  [
    'the steps of passing held by two principals',
    {
      users: dev(allow('sts:AssumeRole', arn('role/runner')), allow(['iam:PassRole', 'lambda:CreateFunction'])),
      roles: { runner: { trust: HERE, may: [allow('lambda:InvokeFunction')] }, ...boss({ trust: 'lambda.amazonaws.com' }) },
    },
    [admin('role/boss', 'sts-assume-role, lambda-create-invoke'), 'principal 111122223333:role/runner by sts-assume-role'],
  ],
  [
    'names of functions that the attacker chooses',
    {
      users: dev(allow('iam:PassRole', ROLE), allow('lambda:*', 'arn:aws:lambda:*:*:function:dev-*')),
      roles: boss({ trust: 'lambda.amazonaws.com' }),
    },
    [admin('role/boss', 'lambda-create-invoke'), admin('role/boss', 'lambda-create-permission'), admin('role/boss', 'lambda-create-url')],
  ],
  [
    'a machine with a profile',
    { users: dev(allow(['iam:PassRole', 'ec2:RunInstances'])), roles: boss({ trust: 'ec2.amazonaws.com', profile: true }) },
    [admin('role/boss', 'ec2-run-instances')],
  ],
  [
    'the code of a function that is there',
    {
      users: dev(allow('lambda:UpdateFunctionCode')),
      roles: boss({ trust: 'lambda.amazonaws.com' }),
      resources: [{ arn: `arn:aws:lambda:eu-central-1:${HERE}:function:pay`, role: 'boss' }],
    },
    [admin('role/boss', 'lambda-update-code')],
  ],
  [
    'an instance by its tag',
    {
      users: dev(allow('ssm:StartSession')),
      roles: boss({ trust: 'ec2.amazonaws.com', profile: true }),
      resources: [{ arn: `arn:aws:ec2:eu-central-1:${HERE}:instance/i-1`, role: 'boss' }],
    },
    [admin('role/boss', 'ssm-start-session')],
  ],
  [
    'keys of another user',
    { users: { dev: { may: [allow('iam:CreateAccessKey', arn('user/root'))] }, root: { admin: true } } },
    [admin('user/root', 'iam-create-access-key')],
  ],
  ['its own policies', { users: dev(allow('iam:PutUserPolicy', arn('user/${aws:username}'))) }, [admin('user/dev', 'iam-put-user-policy')]],
  [
    'its group',
    { users: { dev: { groups: ['g'] } }, groups: { g: { may: [allow('iam:AttachGroupPolicy', arn('group/g'))] } } },
    [admin('user/dev', 'iam-attach-group-policy')],
  ],
  [
    'a group to join',
    { users: dev(allow('iam:AddUserToGroup', arn('group/g'))), groups: { g: { admin: true } } },
    [admin('user/dev', 'iam-add-user-to-group')],
  ],
  [
    'a policy that is attached to it',
    {
      users: { dev: { may: [allow('iam:CreatePolicyVersion', arn('policy/own'))], attached: ['own'] } },
      policies: { own: [allow('s3:ListAllMyBuckets')] },
    },
    [admin('user/dev', 'iam-create-policy-version')],
  ],
  [
    'a trust to rewrite',
    { users: dev(allow('iam:UpdateAssumeRolePolicy', ROLE)), roles: boss({ trust: 'lambda.amazonaws.com' }) },
    [admin('role/boss', 'iam-update-trust')],
  ],
  [
    'a boundary to take away',
    { users: { dev: { admin: true, boundary: [allow(['iam:DeleteUserPermissionsBoundary', 's3:*'])] } } },
    [admin('user/dev', 'iam-delete-user-boundary')],
  ],
  [
    'a role to assume, and then its policies',
    { users: dev(allow('sts:AssumeRole', arn('role/a')), allow('iam:PutRolePolicy', arn('role/a'))), roles: { a: { trust: HERE } } },
    [admin('role/a', 'sts-assume-role, iam-put-role-policy')],
  ],
  [
    'everything but one service, which full control would bring',
    { users: dev({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), roles: boss({ trust: HERE }), start: 'user/dev' },
    expect.arrayContaining([
      admin('role/boss', 'sts-assume-role'),
      admin('user/dev', 'iam-put-user-policy'),
    ]) as unknown as readonly string[],
  ],
  [
    'a deny that does not meet it',
    { users: dev(allow('sts:AssumeRole', ROLE), deny('sts:AssumeRole', arn('role/other'))), roles: boss({ trust: HERE }) },
    [admin('role/boss', 'sts-assume-role')],
  ],
];

test.each(OPEN)('open: %s', (_, state, expected) => {
  expect(pathsOf(state)).toEqual(expected);
});
