import fc from 'fast-check';
import { AgenticIamError } from '../../../../lib/core/errors';
import type { ReviewInput } from '../../../../lib/core/review/input';
import { awsWorldOf } from '../../../../lib/policy/aws';

const statement = {
  Sid: 'S',
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: { 'Fn::Sub': '${Bucket.Arn}/*' },
  Condition: { StringLike: { 'aws:PrincipalTag/a': ['x'] } },
};
const policy = { Version: '2012-10-17', Statement: [statement] };
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com', AWS: { 'Fn::GetAtt': ['User', 'Arn'] } } },
  ],
};
const arn = (kind: string, name: string) => `arn:aws:iam::111122223333:${kind}/${name}`;

/** One well-formed input of each kind, with most of what is read. */
const INPUTS: Readonly<Record<string, ReviewInput>> = {
  template: {
    kind: 'template',
    file: 't.json',
    stack: { name: 'shop' },
    json: {
      Parameters: { P: { Type: 'String', AllowedValues: ['a', 'b'] } },
      Mappings: { M: { a: { b: 'c' } } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::If': ['C', 'x', { 'Fn::FindInMap': ['M', 'a', 'b'] }] } } },
        OnBucket: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policy } },
        Role: {
          Type: 'AWS::IAM::Role',
          Condition: 'C',
          Metadata: { 'aws:cdk:path': 'a/b' },
          Properties: {
            AssumeRolePolicyDocument: trust,
            Policies: [{ PolicyName: 'p', PolicyDocument: policy }],
            ManagedPolicyArns: [{ Ref: 'Managed' }],
            PermissionsBoundary: { Ref: 'Managed' },
            Tags: [{ Key: 'a', Value: 'b' }],
          },
        },
        Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policy, Roles: [{ Ref: 'Role' }] } },
        User: { Type: 'AWS::IAM::User', Properties: { Groups: [{ Ref: 'Group' }] } },
        Group: { Type: 'AWS::IAM::Group', Properties: { Path: '/x/' } },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'q', PolicyDocument: policy, Roles: [{ Ref: 'Role' }], Users: [{ Ref: 'User' }] },
        },
        Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
        Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
        May: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            FunctionName: { Ref: 'Function' },
            Action: 'lambda:*',
            Principal: '*',
            SourceArn: { 'Fn::Join': ['', ['a', { Ref: 'P' }]] },
          },
        },
        Task: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { 'Fn::Select': [0, { 'Fn::Split': [',', 'a,b'] }] } } },
      },
      Outputs: { O: { Value: { 'Fn::GetAtt': ['Bucket', 'Arn'] }, Export: { Name: 'o' } } },
    },
  },
  details: {
    kind: 'account-details',
    file: 'd.json',
    json: {
      UserDetailList: [
        {
          UserName: 'u',
          Arn: arn('user', 'u'),
          GroupList: ['g'],
          UserPolicyList: [{ PolicyName: 'p', PolicyDocument: policy }],
          Tags: [{ Key: 'a', Value: 'b' }],
        },
      ],
      GroupDetailList: [{ GroupName: 'g', Arn: arn('group', 'g'), AttachedManagedPolicies: [{ PolicyArn: arn('policy', 'm') }] }],
      RoleDetailList: [
        {
          RoleName: 'r',
          Arn: arn('role', 'r'),
          AssumeRolePolicyDocument: trust,
          InstanceProfileList: [{ Arn: arn('instance-profile', 'i') }],
          PermissionsBoundary: { PermissionsBoundaryArn: arn('policy', 'm') },
        },
      ],
      Policies: [
        {
          PolicyName: 'm',
          Arn: arn('policy', 'm'),
          DefaultVersionId: 'v1',
          PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: policy }],
        },
      ],
    },
  },
  lines: {
    kind: 'resources',
    file: 'r',
    json: [
      { arn: 'arn:aws:s3:::b', policy: { ...policy, Statement: [{ ...statement, Principal: '*', Resource: '*' }] } },
      { arn: 'arn:aws:lambda:us-east-1:111122223333:function:f', role: arn('role', 'r'), tags: { a: 'b' } },
    ],
  },
  plan: {
    kind: 'terraform-plan',
    file: 'p',
    json: {
      planned_values: {
        root_module: {
          resources: [
            {
              address: 'aws_iam_role.r',
              type: 'aws_iam_role',
              mode: 'managed',
              values: {
                name: 'r',
                assume_role_policy: JSON.stringify(trust),
                inline_policy: [{ name: 'i', policy: JSON.stringify(policy) }],
              },
            },
            { address: 'aws_lambda_function.f', type: 'aws_lambda_function', values: {} },
          ],
          child_modules: [{ resources: [] }],
        },
      },
      configuration: {
        root_module: {
          resources: [
            { address: 'aws_lambda_function.f', expressions: { role: { references: ['aws_iam_role.r.arn', 'aws_iam_role.r'] } } },
          ],
          module_calls: { m: { module: {} } },
        },
      },
    },
  },
  stack: {
    kind: 'terraform-stack',
    file: 's',
    json: {
      resource: {
        aws_iam_role: { r: { name: '${aws_s3_bucket.b.id}', assume_role_policy: '${data.aws_iam_policy_document.d.json}' } },
        aws_s3_bucket: { b: {} },
      },
      data: {
        aws_iam_policy_document: {
          d: {
            statement: [
              {
                actions: ['sts:AssumeRole'],
                principals: [{ type: 'AWS', identifiers: ['*'] }],
                condition: [{ test: 'Bool', variable: 'a', values: ['b'] }],
              },
            ],
          },
        },
      },
    },
  },
  manifest: {
    kind: 'manifest',
    file: 'm',
    json: {
      schemaVersion: 1,
      library: '0.1.0',
      catalogs: { aws: '1' },
      agents: [
        {
          name: 'a',
          cloud: 'aws',
          fleet: 'f',
          construct: 'shop/A',
          owner: 'o',
          purpose: 'p',
          mode: 'READ_ONLY',
          scope: {},
          limits: {},
          maxSessionSeconds: 900,
          delegatesTo: [],
          workflows: [],
          findings: [],
          native: [{ origin: 'shop/B', permissions: ['s3:Get*'], scopes: ['*'], conditions: [] }],
          identity: {
            kind: 'iam-role',
            name: 'r',
            principal: arn('role', 'r'),
            trust: [],
            credentialLifeSeconds: 900,
            credentialLifeReason: 'r',
          },
          access: [
            {
              capability: 'objects:read',
              resource: 'r',
              kind: 'bucket',
              level: 'read',
              permissions: ['s3:GetObject'],
              scopes: ['arn:aws:s3:::b/*'],
              conditions: [{ Bool: { 'aws:SecureTransport': 'true' } }],
            },
          ],
        },
      ],
    },
  },
};

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    '',
    'x',
    '*',
    '${',
    '${}',
    '${x.y}',
    '\uE000',
    [],
    [[]],
    {},
    { Ref: 'Role' },
    { Ref: 7 },
    { 'Fn::Sub': [] },
    { 'Fn::GetAtt': 'x' },
    { 'Fn::Split': ['', ''] },
    { 'Fn::Select': ['x', 3] },
    { 'Fn::If': ['C'] },
    { 'Fn::Join': [{}, {}] },
    { 'Fn::Anything': 1 },
    { Ref: 'AWS::NoValue' },
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** All places of a value. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => places(one, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return path.length > 0 ? [path, ...inner] : inner;
}

function put(value: unknown, [key, ...rest]: readonly (string | number)[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? put(one, rest, replacement) : one));
  return { ...(value as object), [key]: put((value as Record<string | number, unknown>)[key], rest, replacement) };
}

function judge(inputs: readonly ReviewInput[]): void {
  try {
    const world = awsWorldOf(inputs);
    for (const { id } of world?.principals ?? []) {
      world?.access(id);
      world?.touches(id);
      world?.isAdmin(id);
      world?.decide(id, { action: 's3:GetObject', resource: 'arn:aws:s3:::${Bucket}/x' });
    }
    const said = [...(world?.unknowns ?? []), ...(world?.principals ?? []).flatMap(({ id }) => world?.access(id).unknowns ?? [])];
    expect(said.filter((sentence) => typeof sentence !== 'string' || !sentence.endsWith('.'))).toEqual([]);
  } catch (error) {
    if (!(error instanceof AgenticIamError)) throw error;
  }
}

test.each(Object.keys(INPUTS))('anything may be anywhere in a file: %s', (name) => {
  const input = INPUTS[name];
  if (!input) throw new Error(name);
  const others = Object.values(INPUTS).filter((other) => other !== input && ['details', 'lines'].some((kind) => INPUTS[kind] === other));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places(input.json)), junk), { minLength: 1, maxLength: 2 }), (changes) => {
      const json = changes.reduce(
        (value, [path, replacement]) => (reachable(value, path) ? put(value, path, replacement) : value),
        input.json,
      );
      judge([...others, { ...input, json }]);
    }),
    { numRuns: 60 },
  );
});

test('any JSON may be any file', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(INPUTS)), fc.jsonValue(), (input, json) => judge([{ ...input, json }])),
    { numRuns: 100 },
  );
});

test('the well-formed files themselves are read without a word', () => {
  const world = awsWorldOf(
    Object.values(INPUTS).filter(({ kind }) => kind === 'account-details' || kind === 'resources' || kind === 'manifest'),
  );
  expect(world?.unknowns).toEqual([]);
  expect(world?.principals.map(({ id, agent, reviewed }) => [id, agent?.name, reviewed])).toEqual([
    [arn('group', 'g'), undefined, false],
    [arn('user', 'u'), undefined, false],
    [arn('role', 'r'), 'a', true],
  ]);
});

function reachable(value: unknown, path: readonly (string | number)[]): boolean {
  return (
    path
      .slice(0, -1)
      .reduce<unknown>(
        (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
        value,
      ) instanceof Object
  );
}
