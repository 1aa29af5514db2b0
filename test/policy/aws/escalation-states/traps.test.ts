import { allow, arn, deny, HERE, pathsOf, type State, THERE } from './account';

const ROLE = arn('role/boss');
const boss = (more: NonNullable<State['roles']>[string] = {}): State['roles'] => ({ boss: { admin: true, ...more } });
const dev = (...may: NonNullable<State['users']>[string]['may'] & object): State['users'] => ({ dev: { may } });
const ASSUME = allow('sts:AssumeRole', ROLE);
const LAMBDA = allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction']);

/** States that look open and are closed. */
const CLOSED: Readonly<Record<string, State>> = {
  'nothing at all': { users: dev(), roles: boss() },
  'a trust of another user': { users: dev(ASSUME), roles: boss({ trust: arn('user/other') }) },
  'a trust of a service only': { users: dev(ASSUME), roles: boss({ trust: 'ec2.amazonaws.com' }) },
  'the account is trusted and the caller may not': { users: dev(), roles: boss({ trust: HERE }) },
  'a deny in a group': {
    users: { dev: { may: [ASSUME], groups: ['g'] } },
    groups: { g: { may: [deny('sts:*')] } },
    roles: boss({ trust: HERE }),
  },
  'a boundary of the user': { users: { dev: { may: [ASSUME], boundary: [allow('s3:*')] } }, roles: boss({ trust: HERE }) },
  'another account, only its trust': { users: dev(), roles: boss({ trust: arn('user/dev'), account: THERE }) },
  'another account, only the caller': { users: dev(allow('sts:AssumeRole')), roles: boss({ trust: THERE, account: THERE }) },
  'MFA is asked of a role': {
    start: 'role/dev',
    roles: {
      dev: { may: [ASSUME] },
      ...boss({
        trust: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: HERE },
            Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
          },
        ],
      }),
    },
  },
  'a network that the attacker is not in': {
    users: dev(allow('sts:AssumeRole', ROLE, { Condition: { IpAddress: { 'aws:SourceIp': '10.1.0.0/16' } } })),
    roles: boss({ trust: HERE }),
  },
  'an organisation that is not said': {
    users: dev(ASSUME),
    roles: boss({
      trust: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: HERE },
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
        },
      ],
    }),
  },
  'a tag that the caller does not have': {
    users: dev(ASSUME),
    roles: boss({
      trust: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: HERE },
          Condition: { StringEquals: { 'aws:PrincipalTag/team': 'ops' } },
        },
      ],
    }),
  },
  'the trust names another by aws:PrincipalArn': {
    users: dev(ASSUME),
    roles: boss({
      trust: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: '*' },
          Condition: { ArnEquals: { 'aws:PrincipalArn': arn('user/other') } },
        },
      ],
    }),
  },
  'the role has nothing': { users: dev(ASSUME), roles: { boss: { trust: HERE } } },
  'the role has what the caller has': {
    users: dev(ASSUME, allow('s3:GetObject')),
    roles: { boss: { trust: HERE, may: [allow('s3:GetObject', 'arn:aws:s3:::a/*')] } },
  },
  'a passed role that no function may use': { users: dev(LAMBDA), roles: boss({ trust: 'ec2.amazonaws.com' }) },
  'only for another service': {
    users: dev(
      allow(['lambda:CreateFunction', 'lambda:InvokeFunction']),
      allow('iam:PassRole', '*', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
    ),
    roles: boss({ trust: 'lambda.amazonaws.com' }),
  },
  'another role may be passed': {
    users: dev(allow(['lambda:CreateFunction', 'lambda:InvokeFunction']), allow('iam:PassRole', arn('role/app-*'))),
    roles: boss({ trust: 'lambda.amazonaws.com' }),
  },
  'a path of roles may be passed': {
    users: dev(allow(['lambda:CreateFunction', 'lambda:InvokeFunction']), allow('iam:PassRole', arn('role/apps/*'))),
    roles: boss({ trust: 'lambda.amazonaws.com' }),
  },
  'a passed role with nothing': { users: dev(LAMBDA), roles: { boss: { trust: 'lambda.amazonaws.com' } } },
  'a separate deny of passing': { users: dev(LAMBDA, deny('iam:PassRole')), roles: boss({ trust: 'lambda.amazonaws.com' }) },
  'no instance profile': { users: dev(allow(['iam:PassRole', 'ec2:RunInstances'])), roles: boss({ trust: 'ec2.amazonaws.com' }) },
  'own keys only': {
    users: {
      dev: {
        may: [allow(['iam:CreateAccessKey', 'iam:UpdateLoginProfile', 'iam:CreateLoginProfile'], 'arn:aws:iam::*:user/${aws:username}')],
      },
      root: { admin: true },
    },
  },
  'own password and MFA, as AWS documents it': {
    users: {
      dev: {
        may: [
          allow(['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices']),
          allow(
            [
              'iam:ChangePassword',
              'iam:GetUser',
              'iam:CreateAccessKey',
              'iam:DeleteAccessKey',
              'iam:ListAccessKeys',
              'iam:UpdateAccessKey',
            ],
            'arn:aws:iam::*:user/${aws:username}',
          ),
          allow(['iam:CreateVirtualMFADevice'], 'arn:aws:iam::*:mfa/*'),
          allow(['iam:EnableMFADevice', 'iam:ResyncMFADevice'], 'arn:aws:iam::*:user/${aws:username}'),
        ],
      },
      boss: { admin: true },
    },
  },
  'only a policy that allows little may be attached': {
    users: dev(
      allow('iam:AttachUserPolicy', '*', { Condition: { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } } }),
    ),
  },
  "a policy of one's own under a boundary": {
    users: { dev: { may: [allow('iam:PutUserPolicy')], boundary: [allow(['iam:PutUserPolicy', 's3:*'])] } },
  },
  'only users with a boundary': {
    users: dev(allow('iam:PutUserPolicy', '*', { Condition: { StringEquals: { 'iam:PermissionsBoundary': arn('policy/edge') } } })),
  },
  'a policy that is attached to nobody held': {
    users: dev(allow('iam:CreatePolicyVersion')),
    policies: { free: [allow('s3:ListAllMyBuckets')] },
  },
  'a group of others': { users: dev(allow('iam:PutGroupPolicy')), groups: { g: {} } },
  'a role of others': { users: dev(allow('iam:PutRolePolicy')), roles: { other: { trust: 'lambda.amazonaws.com' } } },
  'a boundary that is not there': { users: dev(allow('iam:DeleteUserPermissionsBoundary')) },
  'a boundary that is not what stops it': {
    users: { dev: { may: [allow('iam:DeleteUserPermissionsBoundary'), allow('s3:GetObject')], boundary: [allow(['iam:*', 's3:*'])] } },
  },
  'a function that runs as nobody in particular': {
    users: dev(allow('lambda:UpdateFunctionCode')),
    roles: { app: { trust: 'lambda.amazonaws.com' } },
    resources: [{ arn: `arn:aws:lambda:eu-central-1:${HERE}:function:pay`, role: 'app' }],
  },
  'another function': {
    users: dev(allow('lambda:UpdateFunctionCode', `arn:aws:lambda:eu-central-1:${HERE}:function:other`)),
    roles: boss({ trust: 'lambda.amazonaws.com' }),
    resources: [{ arn: `arn:aws:lambda:eu-central-1:${HERE}:function:pay`, role: 'boss' }],
  },
  'instances by a tag that this one has not': {
    users: dev(allow('ssm:StartSession', '*', { Condition: { StringEquals: { 'aws:ResourceTag/env': 'dev' } } })),
    roles: boss({ trust: 'ec2.amazonaws.com', profile: true }),
    resources: [{ arn: `arn:aws:ec2:eu-central-1:${HERE}:instance/i-1`, role: 'boss' }],
  },
  "a bucket of another account, without the caller's side": {
    users: dev(),
    resources: [
      {
        arn: 'arn:aws:s3:::theirs',
        policy: [{ Effect: 'Allow', Principal: { AWS: arn('user/other') }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::theirs/*' }],
      },
    ],
  },
  'a bucket that denies everybody else': {
    users: dev(ASSUME),
    roles: { boss: { trust: HERE, may: [allow('s3:GetObject', 'arn:aws:s3:::vault/*')], boundary: [allow('dynamodb:*')] } },
    resources: [
      { arn: 'arn:aws:s3:::vault', policy: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::vault/*' }] },
    ],
  },
  'its own bucket': {
    users: dev(allow('s3:GetObject', 'arn:aws:s3:::mine/*')),
    resources: [
      {
        arn: 'arn:aws:s3:::mine',
        policy: [{ Effect: 'Allow', Principal: { AWS: arn('user/dev') }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine/*' }],
      },
    ],
  },
  'a role of AWS for its service': { users: dev(allow(['iam:UpdateAssumeRolePolicy', 'iam:PassRole', 'iam:PutRolePolicy'])), roles: {} },
  'full control that is given': { users: { dev: { admin: true } }, roles: boss({ trust: HERE }) },
  'full control that an organisation-like deny trims': {
    users: { dev: { admin: true, may: [deny('organizations:LeaveOrganization')] } },
    roles: { reader: { trust: HERE, may: [allow('s3:Get*')] } },
  },
};

test.each(Object.entries(CLOSED))('closed: %s', (_, state) => {
  expect(pathsOf(state)).toEqual([]);
});
