import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { digestSerializer, policySerializer } from '../../lib/testing';
import { allow, template } from '../cli/command-line';

expect.addSnapshotSerializer(digestSerializer);

const BUCKET = 'arn:aws:s3:::example/*';

test('a template prints what each principal can really do, one line for each level and place', () => {
  expect(
    template(
      allow(['s3:GetObject', 's3:PutObject'], BUCKET),
      allow('s3:Get*Tagging', '*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      { Effect: 'Deny', Action: 's3:PutObject', Resource: 'arn:aws:s3:::example/secret/*' },
    ),
  ).toMatchInlineSnapshot(`
reader (role)
  read s3:GetBucketTagging, s3:GetJobTagging, s3:GetObjectTagging, s3:GetObjectVersionTagging, s3:GetStorageLensConfigurationTagging on * if StringEquals aws:PrincipalOrgID o-1
  read s3:GetObject on arn:aws:s3:::example/*
  write s3:PutObject on arn:aws:s3:::example/* denied on arn:aws:s3:::example/secret/*
`);
});

test('a principal that can do nothing, and one whose policy is not at hand, say so', () => {
  const { Resources } = template();
  const unread = structuredClone(Resources['Reader']) as { Properties: Record<string, unknown> };
  unread.Properties = { ...unread.Properties, RoleName: 'unread', ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/unseen'] };
  expect({ Resources: { ...Resources, Unread: unread } }).toMatchInlineSnapshot(`
reader (role)
  nothing

unread (role)
  nothing that was understood
  not understood: The text of managed policy 'arn:aws:iam::111122223333:policy/unseen' of role 'unread' is not at hand; give it with --account-details.
`);
});

test.each<[string, readonly object[], readonly object[]]>([
  [
    'another order',
    [allow('s3:GetObject', BUCKET), allow('s3:PutObject', BUCKET)],
    [allow('s3:PutObject', BUCKET), allow('s3:GetObject', BUCKET)],
  ],
  [
    'one statement for two',
    [allow('s3:GetObject', BUCKET), allow('s3:PutObject', BUCKET)],
    [allow(['s3:PutObject', 's3:GetObject'], BUCKET)],
  ],
  ['a pattern that stands for the same', [allow('s3:GetObjectTorren?', BUCKET)], [allow('s3:GetObjectTorrent', BUCKET)]],
])('what says the same by %s prints the same', (_title, one, other) => {
  expect(print(template(...one))).toBe(print(template(...other)));
});

test.each<[string, readonly object[]]>([
  ['an action', [allow('s3:*')]],
  ['a resource', [allow('ec2:*', 'arn:aws:ec2:*:*:instance/*')]],
  ['a condition', [allow('ec2:*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })]],
  ['a denied action', [allow('ec2:*'), { Effect: 'Deny', Action: 'ec2:RunInstances', Resource: '*' }]],
  ['one of hundreds of actions', [allow('ec2:*'), allow('s3:GetObject')]],
])('what differs by %s prints differently, however long the list', (_title, statements) => {
  expect(print(template(...statements))).not.toBe(print(template(allow('ec2:*'))));
});

test.each([
  [null],
  [{}],
  [{ Resources: {} }],
  [{ Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } }],
  ['Resources'],
  [{ Statement: [] }],
])('what holds no access of anybody is left to jest: %j', (value) => {
  expect(digestSerializer.test(value)).toBe(false);
});

test('a policy alone is left to the serializer of policies', () => {
  const policy = { Statement: [allow('s3:GetObject')] };
  expect([digestSerializer.test(policy), policySerializer.test(policy)]).toEqual([false, true]);
});

test('the entry for tests loads neither a framework nor the engine until it is used', () => {
  const program = `
    require(${JSON.stringify(join(__dirname, '../../lib/testing/index.ts'))});
    console.log(JSON.stringify(Object.keys(require.cache).filter((path) => /aws-cdk-lib|cdktf|iam-data|policy.aws|policy.gcp|ajv/.test(path))));`;
  expect(JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', '-e', program], { encoding: 'utf8' }))).toEqual([]);
}, 60_000);

function print(value: unknown): string {
  expect(digestSerializer.test(value)).toBe(true);
  return digestSerializer.print(value, String);
}
