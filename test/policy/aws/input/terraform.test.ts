import { showSymbols } from '../../../../lib/core/review/glob';
import type { ReviewInput } from '../../../../lib/core/review/input';
import { readAws } from '../../../../lib/policy/aws/input';

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};
const READ = (resource: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }] });
const read = (kind: ReviewInput['kind'], json: unknown) => readAws([{ kind, file: 'tf.json', json }]);

const STACK = {
  provider: { aws: [{ region: 'eu-central-1' }] },
  resource: {
    aws_s3_bucket: { data: { bucket: 'invoices' }, made: {} },
    aws_iam_role: {
      reader: { name: 'reader', path: '/agents/', assume_role_policy: '${data.aws_iam_policy_document.trust.json}', tags: { team: 'a' } },
      made: { assume_role_policy: JSON.stringify(TRUST) },
    },
    aws_iam_policy: { read: { name: 'read', policy: READ('${aws_s3_bucket.made.arn}/*') } },
    aws_iam_role_policy: {
      inline: { name: 'own', role: '${aws_iam_role.reader.id}', policy: READ('${aws_s3_bucket.data.arn}/${aws:username}') },
    },
    aws_iam_role_policy_attachment: {
      one: { role: '${aws_iam_role.reader.name}', policy_arn: '${aws_iam_policy.read.arn}' },
      two: { role: '${aws_iam_role.made.name}', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      three: { role: 'elsewhere', policy_arn: 'arn:aws:iam::aws:policy/NobodysPolicy' },
    },
    aws_lambda_function: { pay: { function_name: 'pay', role: '${aws_iam_role.reader.arn}' } },
    aws_instance: { box: { iam_instance_profile: '${aws_iam_instance_profile.box.name}' } },
    aws_iam_instance_profile: { box: { name: 'box', role: '${aws_iam_role.made.name}' } },
    aws_s3_bucket_policy: { p: { bucket: '${aws_s3_bucket.data.id}', policy: '${jsonencode({})}' } },
    google_storage_bucket: { other: { name: 'x' } },
  },
  data: {
    aws_iam_policy_document: {
      trust: {
        statement: [
          {
            actions: ['sts:AssumeRole'],
            principals: [{ type: 'Service', identifiers: ['ecs-tasks.amazonaws.com'] }],
            condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] }],
          },
        ],
      },
    },
  },
};

test('a stack: references become ARNs, data documents policies, attachments are joined', () => {
  const { principals, resources } = read('terraform-stack', STACK);
  expect(
    principals.map(({ arn, policies, trust, unknowns, instanceProfiles, tags }) => ({
      arn: showSymbols(arn),
      resources: policies.map(({ document }) => document.statements.map((one) => one.resources?.map(showSymbols))),
      trust: trust?.document.statements[0]?.principals?.service,
      unknowns: unknowns.map(showSymbols),
      profiles: instanceProfiles.map(showSymbols),
      tags,
    })),
  ).toEqual([
    {
      arn: 'arn:aws:iam::${AWS.AccountId}:role/agents/reader',
      resources: [[['arn:aws:s3:::invoices/${aws:username}']], [['arn:aws:s3:::${aws_s3_bucket.made}/*']]],
      trust: ['ecs-tasks.amazonaws.com'],
      unknowns: [],
      profiles: [],
      tags: { team: 'a' },
    },
    {
      arn: 'arn:aws:iam::${AWS.AccountId}:role/${aws_iam_role.made}',
      resources: [[['*']]],
      trust: ['lambda.amazonaws.com'],
      unknowns: [],
      profiles: ['arn:aws:iam::${AWS.AccountId}:instance-profile/box'],
      tags: {},
    },
    {
      arn: 'arn:aws:iam::${AWS.AccountId}:role/elsewhere',
      resources: [],
      trust: undefined,
      unknowns: [
        "role 'elsewhere' is made elsewhere; only what 'tf.json' gives it is known.",
        "The text of managed policy 'arn:aws:iam::aws:policy/NobodysPolicy' of role 'elsewhere' is not at hand; give it with --account-details.",
      ],
      profiles: [],
      tags: {},
    },
  ]);
  expect(
    resources.map(({ arn, type, role, policy }) => [showSymbols(arn), type, role && showSymbols(role), policy?.document.unknowns.length]),
  ).toEqual([
    ['arn:aws:s3:::invoices', 'AWS::S3::Bucket', undefined, 1],
    ['arn:aws:s3:::${aws_s3_bucket.made}', 'AWS::S3::Bucket', undefined, undefined],
    [
      'arn:aws:lambda:eu-central-1:${AWS.AccountId}:function:pay',
      'AWS::Lambda::Function',
      'arn:aws:iam::${AWS.AccountId}:role/agents/reader',
      undefined,
    ],
    [
      'arn:aws:ec2:eu-central-1:${AWS.AccountId}:instance/${aws_instance.box}',
      'AWS::EC2::Instance',
      'arn:aws:iam::${AWS.AccountId}:role/${aws_iam_role.made}',
      undefined,
    ],
  ]);
});

const PLAN = {
  planned_values: {
    root_module: {
      child_modules: [
        {
          resources: [
            {
              address: 'module.a.aws_iam_role.r[0]',
              mode: 'managed',
              type: 'aws_iam_role',
              values: { name: 'r', assume_role_policy: JSON.stringify(TRUST) },
            },
            { address: 'module.a.aws_iam_role_policy.p', mode: 'managed', type: 'aws_iam_role_policy', values: { name: 'p' } },
            {
              address: 'module.a.aws_iam_role_policy_attachment.x',
              mode: 'managed',
              type: 'aws_iam_role_policy_attachment',
              values: { role: 'r' },
            },
            { address: 'module.a.aws_iam_policy.m', mode: 'managed', type: 'aws_iam_policy', values: { name: 'm', policy: READ('*') } },
          ],
        },
      ],
    },
  },
  prior_state: {
    values: {
      root_module: {
        resources: [
          { address: 'data.aws_caller_identity.me', mode: 'data', type: 'aws_caller_identity', values: { account_id: '111122223333' } },
        ],
      },
    },
  },
  configuration: {
    provider_config: { aws: { expressions: { region: { constant_value: 'eu-west-1' } } } },
    root_module: {
      module_calls: {
        a: {
          module: {
            resources: [
              {
                address: 'aws_iam_role_policy.p',
                expressions: {
                  role: { references: ['aws_iam_role.r[0].name', 'aws_iam_role.r[0]', 'aws_iam_role.r'] },
                  policy: { references: ['aws_s3_bucket.b.arn', 'aws_s3_bucket.b', 'var.x'] },
                },
              },
              {
                address: 'aws_iam_role_policy_attachment.x',
                expressions: { policy_arn: { references: ['aws_iam_policy.m.arn', 'aws_iam_policy.m'] } },
              },
            ],
          },
        },
      },
    },
  },
};

test('a plan: what only apply knows is followed through its configuration, or is a doubt', () => {
  const { principals } = read('terraform-plan', PLAN);
  expect(principals.map(({ arn }) => arn)).toEqual(['arn:aws:iam::111122223333:role/r']);
  const [role] = principals;
  expect(role?.policies.map(({ name, document }) => [name, document.statements.length, document.unknowns.length])).toEqual([
    ["inline policy 'p' of role 'r'", 0, 1],
    ["managed policy 'm'", 1, 0],
  ]);
});

test.each([[[]], ['x'], [null], [3]])('what is no JSON of Terraform is refused: %j', (json) => {
  expect(() => read('terraform-plan', json)).toThrow(/must be JSON that Terraform writes/);
});
