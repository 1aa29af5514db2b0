import { policySerializer, templateSerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);
expect.addSnapshotSerializer(templateSerializer);

const HASH = 'ab12'.repeat(16);

test('a policy prints one line per statement, with effect, actions, resources and conditions', () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:GetObject'],
        Resource: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/invoices/*']] }, { 'Fn::GetAtt': ['Bucket', 'Arn'] }],
        Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } }, Bool: { 'aws:SecureTransport': 'true' } },
      },
      { Effect: 'Deny', NotAction: 'iam:Get*', NotResource: '*' },
    ],
  };
  expect(policy).toMatchInlineSnapshot(`
allow s3:GetObject, s3:ListBucket on \${Bucket.Arn}, \${Bucket.Arn}/invoices/* if Bool aws:SecureTransport = true and StringEquals aws:ResourceAccount = \${AWS::AccountId}
deny all but iam:Get* on all but *
`);
});

test('a trust policy prints who may come in', () => {
  const trust = {
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'], AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::1:root' } },
      },
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' },
      { Effect: 'Deny', Action: 'sts:*', NotPrincipal: { Federated: { 'Fn::ImportValue': 'issuer' } } },
    ],
  };
  expect(trust).toMatchInlineSnapshot(`
allow sts:AssumeRole by *
allow sts:AssumeRole by AWS arn:\${AWS::Partition}:iam::1:root and Service ec2.amazonaws.com, lambda.amazonaws.com
deny sts:* by all but Federated {"Fn::ImportValue":"issuer"}
`);
});

test('a policy with one statement and no list prints the same as one with lists', () => {
  const bare = { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } };
  const listed = { Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }] };
  expect(print(bare)).toBe(print(listed));
});

test('the order of statements, actions, resources and condition values never shows', () => {
  const one = { Effect: 'Allow', Action: ['a:B', 'a:A'], Resource: ['x', 'y'], Condition: { StringLike: { k: ['2', '1'], j: 'z' } } };
  const same = { Condition: { StringLike: { j: 'z', k: ['1', '2'] } }, Resource: ['y', 'x'], Action: ['a:A', 'a:B'], Effect: 'Allow' };
  const other = { Effect: 'Deny', Action: '*', Resource: '*' };
  expect(print({ Statement: [one, other] })).toBe(print({ Statement: [other, same] }));
});

test.each([
  ['an action more', { Action: ['a:A', 'a:B'] }],
  ['an action for all but that action', { Action: undefined, NotAction: 'a:A' }],
  ['another resource', { Resource: 'y' }],
  ['all but the resource', { Resource: undefined, NotResource: 'x' }],
  ['another condition value', { Condition: { StringLike: { k: '2' } } }],
  ['another condition operator', { Condition: { StringEquals: { k: '1' } } }],
  ['no condition', { Condition: undefined }],
  ['another effect', { Effect: 'Deny' }],
])('a statement that differs by %s prints differently', (_title, change) => {
  const statement = { Effect: 'Allow', Action: 'a:A', Resource: 'x', Condition: { StringLike: { k: '1' } } };
  expect(print({ Statement: [{ ...statement, ...change }] })).not.toBe(print({ Statement: [statement] }));
});

test.each([
  [null],
  ['Statement'],
  [[]],
  [{}],
  [{ Statement: [] }],
  [{ Statement: 'x' }],
  [{ Statement: [{ Action: 'a:A' }] }],
  [{ Resources: {} }],
])('what is no policy is left to jest: %j', (value) => {
  expect(policySerializer.test(value)).toBe(false);
});

test('a template prints without the hashes of its assets', () => {
  const template = {
    Resources: {
      Handler: {
        Type: 'AWS::Lambda::Function',
        Metadata: { 'aws:asset:path': `asset.${HASH}` },
        Properties: { Code: { S3Key: `${HASH}.zip` } },
      },
      Image: { Properties: { ImageUri: { 'Fn::Sub': `1.dkr.ecr.x/cdk-container-assets-1-\${AWS::Region}:${HASH}` } } },
    },
  };
  expect(template).toMatchInlineSnapshot(`
{
  "Resources": {
    "Handler": {
      "Metadata": {
        "aws:asset:path": "asset.[asset-hash]",
      },
      "Properties": {
        "Code": {
          "S3Key": "[asset-hash].zip",
        },
      },
      "Type": "AWS::Lambda::Function",
    },
    "Image": {
      "Properties": {
        "ImageUri": {
          "Fn::Sub": "1.dkr.ecr.x/cdk-container-assets-1-\${AWS::Region}:[asset-hash]",
        },
      },
    },
  },
}
`);
});

test('a Terraform stack prints without the hashes of its assets', () => {
  const stack = { resource: { google_storage_bucket_object: { code: { source: `assets/code/${'AB12'.repeat(8)}/archive.zip` } } } };
  expect(stack).toMatchInlineSnapshot(`
{
  "resource": {
    "google_storage_bucket_object": {
      "code": {
        "source": "assets/code/[asset-hash]/archive.zip",
      },
    },
  },
}
`);
});

test.each([
  ['a template without assets', { Resources: { Role: { Type: 'AWS::IAM::Role' } } }],
  ['a fingerprint, which is no asset hash', { Resources: { Anchor: { Fingerprint: HASH } } }],
  ['a hash outside a template', { S3Key: `${HASH}.zip` }],
  ['text', `${HASH}.zip`],
])('%s is left to jest', (_title, value) => {
  expect(templateSerializer.test(value)).toBe(false);
});

function print(value: unknown): string {
  expect(policySerializer.test(value)).toBe(true);
  return policySerializer.print(value, String);
}
