import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ClaimsDeskStack } from '../../examples/claims-desk/aws';
import { fillPattern } from '../../lib/core/task-values';
import { enumerate } from '../../lib/policy/aws/engine';
import { AWS_FACTS } from '../../lib/policy/aws/facts';
import { readPolicy } from '../../lib/policy/aws/input/read-policy';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/agentic-iam/prod/prod--claim-reader`;
const context = { 'agentic-iam:review': 'off' };

/** The policies of the example as CloudFormation would write them, with names in the place of references. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = ['', undefined]] = Object.entries(value);
  if (key === 'Ref')
    return { 'AWS::Partition': 'aws', 'AWS::AccountId': ACCOUNT, 'AWS::Region': 'eu-central-1' }[String(inner)] ?? String(inner);
  if (key === 'Fn::GetAtt') return arnOf(String((inner as string[])[0]));
  if (key === 'Fn::Join') return (inner as [string, unknown[]])[1].map(written).join((inner as [string])[0]);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, written(one)]));
}

const arnOf = (logicalId: string): string =>
  logicalId.startsWith('Claims') ? `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/claims` : 'arn:aws:s3:::documents';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const stack = new ClaimsDeskStack(new App({ context }), 'claims-desk');
const resources = Object.values(Template.fromStack(stack).toJSON()['Resources'] as Record<string, Resource>);
const policyOf = (type: string, name: RegExp, property = 'PolicyDocument'): unknown => {
  const found = resources.find(
    ({ Type, Properties }) => Type === type && name.test(String(Properties['PolicyName'] ?? Properties['ManagedPolicyName'])),
  );
  return written(found?.Properties[property]);
};
const [parameter] = resources.filter(({ Type }) => Type === 'AWS::SSM::Parameter');
const template = JSON.parse(String(written(parameter?.Properties['Value']))) as { readonly policy: object };
const task = JSON.parse(fillPattern(JSON.stringify(template.policy), { customerId: 'c-17' })) as unknown;

test('a stolen credential of a task can do nothing outside its task, of every action there is', () => {
  const read = (document: unknown, layer: string) => readPolicy(document, { name: layer, layer });
  const stolen = enumerate(
    {
      identity: [read(policyOf('AWS::IAM::Policy', /^ReaderRolePolicy/), 'identity')],
      boundary: read(policyOf('AWS::IAM::ManagedPolicy', /claim-reader-boundary/), 'boundary'),
      session: [read(task, 'session')],
    },
    { arn: ROLE, account: ACCOUNT, kind: 'role-session' },
  );
  expect(AWS_FACTS.count).toBeGreaterThan(22_000);
  expect(stolen.unknowns).toEqual([]);
  const bounds = stolen.entries.flatMap(({ actions, region }) =>
    actions.map((action) => [
      action,
      [...new Set(region.resources.flat())].sort(),
      [...new Set(region.when.map(({ text }) => text))].sort(),
    ]),
  );
  expect(bounds).toMatchInlineSnapshot(`
[
  [
    "dynamodb:Query",
    [
      "arn:aws:dynamodb:eu-central-1:111122223333:table/claims",
    ],
    [
      "ForAllValues:StringEquals dynamodb:LeadingKeys c-17",
      "Null dynamodb:LeadingKeys false",
    ],
  ],
  [
    "s3:GetObject",
    [
      "arn:aws:s3:::documents/customers/c-17/*",
    ],
    [
      "StringEquals aws:ResourceAccount 111122223333",
    ],
  ],
  [
    "s3:ListBucket",
    [
      "arn:aws:s3:::documents",
    ],
    [
      "StringEquals aws:ResourceAccount 111122223333",
      "StringLike s3:prefix customers/c-17/*",
    ],
  ],
]
`);
});
