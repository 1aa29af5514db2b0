import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AgentMode, AgentSpec, Capability, minutes, TaskParameter, TaskTemplate } from '../../lib';
import { Agent, AgentIdentity, AgentResource, AgentTrust, TaskAccess } from '../../lib/aws';
import { manifestOf, policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const answer = new TaskTemplate({
  name: 'answer',
  allows: [Capability.listObjects('files'), Capability.readObjects('files'), Capability.queryTable('claims')],
  parameters: { customerId: TaskParameter.identifier({ maxLength: 20 }) },
  within: { files: 'customers/{customerId}/', claims: '{customerId}' },
  lasts: minutes(20),
});
const desk = new AgentSpec({
  name: 'desk',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [
    Capability.listObjects('files'),
    Capability.readObjects('files'),
    Capability.queryTable('claims'),
    Capability.invokeModel('llm'),
  ],
  tasks: [answer],
});

interface Made {
  readonly stack: Stack;
  readonly tasks: TaskAccess;
  readonly agent: Agent;
  readonly caller: iam.Role;
}

function made(spec = desk, options: { readonly prefix?: string; readonly partition?: string } = {}): Made {
  const stack = new Stack(new App(), 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
  const tasks = new TaskAccess(stack, 'Tasks');
  const caller = new iam.Role(stack, 'Runner', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const table = dynamodb.TableV2.fromTableName(stack, 'Claims', 'claims');
  const agent = new Agent(stack, 'Desk', {
    agent: spec,
    trust: AgentTrust.taskBroker(tasks),
    resources: {
      files: AgentResource.bucket(s3.Bucket.fromBucketName(stack, 'Files', 'example-files'), { prefix: options.prefix ?? 'in/' }),
      claims: AgentResource.table(table, options.partition === undefined ? {} : { partition: options.partition }),
      llm: AgentResource.model('anthropic.claude-haiku-4-5-20251001-v1:0'),
    },
  });
  return { stack, tasks, agent, caller };
}

function synthesised(options: Parameters<typeof made>[1] = {}, spec = desk): Template {
  const { stack, tasks, agent, caller } = made(spec, options);
  tasks.offer(agent.identity, { callers: [caller] });
  return Template.fromStack(stack);
}

const template = synthesised();
const propertiesOf = (type: string): readonly Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map((one) => (one as { Properties: Record<string, unknown> }).Properties);

test('the broker reads the template of a task from a parameter of its own', () => {
  const [parameter] = propertiesOf('AWS::SSM::Parameter');
  expect(parameter?.['Name']).toBe('/agentic-iam/main/tasks/desk/answer');
  expect(parameter?.['Value']).toMatchInlineSnapshot(`
{
  "Fn::Join": [
    "",
    [
      "{"agent":"desk","fleet":"main","roleArn":"arn:",
      {
        "Ref": "AWS::Partition",
      },
      ":iam::111122223333:role/agentic-iam/main/main--desk","template":"answer","parameters":{"customerId":{"type":"identifier","maxLength":20}},"seconds":1200,"policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:Query","Resource":"arn:",
      {
        "Ref": "AWS::Partition",
      },
      ":dynamodb:eu-central-1:111122223333:table/claims","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["{customerId}"]},"Null":{"dynamodb:LeadingKeys":"false"}}},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:",
      {
        "Ref": "AWS::Partition",
      },
      ":s3:::example-files/in/customers/{customerId}/*","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}},{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:",
      {
        "Ref": "AWS::Partition",
      },
      ":s3:::example-files","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"},"StringLike":{"s3:prefix":"in/customers/{customerId}/*"}}}]},"callers":["",
      {
        "Fn::GetAtt": [
          "RunnerA54BCE97",
          "Arn",
        ],
      },
      ""]}",
    ],
  ],
}
`);
});

test('the broker may take on the agents it was given, keep its ledger and read its templates; all else is denied', () => {
  const policies = propertiesOf('AWS::IAM::Policy').filter((one) => JSON.stringify(one).includes('ssm:GetParameter'));
  expect(policies.map((one) => one['PolicyDocument'])).toMatchInlineSnapshot(`
[
  allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem on \${TasksLedgerB7963ED1.Arn}
allow logs:CreateLogStream, logs:PutLogEvents on \${TasksLog0BCAFA31.Arn}
allow ssm:GetParameter on arn:\${AWS::Partition}:ssm:eu-central-1:111122223333:parameter/agentic-iam/main/tasks/*
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/main--desk,
]
`);
  const boundaries = propertiesOf('AWS::IAM::ManagedPolicy').filter((one) => one['ManagedPolicyName'] === 'main--task-broker-boundary');
  expect(boundaries.map((one) => one['PolicyDocument'])).toMatchInlineSnapshot(`
[
  allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem on \${TasksLedgerB7963ED1.Arn}
allow logs:CreateLogStream, logs:PutLogEvents on \${TasksLog0BCAFA31.Arn}
allow ssm:GetParameter on arn:\${AWS::Partition}:ssm:eu-central-1:111122223333:parameter/agentic-iam/main/tasks/*
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/main--desk
deny account:*, iam:*, organizations:* on *
deny all but dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem, logs:CreateLogStream, logs:PutLogEvents, ssm:GetParameter, sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on *
deny all but sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession on * if StringNotEquals aws:RequestedRegion = eu-central-1,
]
`);
});

test('the agent trusts the broker for tasks alone, and can be stopped by what a task carries', () => {
  const [role] = propertiesOf('AWS::IAM::Role').filter((one) => one['RoleName'] === 'main--desk');
  expect(role?.['AssumeRolePolicyDocument']).toMatchInlineSnapshot(
    `allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam-broker/main--task-broker if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = desk and StringEquals aws:RequestTag/agentic-iam:chain = desk and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = desk@*`,
  );
  expect(JSON.stringify(role?.['ManagedPolicyArns'])).toContain('AgenticIamChainDeny');
});

test('the function runs on ARM behind IAM, and its ledger is kept', () => {
  template.hasResourceProperties('AWS::Lambda::Function', { Architectures: ['arm64'], Runtime: 'nodejs22.x', Handler: 'index.handler' });
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  });
});

test('the manifest tells what a task is bounded by', () => {
  const { stack, tasks, agent, caller } = made();
  tasks.offer(agent.identity, { callers: [caller] });
  const [entry] = manifestOf(stack).agents;
  expect(entry?.tasks).toMatchObject([
    { name: 'answer', longestSeconds: 1200, native: { size: expect.any(Number), tagSize: expect.any(Number) } },
  ]);
});

test.each<readonly [string, (one: Made) => void, RegExp]>([
  ['to nobody', ({ tasks, agent }) => tasks.offer(agent.identity, { callers: [] }), /needs 'callers' not to be empty/],
  [
    'to the agent itself',
    ({ tasks, agent }) => tasks.offer(agent.identity, { callers: [agent.identity.role] }),
    /must not be asked for by an agent/,
  ],
  [
    'that it does not declare',
    ({ tasks, agent, caller }) => tasks.offer(agent.identity, { callers: [caller], tasks: ['other'] }),
    /task 'other' of agent 'desk'/,
  ],
  [
    'of another fleet',
    ({ tasks, caller, stack }) => {
      const other = new AgentIdentity(stack, 'Other', { agent: desk, fleet: 'other', trust: AgentTrust.taskBroker(tasks) });
      tasks.offer(other, { callers: [caller] });
    },
    /must be of fleet 'main'/,
  ],
  [
    'of an agent without any',
    ({ tasks, caller, stack }) => {
      const bare = new AgentSpec({ name: 'bare', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] });
      tasks.offer(new AgentIdentity(stack, 'Bare', { agent: bare, trust: AgentTrust.taskBroker(tasks) }), { callers: [caller] });
    },
    /must declare 'tasks'/,
  ],
])('tasks are not offered %s', (_, offer, expected) => {
  expect(() => offer(made())).toThrow(expected);
});

const long = (length: number): AgentSpec =>
  new AgentSpec({
    name: 'desk',
    owner: 'o',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: desk.capabilities,
    tasks: [
      new TaskTemplate({
        name: 'answer',
        allows: [Capability.listObjects('files'), Capability.readObjects('files')],
        parameters: { a: TaskParameter.identifier({ maxLength: length }), b: TaskParameter.identifier({ maxLength: length }) },
        within: { files: `${'p'.repeat(640)}/{a}/{b}/` },
      }),
    ],
  });

test('a policy that does not fit says which statement takes how much', () => {
  expect(() => synthesised({}, long(20))).not.toThrow();
  expect(() => synthesised({}, long(64))).toThrow(
    /must fit its policy and session tags into 2048 characters.*for s3:GetObject on .*\[task-policy-too-large\]/s,
  );
});

test('a table that is bound to one partition has no parts', () => {
  expect(() => synthesised({ partition: 'x' })).toThrow(/cannot be kept to a part of 'claims'.*\[task-unnarrowable\]/s);
});

test('a spec without its role in the app gives out nothing', () => {
  const stack = new Stack(new App(), 's');
  const tasks = new TaskAccess(stack, 'Tasks');
  const caller = new iam.Role(stack, 'Runner', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const identity = new AgentIdentity(stack, 'Desk', { agent: desk, trust: AgentTrust.taskBroker(tasks) });
  tasks.offer(identity, { callers: [caller] });
  expect(() => Template.fromStack(stack)).toThrow(/must have a ScopedAgentRole in this app/);
});

test('what is bound under the name of a parameter is not filled in', () => {
  expect(() => synthesised({ prefix: '{customerId}/' })).toThrow(/cannot be kept to a part of 'files'.*\[task-unnarrowable\]/s);
});

test('tasks may be offered one after the other', () => {
  const second = new TaskTemplate({ name: 'ask', allows: [Capability.invokeModel('llm')] });
  const { stack, tasks, agent, caller } = made(
    new AgentSpec({ ...desk, name: 'desk', capabilities: desk.capabilities, tasks: [answer, second] }),
  );
  tasks.offer(agent.identity, { callers: [caller], tasks: ['answer'] });
  tasks.offer(agent.identity, { callers: [caller], tasks: ['ask'] });
  expect(manifestOf(stack).agents[0]?.tasks?.map(({ native }) => native !== undefined)).toEqual([true, true]);
});

test('who may end tasks is told an address; the function may write the policy that stops chains, and entries of four attributes', () => {
  const { stack, tasks, agent, caller } = made();
  tasks.offer(agent.identity, { callers: [caller] });
  const operator = new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
  expect(tasks.allowRevocation(operator)).toBe(tasks.allowRevocation(caller));
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')) as {
    Properties: { PolicyDocument: unknown };
  }[];
  const own = policies.filter((one) => JSON.stringify(one).includes('iam:CreatePolicyVersion'));
  expect(own.map(({ Properties }) => Properties.PolicyDocument)).toMatchInlineSnapshot(`
[
  allow dynamodb:PutItem on \${TasksLedgerB7963ED1.Arn} if ForAllValues:StringEquals dynamodb:Attributes = pk | revokedAt | sk | ttl and Null dynamodb:Attributes = false
allow iam:CreatePolicyVersion, iam:DeletePolicyVersion, iam:GetPolicy, iam:GetPolicyVersion, iam:ListPolicyVersions, iam:SetDefaultPolicyVersion on \${AgenticIamChainDenymain9D725960}
allow logs:CreateLogStream, logs:PutLogEvents on \${TasksRevokerLogE7AD7800.Arn},
]
`);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
});
