import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as api from '../../lib/aws';
import { Agent, AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { Capability } from '../../lib/core/capability';
import { AgentMode } from '../../lib/core/enums';
import { manifestOf, policySerializer } from '../../lib/testing';
import { documentsOf, identityOf, newStack, spec } from './agents';

expect.addSnapshotSerializer(policySerializer);

const MANAGED = 'AWS::IAM::ManagedPolicy';
const worker = { mode: AgentMode.READ_WRITE, capabilities: [Capability.of('functions:invoke', 'tool')] };

function functionAs(scope: Stack, id: string, role?: AgentIdentity): lambda.Function {
  const code = lambda.Code.fromInline('exports.handler = async () => {};');
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code,
    ...(role ? { role: role.role } : {}),
  });
}

const ceilingOf = (stack: Stack, name = 'reader') => manifestOf(stack).agents.find((agent) => agent.name === name)?.ceiling;

test('the entry point exports what every cloud exports', () => {
  expect(Object.keys(api).sort()).toEqual([
    'Agent',
    'AgentContainment',
    'AgentCoreHardening',
    'AgentGovernance',
    'AgentIdentity',
    'AgentMonitoring',
    'AgentResource',
    'AgentReview',
    'AgentSecret',
    'AgentTrail',
    'AgentTrust',
    'AgentWork',
    'AlertTarget',
    'PeerResponder',
    'ScopedAgentRole',
    'TaskAccess',
  ]);
});

test('an agent is an identity and its role', () => {
  const stack = newStack();
  const invoices = AgentResource.bucket(new s3.Bucket(stack, 'Invoices'));
  const agent = new Agent(stack, 'Reader', { agent: spec(), trust: AgentTrust.lambda(), resources: { invoices } });
  expect(agent.role.identity).toBe(agent.identity);
  expect(agent.role.access.grants.map(({ permissions }) => permissions)).toEqual([['s3:GetObject']]);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: 'ReaderIdentityRole79576771' }] });
});

// Template.fromStack refuses a template with a cycle, and app.synth() stacks with one.
describe('no dependency goes round in a circle', () => {
  test('a parent that may become its sub-agent, which trusts it', () => {
    const stack = newStack();
    const child = spec({ name: 'summariser' });
    const desk = spec({ name: 'desk', capabilities: [], delegatesTo: [child] });
    const parent = identityOf(stack, desk, 'Desk');
    const sub = new AgentIdentity(stack, 'Summariser', { agent: child, trust: AgentTrust.agent(parent) });
    new ScopedAgentRole(stack, 'DeskRole', { identity: parent, resources: { summariser: AgentResource.agent(sub) } });
    new ScopedAgentRole(stack, 'SummariserRole', {
      identity: sub,
      resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'B')) },
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(ceilingOf(stack, 'desk')).toMatchObject({ detail: 'resources', openActions: [] });
    expect(documentsOf(stack, MANAGED, 'DeskBoundary')[0]).toMatchInlineSnapshot(`
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/agentic-iam/main/main--summariser
deny account:*, iam:*, organizations:* on *
deny all but sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on *
deny all but sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
`);
  });

  test('an agent that calls the function it runs in', () => {
    const stack = newStack();
    const identity = identityOf(stack, spec(worker));
    const tool = functionAs(stack, 'Tool', identity);
    new ScopedAgentRole(stack, 'Role', { identity, resources: { tool: AgentResource.function(tool) } });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ detail: 'resources', openActions: ['lambda:InvokeFunction'] });
    expect(JSON.stringify(documentsOf(stack, MANAGED))).not.toContain('"Tool');
    expect(JSON.stringify(documentsOf(stack, 'AWS::IAM::Policy'))).toContain('"Tool');
  });

  test('a native condition on the function the agent runs in', () => {
    const stack = newStack();
    const identity = identityOf(stack, spec());
    const tool = functionAs(stack, 'Tool', identity);
    new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'B')) } });
    const conditions = { ArnEquals: { 'lambda:SourceFunctionArn': tool.functionArn } };
    new iam.Policy(stack, 'Extra', {
      statements: [new iam.PolicyStatement({ actions: ['sqs:ListQueues'], resources: ['*'], conditions })],
      roles: [identity.role],
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ openActions: ['sqs:ListQueues'] });
    expect(JSON.stringify(documentsOf(stack, MANAGED))).not.toContain('"Tool');
  });

  test('two agents that call each other’s functions', () => {
    const stack = newStack();
    const [one, two] = ['one', 'two'].map((name) => identityOf(stack, spec({ ...worker, name }), name)) as [AgentIdentity, AgentIdentity];
    const calls = [
      [one, functionAs(stack, 'FunctionOfTwo', two)],
      [two, functionAs(stack, 'FunctionOfOne', one)],
    ] as const;
    for (const [identity, tool] of calls) {
      new ScopedAgentRole(stack, `${identity.node.id}Role`, { identity, resources: { tool: AgentResource.function(tool) } });
    }
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('a key whose policy names the agent that decrypts with it', () => {
    const stack = newStack();
    const identity = identityOf(stack, spec());
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: key });
    key.addToResourcePolicy(
      new iam.PolicyStatement({ principals: [identity.grantPrincipal], actions: ['kms:DescribeKey'], resources: ['*'] }),
    );
    new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(bucket) } });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ openActions: ['kms:Decrypt', 's3:GetObject'] });
  });

  test('data in another stack', () => {
    const app = new App();
    const data = newStack('Data', app);
    const stack = newStack('Agents', app);
    new ScopedAgentRole(stack, 'Role', {
      identity: identityOf(stack, spec()),
      resources: { invoices: AgentResource.bucket(new s3.Bucket(data, 'B')) },
    });
    expect(() => app.synth()).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ openActions: [] });
    expect(JSON.stringify(documentsOf(stack, MANAGED))).toContain('Fn::ImportValue');
  });

  test('a role scoped in another stack than its identity, beside its data', () => {
    const app = new App();
    const stack = newStack('Identities', app);
    const data = newStack('Data', app);
    const identity = identityOf(stack, spec());
    new ScopedAgentRole(data, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(data, 'B')) } });
    expect(() => app.synth()).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ openActions: ['s3:GetObject'] });
  });

  test('data in a nested stack beside a function of the agent', () => {
    const app = new App();
    const stack = newStack('Agents', app);
    const identity = identityOf(stack, spec());
    const nested = new NestedStack(stack, 'Nested');
    functionAs(nested, 'Tool', identity);
    new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(nested, 'B')) } });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(ceilingOf(stack)).toMatchObject({ openActions: ['s3:GetObject'] });
  });
});

test('a stage of an app has its own agents', () => {
  const app = new App();
  const stack = new Stack(new Stage(app, 'Prod'), 'Agents');
  const identity = identityOf(stack, spec());
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'B')) } });
  new s3.Bucket(stack, 'Archive').grantRead(identity);
  app.synth();
  expect(manifestOf(app).agents[0]?.native.map(({ origin }) => origin)).toEqual(['Prod/Agents/Archive']);
});
