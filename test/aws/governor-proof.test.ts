import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AgentMode, AgentSpec, Capability, MaturityLevel } from '../../lib';
import { AgentGovernance, AgentIdentity, AgentMonitoring, AgentResource, AgentTrail, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { expandActions } from '../../lib/policy/aws/action-levels';
import { cli } from '../cli/command-line';

// A fleet that is looked after, and what the policy engine says of the governor's role.
const ACCOUNT = '111122223333';
const DENY_ALL = 'arn:aws:iam::aws:policy/AWSDenyAll';
const SECRET = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:erp-AbCdEf`;

function synth(cleanUp: boolean) {
  const app = new App({ context: { 'agentic-iam:review': 'off' } });
  const stack = new Stack(app, 'Desk', { env: { account: ACCOUNT, region: 'eu-central-1' } });
  const agent = new AgentSpec({
    name: 'reader',
    owner: 'team@example.com',
    purpose: 'reads a key',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readSecret('key')],
  });
  const identity = new AgentIdentity(stack, 'Reader', { agent, trust: AgentTrust.lambda() });
  const key = AgentResource.secret(Secret.fromSecretCompleteArn(stack, 'Key', SECRET));
  new ScopedAgentRole(stack, 'ReaderRole', { identity, resources: { key } });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], trail: AgentTrail.create({ locked: true }) });
  new AgentGovernance(stack, 'Governance', {
    target: MaturityLevel.LOGGING,
    continuous: { agents: [identity], monitoring, repair: true, cleanUp },
  });
  return { directory: app.synth().directory, template: Template.fromStack(stack) };
}

const { directory, template } = synth(true);
const [governor = ''] = Object.entries(template.findResources('AWS::IAM::Role'))
  .filter(([id]) => id.startsWith('GovernanceContinuousRole'))
  .map(([id, { Properties }]) => `arn:aws:iam::${ACCOUNT}:role${Properties['Path']}${'${'}Desk.${id}}`);

interface Line {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly expect: 'allowed' | 'denied';
}

async function failures(lines: readonly Line[]): Promise<readonly string[]> {
  const text = lines.map((line) => JSON.stringify({ principal: governor, ...line })).join('\n');
  const { out, err } = await cli(['test', '-', '--in', directory, '--json'], text);
  if (err) throw new Error(err);
  const { results } = JSON.parse(out) as { readonly results: readonly { readonly passed: boolean }[] };
  expect(results).toHaveLength(lines.length);
  return lines.flatMap(({ action, resource }, at) => (results[at]?.passed ? [] : [`${action} on ${resource}`]));
}

const statementsOf = (of: Template): readonly string[] =>
  Object.entries(of.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith('GovernanceContinuousRolePolicy'))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'].Statement as object[]).map((one) => JSON.stringify(one)));

test('clean-up takes these rights, and none where it is off', () => {
  const without = statementsOf(synth(false).template);
  const own = statementsOf(template);
  expect(without.filter((one) => !own.includes(one))).toEqual([]);
  expect(own.filter((one) => !without.includes(one)).map((one) => JSON.parse(one))).toMatchInlineSnapshot(`
[
  {
    "Action": "iam:AttachRolePolicy",
    "Condition": {
      "ArnEquals": {
        "iam:PolicyARN": {
          "Fn::Join": [
            "",
            [
              "arn:",
              {
                "Ref": "AWS::Partition",
              },
              ":iam::aws:policy/AWSDenyAll",
            ],
          ],
        },
      },
      "StringEquals": {
        "aws:ResourceTag/agentic-iam:fleet": "main",
      },
    },
    "Effect": "Allow",
    "Resource": {
      "Fn::Join": [
        "",
        [
          "arn:",
          {
            "Ref": "AWS::Partition",
          },
          ":iam::111122223333:role/agentic-iam/main/*",
        ],
      ],
    },
  },
  {
    "Action": "secretsmanager:RotateSecret",
    "Condition": {
      "BoolIfExists": {
        "secretsmanager:ModifyRotationRules": "false",
      },
      "Null": {
        "secretsmanager:ExternalSecretRotationRoleArn": "true",
        "secretsmanager:RotationLambdaARN": "true",
      },
    },
    "Effect": "Allow",
    "Resource": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp-AbCdEf",
  },
  {
    "Action": "s3:GetObject",
    "Effect": "Allow",
    "Resource": {
      "Fn::Join": [
        "",
        [
          {
            "Fn::GetAtt": [
              "GovernanceContinuousEvidence33C19149",
              "Arn",
            ],
          },
          "/governance/main/found/*",
        ],
      ],
    },
  },
  {
    "Action": "s3:ListBucket",
    "Condition": {
      "StringLike": {
        "s3:prefix": "governance/main/found/*",
      },
    },
    "Effect": "Allow",
    "Resource": {
      "Fn::GetAtt": [
        "GovernanceContinuousEvidence33C19149",
        "Arn",
      ],
    },
  },
]
`);
});

const MUTATIONS = expandActions('iam:*').filter((action) =>
  /^iam:(Add|Attach|Create|Delete|Detach|Pass|Put|Remove|Set|Tag|Untag|Update|Upload)/.test(action),
);
const TAGGED = {
  'aws:ResourceTag/agentic-iam:fleet': 'main',
  'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/agentic-iam/main/x`,
  'iam:PolicyARN': DENY_ALL,
};
const AGENT = `arn:aws:iam::${ACCOUNT}:role/agentic-iam/main/main--reader`;

test.each([
  ['itself', governor],
  ['the role of deployments', `arn:aws:iam::${ACCOUNT}:role/cdk-deploy-role`],
  ['the responder', `arn:aws:iam::${ACCOUNT}:role/agentic-iam-responder/x`],
  ['a role of a service', `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`],
  ['an agent of another fleet', `arn:aws:iam::${ACCOUNT}:role/agentic-iam/other/other--reader`],
  ['a user', `arn:aws:iam::${ACCOUNT}:user/ada`],
  ['a brake', `arn:aws:iam::${ACCOUNT}:policy/agentic-iam/main/main--reader--brake`],
])('the governor can change nothing of %s, of every action of IAM that changes something', async (_, resource) => {
  expect(MUTATIONS.length).toBeGreaterThan(90);
  expect(await failures(MUTATIONS.map((action) => ({ action, resource, context: TAGGED, expect: 'denied' })))).toEqual([]);
});

test('it attaches to roles of its fleet what denies everything, or what the fleet made, and nothing else', async () => {
  const attach = (expect: Line['expect'], policy: string, resource = AGENT, context: object = TAGGED): Line => ({
    action: 'iam:AttachRolePolicy',
    resource,
    context: { ...context, 'iam:PolicyARN': policy },
    expect,
  });
  const { 'aws:ResourceTag/agentic-iam:fleet': _, ...untagged } = TAGGED;
  expect(
    await failures([
      attach('allowed', DENY_ALL),
      attach('allowed', `arn:aws:iam::${ACCOUNT}:policy/agentic-iam/main/main--reader-boundary`),
      attach('denied', DENY_ALL, AGENT, untagged),
      attach('denied', DENY_ALL, `arn:aws:iam::${ACCOUNT}:role/cdk-deploy-role`),
      ...[
        'arn:aws:iam::aws:policy/AdministratorAccess',
        'arn:aws:iam::aws:policy/AWSDenyAllX',
        `arn:aws:iam::${ACCOUNT}:policy/AWSDenyAll`,
      ].map((policy) => attach('denied', policy)),
    ]),
  ).toEqual([]);
});

test('it starts a rotation as it is set up, names no function that would, and reads no secret', async () => {
  const rotate = (expect: Line['expect'], context?: Readonly<Record<string, string>>, resource = SECRET): Line => ({
    action: 'secretsmanager:RotateSecret',
    resource,
    expect,
    ...(context ? { context } : {}),
  });
  const others = expandActions('secretsmanager:*').filter((one) => !/:(RotateSecret|DescribeSecret)$/.test(one));
  expect(others.length).toBeGreaterThan(15);
  expect(
    await failures([
      rotate('allowed', { 'secretsmanager:ModifyRotationRules': 'false' }),
      rotate('denied', { 'secretsmanager:ModifyRotationRules': 'true' }),
      rotate('denied', { 'secretsmanager:RotationLambdaARN': `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:mine` }),
      rotate('denied', { 'secretsmanager:ExternalSecretRotationRoleArn': AGENT }),
      rotate('denied', undefined, SECRET.replace('erp', 'other')),
      ...others.map((action): Line => ({ action, resource: SECRET, expect: 'denied' })),
    ]),
  ).toEqual([]);
});
