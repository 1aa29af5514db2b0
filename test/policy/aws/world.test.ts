import { AccessLevel } from '../../../lib/core/enums';
import type { ReviewInput } from '../../../lib/core/review/input';
import type { AccessWorld } from '../../../lib/core/review/world';
import { awsWorldOf } from '../../../lib/policy/aws';
import { AWS_FACTS } from '../../../lib/policy/aws/facts';
import { managedPolicyFact } from '../../../lib/policy/aws/facts/managed-policies';
import managed from '../../../lib/policy/aws/facts/managed-policies.json';
import reads from '../../../lib/policy/aws/facts/reads.json';
import runs from '../../../lib/policy/aws/facts/runs-code.json';

const A = 'arn:aws:iam::111122223333:';
const B = 'arn:aws:iam::444455556666:';
const statement = (Action: unknown, Resource: unknown = '*', more: Record<string, unknown> = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const policy = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement });
const trust = (Principal: unknown) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
const role = (name: string, document: unknown, more: Record<string, unknown> = {}) => ({
  RoleName: name.split('/').at(-1),
  Arn: name.startsWith('arn:') ? name : `${A}role/${name}`,
  RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document }],
  AssumeRolePolicyDocument: trust({ Service: 'ec2.amazonaws.com' }),
  ...more,
});
const details = (...RoleDetailList: unknown[]): ReviewInput => ({ kind: 'account-details', file: 'd.json', json: { RoleDetailList } });
const lines = (...json: unknown[]): ReviewInput => ({ kind: 'resources', file: 'r.jsonl', json });
function world(...inputs: ReviewInput[]): AccessWorld {
  const made = awsWorldOf(inputs);
  if (!made) throw new Error('no world');
  return made;
}
const ADMIN = policy(statement('*'));

test('without anything of AWS there is no world', () => {
  expect(awsWorldOf([])).toBeUndefined();
  expect(awsWorldOf([{ kind: 'terraform-stack', file: 'x', json: { resource: { google_storage_bucket: {} } } }])).toBeUndefined();
  expect(awsWorldOf([{ kind: 'principals', file: 'x', json: [] }])).toBeUndefined();
});

describe('who is an administrator', () => {
  test.each<[string, unknown, Record<string, unknown>, boolean]>([
    ['everything', ADMIN, {}, true],
    ['everything by service', policy(statement('*:*')), {}, true],
    ['everything but nothing', policy({ Effect: 'Allow', NotAction: 'aws-marketplace:*', Resource: '*' }), {}, true],
    ['AdministratorAccess', policy(), { AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] }, true],
    ['PowerUserAccess', policy(), { AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' }] }, false],
    ['all of IAM', policy(statement('iam:*')), {}, false],
    [
      'everything, but the audit trail',
      policy(statement('*'), { Effect: 'Deny', Action: 'cloudtrail:StopLogging', Resource: '*' }),
      {},
      true,
    ],
    ['everything, but IAM', policy(statement('*'), { Effect: 'Deny', Action: 'iam:*', Resource: '*' }), {}, false],
    ['everything on one bucket', policy(statement('*', 'arn:aws:s3:::x')), {}, false],
    [
      'everything under a condition',
      policy(statement('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })),
      {},
      false,
    ],
    [
      'everything with a tag it has',
      policy(statement('*', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } })),
      { Tags: [{ Key: 'team', Value: 'a' }] },
      true,
    ],
    [
      'everything with a tag it has not',
      policy(statement('*', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } })),
      {},
      false,
    ],
    ['nothing', policy(), {}, false],
  ])('%s', (_, document, more, admin) => {
    expect(world(details(role('r', document, more))).isAdmin(`${A}role/r`)).toBe(admin);
  });

  test('a boundary holds, and a group gives', () => {
    const json = {
      RoleDetailList: [role('bound', ADMIN, { PermissionsBoundary: { PermissionsBoundaryArn: `${A}policy/b` } })],
      Policies: [{ Arn: `${A}policy/b`, PolicyVersionList: [{ IsDefaultVersion: true, Document: policy(statement('s3:*')) }] }],
      UserDetailList: [{ UserName: 'u', Arn: `${A}user/u`, GroupList: ['g'] }],
      GroupDetailList: [{ GroupName: 'g', Arn: `${A}group/g`, GroupPolicyList: [{ PolicyName: 'x', PolicyDocument: ADMIN }] }],
    };
    const made = world({ kind: 'account-details', file: 'd', json });
    expect([`${A}role/bound`, `${A}user/u`, `${A}group/g`, `${A}role/nobody`].map(made.isAdmin)).toEqual([false, true, false, false]);
    const limits = (name: string) => made.principals.find((one) => one.name === name)?.containedBy;
    expect([limits('bound'), limits('u')]).toEqual([[`a permissions boundary: managed policy '${A}policy/b'`], []]);
  });
});

describe('a decision finds the policy of what is asked about', () => {
  const made = world(
    details(
      role('user', policy(statement('sts:AssumeRole'), statement('s3:GetObject'), statement('kms:Decrypt'))),
      role('open', policy(), { AssumeRolePolicyDocument: trust({ AWS: `${A}role/user` }) }),
      role('shut', policy()),
      role(`${B}role/open`, policy(), { AssumeRolePolicyDocument: trust({ AWS: `${A}root` }) }),
      role(`${B}role/shut`, policy(), { AssumeRolePolicyDocument: trust({ AWS: `${B}root` }) }),
      role('empty', policy()),
    ),
    lines(
      { arn: 'arn:aws:s3:::denied', policy: policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }) },
      {
        arn: 'arn:aws:s3:::gift',
        policy: policy({ Effect: 'Allow', Principal: { AWS: `${A}role/empty` }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::gift/*' }),
      },
      { arn: 'arn:aws:s3:::theirs', account: '444455556666' },
      {
        arn: 'arn:aws:s3:::shared',
        account: '444455556666',
        policy: policy({ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shared/*' }),
      },
      {
        arn: 'arn:aws:kms:us-east-1:111122223333:key/k',
        policy: policy({ Effect: 'Allow', Principal: { AWS: `${A}role/other` }, Action: 'kms:*', Resource: '*' }),
      },
    ),
  );
  test.each([
    ['user', 'sts:AssumeRole', `${A}role/open`, 'allowed'],
    ['user', 'sts:AssumeRole', `${A}role/shut`, 'implicitly-denied'],
    ['user', 'sts:AssumeRole', `${B}role/open`, 'allowed'],
    ['user', 'sts:AssumeRole', `${B}role/shut`, 'implicitly-denied'],
    ['empty', 'sts:AssumeRole', `${B}role/open`, 'implicitly-denied'],
    ['user', 's3:GetObject', 'arn:aws:s3:::denied/x', 'explicitly-denied'],
    ['user', 's3:GetObject', 'arn:aws:s3:::gift/x', 'allowed'],
    ['empty', 's3:GetObject', 'arn:aws:s3:::gift/x', 'allowed'],
    ['empty', 's3:GetObject', 'arn:aws:s3:::other/x', 'implicitly-denied'],
    ['user', 's3:GetObject', 'arn:aws:s3:::theirs/x', 'implicitly-denied'],
    ['user', 's3:GetObject', 'arn:aws:s3:::shared/x', 'allowed'],
    ['empty', 's3:GetObject', 'arn:aws:s3:::shared/x', 'implicitly-denied'],
    ['user', 'kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k', 'implicitly-denied'],
  ])('%s %s %s: %s', (name, action, resource, effect) => {
    expect(made.decide(`${A}role/${name}`, { action, resource }).effect).toBe(effect);
  });

  test('what resource policies give is part of the access', () => {
    const actions = (name: string) => made.access(`${A}role/${name}`).entries.flatMap((entry) => entry.actions);
    expect(actions('empty')).toEqual(['s3:GetObject']);
    expect(made.access(`${A}role/empty`)).toBe(made.access(`${A}role/empty`));
  });

  test('the resources that are touched are named, each with a request that shows it', () => {
    const touched = (name: string) =>
      made.touches(`${A}role/${name}`).map(({ resource, request, decision }) => [resource, request.action, decision.effect]);
    expect(touched('empty')).toEqual([['arn:aws:s3:::gift', 's3:GetObject', 'allowed']]);
    expect(touched('user')).toEqual([
      ['arn:aws:s3:::gift', 's3:GetObject', 'allowed'],
      ['arn:aws:s3:::shared', 's3:GetObject', 'allowed'],
    ]);
  });
});

describe('what is done to a resource', () => {
  const bucket = (policies: unknown) => ({ arn: 'arn:aws:s3:::box', policy: policies });
  const given = (Action: string, Resource: string) => ({ Effect: 'Allow', Principal: { AWS: `${A}role/r` }, Action, Resource });
  const touched = (own: unknown, line: unknown) =>
    world(details(role('r', own)), lines(line))
      .touches(`${A}role/r`)
      .map(({ request, decision }) => [request.action, decision.effect, ...new Set(decision.origins.map(({ layer }) => layer))]);

  test.each<[string, unknown, unknown, unknown]>([
    [
      'a read and a change',
      policy(statement(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], 'arn:aws:s3:::box/*')),
      bucket(undefined),
      [
        ['s3:DeleteObject', 'allowed', 'identity'],
        ['s3:GetObject', 'allowed', 'identity'],
      ],
    ],
    [
      'a change of its own and a read that its policy gives',
      policy(statement('s3:PutObject', 'arn:aws:s3:::box/*')),
      bucket(policy(given('s3:GetObject', 'arn:aws:s3:::box/*'))),
      [
        ['s3:PutObject', 'allowed', 'identity'],
        ['s3:GetObject', 'allowed', 'resource'],
      ],
    ],
    [
      'a condition that the caller chooses',
      policy(statement('s3:GetObject', 'arn:aws:s3:::box/*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } } })),
      bucket(undefined),
      [['s3:GetObject', 'allowed', 'identity']],
    ],
    [
      'a condition that the caller does not choose',
      policy(statement('s3:GetObject', 'arn:aws:s3:::box/*', { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })),
      bucket(undefined),
      [['s3:GetObject', 'depends', 'identity']],
    ],
    ['nothing', policy(statement('s3:GetObject', 'arn:aws:s3:::other/*')), bucket(undefined), []],
  ])('%s', (_, own, line, expected) => {
    expect(touched(own, line)).toEqual(expected);
  });
});

describe('a template', () => {
  const json = {
    Resources: {
      A: { Type: 'AWS::S3::Bucket' },
      B: { Type: 'AWS::S3::Bucket' },
      R: {
        Type: 'AWS::IAM::Role',
        Metadata: { 'aws:cdk:path': 'shop/R/Resource' },
        Properties: {
          AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }),
          Policies: [
            {
              PolicyName: 'p',
              PolicyDocument: policy(
                statement('s3:GetObject', { 'Fn::Sub': '${A.Arn}/*' }),
                statement('s3:PutObject', 'arn:aws:s3:::shop-*/x'),
              ),
            },
          ],
        },
      },
    },
  };
  const made = world({ kind: 'template', file: 't.json', json, stack: { name: 'shop' } });
  const id = 'arn:aws:iam::${AWS.AccountId}:role/${R}';

  test('ids show references, and are taken in that form', () => {
    expect(made.principals).toEqual([
      expect.objectContaining({ id, name: '${R}', account: '${AWS.AccountId}', construct: 'shop/R/Resource', reviewed: true }),
    ]);
    expect(made.resources.map(({ id: one, name }) => [one, name])).toEqual([
      ['arn:aws:s3:::${A}', '${A}'],
      ['arn:aws:s3:::${B}', '${B}'],
    ]);
    expect(made.access(id).entries).toHaveLength(2);
  });

  test.each([
    ['s3:GetObject', 'arn:aws:s3:::${A}/x', 'allowed'],
    ['s3:GetObject', 'arn:aws:s3:::${B}/x', 'implicitly-denied'],
    ['s3:GetObject', 'arn:aws:s3:::shop-a-1abc/x', 'implicitly-denied'],
    ['s3:PutObject', 'arn:aws:s3:::shop-b/x', 'allowed'],
    ['s3:PutObject', 'arn:aws:s3:::${B}/x', 'depends'],
  ])('%s on %s: %s', (action, resource, effect) => {
    expect(made.decide(id, { action, resource }).effect).toBe(effect);
  });
});

describe('facts about actions', () => {
  test.each<[string, AccessLevel | undefined, string, boolean]>([
    ['s3:GetObject', AccessLevel.READ, 'data', false],
    ['S3:getobject', AccessLevel.READ, 'data', false],
    ['s3:GetBucketPolicy', AccessLevel.READ, 'metadata', false],
    ['dynamodb:Query', AccessLevel.READ, 'data', false],
    ['cloudtrail:LookupEvents', AccessLevel.READ, 'data', false],
    ['secretsmanager:GetSecretValue', AccessLevel.READ, 'credentials', false],
    ['secretsmanager:DescribeSecret', AccessLevel.READ, 'metadata', false],
    ['iam:CreateAccessKey', AccessLevel.PERMISSIONS, 'credentials', false],
    ['sts:AssumeRole', AccessLevel.WRITE, 'credentials', false],
    ['s3:PutObject', AccessLevel.WRITE, 'metadata', false],
    ['lambda:UpdateFunctionCode', AccessLevel.WRITE, 'metadata', true],
    ['lambda:InvokeFunction', AccessLevel.WRITE, 'metadata', false],
    ['bedrock-agentcore:InvokeCodeInterpreter', AccessLevel.WRITE, 'metadata', true],
    ['iot:ListSubscriptions', AccessLevel.LIST, 'metadata', false],
    ['nothing:AtAll', undefined, 'metadata', false],
  ])('%s: %s, %s, %s', (action, level, kind, code) => {
    expect([AWS_FACTS.level(action), AWS_FACTS.reads(action), AWS_FACTS.runsCode(action)]).toEqual([level, kind, code]);
  });

  test('every action of the catalogs exists, under its own name, once', () => {
    const all = [...Object.keys(reads.credentials), ...reads.data];
    expect(all.filter((action) => AWS_FACTS.level(action) === undefined)).toEqual([]);
    expect(new Set(all.map((action) => action.toLowerCase())).size).toBe(all.length);
    expect(runs.actions.filter((action) => AWS_FACTS.level(action) === undefined)).toEqual([]);
    // What AWS calls a read and runs code would be missed by everyone who looks at levels only.
    expect(
      reads.data.filter((action) => ![AccessLevel.READ, AccessLevel.LIST].includes(AWS_FACTS.level(action) ?? AccessLevel.WRITE)),
    ).toEqual([]);
    expect(AWS_FACTS.count).toBeGreaterThan(20_000);
  });

  test('the managed policies at hand can all be read whole, in every partition', () => {
    for (const arn of Object.keys(managed.policies)) {
      expect(managedPolicyFact(arn)?.document.unknowns).toEqual([]);
      expect(managedPolicyFact(arn.replace('arn:aws:', 'arn:aws-cn:'))?.document.statements.length).toBeGreaterThan(0);
    }
    expect(managedPolicyFact('arn:aws:iam::aws:policy/Unheard')).toBeUndefined();
    expect(managedPolicyFact('arn:aws:iam::111122223333:policy/AdministratorAccess')).toBeUndefined();
  });
});
