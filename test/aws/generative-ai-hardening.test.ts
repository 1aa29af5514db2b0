import { bedrock } from '@cdklabs/generative-ai-cdk-constructs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { AgentCoreHardening } from '../../lib/aws';
import type { DiffView } from '../../lib/core/review/diff-result';
import { cli } from '../cli/command-line';

const env = { account: '111122223333', region: 'eu-central-1' };
const MODEL = bedrock.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0;
const EMBEDDINGS = bedrock.BedrockFoundationModel.TITAN_EMBED_TEXT_V2_1024;
/** Nothing is bundled: the handlers of a knowledge base would be, by Docker, and none of them is looked at here. */
const newStack = (): Stack => new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'desk', { env });
const hardeningOf = (agent: string) => new AgentCoreHardening({ agent, owner: 'team@example.com' });

/** An agent with a tool, as somebody writes it who has not heard of this library, but for one line each. */
function desk(hardened: boolean): Stack {
  const stack = newStack();
  const tool = new lambda.Function(stack, 'Tool', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  s3.Bucket.fromBucketName(stack, 'Tickets', 'tickets').grantRead(tool);
  const agent = new bedrock.Agent(stack, 'Sorter', {
    name: 'sorter',
    foundationModel: MODEL,
    instruction: 'Sort the tickets that come in by their topic, and say in one sentence why.',
  });
  const executor = bedrock.ActionGroupExecutor.fromlambdaFunction(tool);
  if (hardened) {
    hardeningOf('sorter').applyTo(agent);
    hardeningOf('sorter-tool').applyTo(tool);
  }
  // What the construct grants afterwards, such as for a tool, is bounded with the rest.
  agent.addActionGroup(
    new bedrock.AgentActionGroup({ name: 'tickets', executor, apiSchema: bedrock.ApiSchema.fromInline('openapi: 3.0.3') }),
  );
  return stack;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
}
interface Role {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: { readonly Ref: string };
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

const rolesOf = (stack: Stack): readonly Role[] =>
  Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')).map(({ Properties }) => Properties as Role);
const roleNamed = (stack: Stack, name: string): Role => {
  const role = rolesOf(stack).find(({ RoleName }) => RoleName === name);
  if (!role) throw new Error(`no role ${name}`);
  return role;
};

/** What a role's boundary lets be done, and what stands in front of everything else. */
function boundaryOf(stack: Stack, name: string): { readonly allowed: readonly string[]; readonly denied: readonly string[] } {
  const id = roleNamed(stack, name).PermissionsBoundary?.Ref ?? '';
  const policy = Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy')[id] as {
    Properties: { PolicyDocument: { Statement: Statement[] } };
  };
  const statements = policy.Properties.PolicyDocument.Statement;
  return {
    allowed: statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action = [] }) => Action),
    denied: statements.filter(({ Effect }) => Effect === 'Deny').map(({ Sid = '' }) => Sid),
  };
}

test('the role of a bedrock.Agent is narrowed to a name, a path, an hour and an owner', () => {
  const before = rolesOf(desk(false)).find(({ RoleName }) => /Bedrock/.test(RoleName ?? ''));
  expect(before).toMatchObject({ RoleName: expect.stringMatching(/^AmazonBedrockExecutionRoleForAgents_/) });
  expect([before?.Path, before?.MaxSessionDuration, before?.PermissionsBoundary, before?.Tags]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const { Path, MaxSessionDuration, PermissionsBoundary, Tags } = roleNamed(desk(true), 'main--sorter');
  expect({ Path, MaxSessionDuration, PermissionsBoundary, Tags }).toMatchInlineSnapshot(`
{
  "MaxSessionDuration": 3600,
  "Path": "/agentic-iam/main/",
  "PermissionsBoundary": {
    "Ref": "SorterRoleAgenticIamBoundaryC3BC84FA",
  },
  "Tags": [
    {
      "Key": "agentic-iam:agent",
      "Value": "sorter",
    },
    {
      "Key": "agentic-iam:fleet",
      "Value": "main",
    },
    {
      "Key": "agentic-iam:owner",
      "Value": "team@example.com",
    },
  ],
}
`);
});

test('its boundary holds what the construct granted, the tool that was added afterwards too, and denies the rest', () => {
  expect(boundaryOf(desk(true), 'main--sorter')).toMatchInlineSnapshot(`
{
  "allowed": [
    "bedrock:InvokeModel*",
    "bedrock:GetFoundationModel",
    "lambda:InvokeFunction",
  ],
  "denied": [
    "DenyUndeclared",
    "DenyAdministration",
    "DenyOtherRegions",
  ],
}
`);
});

test('the role of the tool keeps what a policy of AWS gives it, which is its log, and what was granted', () => {
  expect(boundaryOf(desk(true), 'main--sorter-tool')).toMatchInlineSnapshot(`
{
  "allowed": [
    "s3:GetObject*",
    "s3:GetBucket*",
    "s3:List*",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
  "denied": [
    "DenyUndeclared",
    "DenyAdministration",
    "DenyOtherRegions",
  ],
}
`);
});

test('nobody gains, and what the agent loses lies in other regions, by the diff of both', async () => {
  const outputs = [false, true].map((hardened) => App.of(desk(hardened))?.synth().directory ?? '');
  const { code, out } = await cli(['diff', ...outputs, '--json']);
  const { principals } = JSON.parse(out) as DiffView;
  expect(code).toBe(0);
  expect(principals.map(({ name, was, gained }) => [name, was, gained])).toEqual([
    ['main--sorter', expect.stringMatching(/^AmazonBedrockExecutionRoleForAgents_deskSorter/), []],
    ['main--sorter-tool', expect.stringContaining('ToolServiceRole'), []],
  ]);
  const said = principals[0]?.lost.map(({ actions, resources, conditions = [] }) =>
    [actions.join(', '), resources.join(', '), ...conditions].join(' | '),
  );
  expect(said?.join('\n')).toMatchInlineSnapshot(`
"lambda:InvokeFunction | arn:aws:lambda:eu-central-1:111122223333:function:\${ToolD45F8BE0}, arn:aws:lambda:eu-central-1:111122223333:function:\${ToolD45F8BE0}:* | StringNotEquals aws:RequestedRegion eu-central-1
bedrock:GetFoundationModel, bedrock:InvokeModel, bedrock:InvokeModelWithResponseStream | arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0 | StringNotEquals aws:RequestedRegion eu-central-1"
`);
});

describe.each<[string, (stack: Stack) => IConstruct & { readonly role: iam.IRole }, readonly string[]]>([
  [
    'VectorKnowledgeBase',
    (stack) => new bedrock.VectorKnowledgeBase(stack, 'It', { embeddingsModel: EMBEDDINGS }),
    ['aoss:APIAccessAll', 'bedrock:InvokeModel*'],
  ],
  ['GraphKnowledgeBase', (stack) => new bedrock.GraphKnowledgeBase(stack, 'It', { embeddingModel: EMBEDDINGS }), ['bedrock:InvokeModel*']],
])('a %s', (_, make, needs) => {
  test('is enrolled and bounded, and keeps what it works with', () => {
    const stack = newStack();
    const construct = make(stack);
    const hardening = hardeningOf('notes');
    expect(hardening.supports(construct)).toBe(true);
    hardening.applyTo(construct);
    const { allowed, denied } = boundaryOf(stack, 'main--notes');
    expect(allowed).toEqual(expect.arrayContaining([...needs]));
    expect(denied).toEqual(expect.arrayContaining(['DenyUndeclared', 'DenyAdministration']));
    expect(roleNamed(stack, 'main--notes').Tags).toEqual(expect.arrayContaining([{ Key: 'agentic-iam:agent', Value: 'notes' }]));
  });
});

test('what is made after the role is bounded by its action; the role itself is named by its ARN', () => {
  const stack = newStack();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('bedrock.amazonaws.com') });
  const after = new s3.CfnBucket(stack, 'After', { tags: [{ key: 'reader', value: role.roleArn }] });
  const before = new s3.CfnBucket(stack, 'Before');
  role.grantPassRole(role);
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [`${after.attrArn}/*`] }));
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [`${before.attrArn}/*`] }));
  hardeningOf('sorter').applyTo(role);
  // Template.fromStack refuses a circle: without this, CloudFormation would make neither.
  const id = roleNamed(stack, 'main--sorter').PermissionsBoundary?.Ref ?? '';
  const policy = Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy')[id];
  const statements = policy?.['Properties'].PolicyDocument.Statement as { Action: string; Resource: unknown }[];
  const on = Object.fromEntries(statements.map(({ Action, Resource }) => [Action, JSON.stringify(Resource)]));
  expect(on['iam:PassRole']).toContain(':iam::111122223333:role/agentic-iam/main/main--sorter');
  expect(on['s3:PutObject']).toBe('"*"');
  expect(on['s3:GetObject']).toContain('"Before"');
});

describe('policies that a role has without being named by them', () => {
  const withRole = (props: Partial<iam.RoleProps>): Stack => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('bedrock.amazonaws.com'), ...props });
    hardeningOf('sorter').applyTo(role);
    return stack;
  };
  const reads = new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({ actions: ['s3:GetObject', 'bedrock-agentcore:GetWorkloadAccessToken'], resources: ['*'] })],
  });

  test('written into the role: narrowed there, and bounded', () => {
    const stack = withRole({ inlinePolicies: { reads } });
    expect(JSON.stringify(roleNamed(stack, 'main--sorter'))).not.toContain('GetWorkloadAccessToken');
    expect(JSON.stringify(roleNamed(stack, 'main--sorter'))).toContain('"PolicyName":"reads"');
    expect(boundaryOf(stack, 'main--sorter').allowed).toEqual(['s3:GetObject']);
  });

  test('as a resource of its own: narrowed there, and bounded', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('bedrock.amazonaws.com') });
    new iam.CfnRolePolicy(stack, 'Reads', { policyName: 'reads', roleName: role.roleName, policyDocument: reads });
    hardeningOf('sorter').applyTo(role);
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::RolePolicy'))).not.toContain('GetWorkloadAccessToken');
    expect(boundaryOf(stack, 'main--sorter').allowed).toEqual(['s3:GetObject']);
  });

  test('managed, of the same app: left as it is, since others may have it, and bounded', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('bedrock.amazonaws.com') });
    new iam.ManagedPolicy(stack, 'Named', { document: reads, roles: [role] });
    hardeningOf('sorter').applyTo(role);
    expect(boundaryOf(stack, 'main--sorter').allowed).toEqual(['s3:GetObject']);
  });

  test('managed, and known to nobody here: bounded away, and said so', () => {
    const stack = withRole({ managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('NoSuchPolicyOfAws')] });
    expect(boundaryOf(stack, 'main--sorter').allowed).toEqual([]);
    const warnings = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
    expect(warnings.join('\n')).toMatch(/has the policy .*:iam::aws:policy\/NoSuchPolicyOfAws, which is not read here/);
  });
});
