import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AgentMode, AgentResponse, AgentSpec, Capability, MaturityLevel, minutes, TaskTemplate, Workflow } from '../../lib';
import {
  AgentContainment,
  type AgentContainmentProps,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AgentWork,
  PeerResponder,
  ScopedAgentRole,
} from '../../lib/aws';
import { policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.readObjects('files'), Capability.createObjects('files'), Capability.readSecret('token')],
  responses: { velocity: 'restrict' },
});

const ENV = { account: '111122223333', region: 'eu-central-1' };

function make(more: Partial<AgentContainmentProps> = {}, { level = MaturityLevel.ALERTING, work = false } = {}) {
  const app = new App({ context: { 'agentic-iam:review': 'off' } });
  const stack = new Stack(app, 'desk', { env: ENV });
  const identity = new AgentIdentity(stack, 'Reader', { agent: reader, trust: AgentTrust.lambda() });
  new ScopedAgentRole(stack, 'Role', {
    identity,
    resources: {
      files: AgentResource.bucket(new s3.Bucket(stack, 'Files')),
      token: AgentResource.vaultSecret('secret/data/token'),
    },
  });
  const topic = new sns.Topic(stack, 'OnCall');
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], level });
  const containment = new AgentContainment(stack, 'Containment', { agents: work ? [] : [identity], monitoring, notify: [topic], ...more });
  return { app, stack, identity, monitoring, containment, topic };
}

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };
const resourcesOf = (stack: Stack, type: string): readonly Resource[] =>
  Object.values(Template.fromStack(stack).findResources(type)) as Resource[];

test('the brake is attached from the first deploy, and denies nobody anything', () => {
  const { stack } = make();
  const [brake] = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').filter(
    ({ Properties }) => Properties['ManagedPolicyName'] === 'main--reader--brake',
  );
  expect(brake?.Properties['PolicyDocument']).toMatchInlineSnapshot(`deny * on * if StringEquals aws:PrincipalArn = -`);
  const [role] = resourcesOf(stack, 'AWS::IAM::Role').filter(({ Properties }) => Properties['RoleName'] === 'main--reader');
  expect(JSON.stringify(role?.Properties['ManagedPolicyArns'])).toContain('Brake');
});

test('what the responder is to know is in a parameter of the agent: documents of each stage, the trust as synthesised, granted actions', () => {
  const { stack } = make({ armed: true });
  const [parameter] = resourcesOf(stack, 'AWS::SSM::Parameter').filter(
    ({ Properties }) => Properties['Name'] === '/agentic-iam/main/contain/reader',
  );
  const parts = (parameter?.Properties['Value'] as { 'Fn::Join'?: [string, (string | object)[]] } | undefined)?.['Fn::Join']?.[1] ?? [];
  const { native, ...rest } = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'aws')).join('')) as {
    native: { brake: Record<string, object>; trust: object; actions: string[]; reads: string[]; roleArn: string };
  };
  expect(rest).toEqual({
    name: 'reader',
    fleet: 'main',
    cloud: 'aws',
    owner: 'o@example.com',
    armed: true,
    responses: { velocity: 'restrict' },
  });
  expect([native.brake['released'], native.brake['restricted'], native.brake['braked']]).toMatchInlineSnapshot(`
[
  deny * on * if StringEquals aws:PrincipalArn = -,
  deny all but logs:CreateLogStream, logs:PutLogEvents, s3:GetObject on *,
  deny all but logs:CreateLogStream, logs:PutLogEvents on *,
]
`);
  expect(native.trust).toMatchInlineSnapshot(
    `allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = 111122223333`,
  );
  expect([native.actions, native.reads, native.roleArn]).toMatchInlineSnapshot(`
[
  [
    "s3:GetObject",
    "s3:PutObject",
  ],
  [
    "s3:GetObject",
  ],
  "arn:aws:iam::111122223333:role/agentic-iam/main/main--reader",
]
`);
});

test('the responder may change roles of the fleet with a boundary, brakes and chains, and nothing else of IAM', () => {
  const { stack } = make();
  const [policy] = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties).includes('iam:UpdateAssumeRolePolicy'),
  );
  expect(policy?.Properties['PolicyDocument']).toMatchInlineSnapshot(`
allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on \${ContainmentResponderRecords09E4ECF1.Arn}
allow dynamodb:Query on \${ContainmentResponderRecords09E4ECF1.Arn}/index/due
allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn}
allow iam:AttachRolePolicy on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/* if ArnLike iam:PolicyARN = arn:\${AWS::Partition}:iam::111122223333:policy/agentic-iam/main/main--*--brake and StringEquals aws:ResourceTag/agentic-iam:fleet = main
allow iam:CreatePolicyVersion, iam:DeletePolicyVersion, iam:ListPolicyVersions, iam:SetDefaultPolicyVersion on arn:\${AWS::Partition}:iam::111122223333:policy/agentic-iam/main/main--*--brake, arn:\${AWS::Partition}:iam::111122223333:policy/agentic-iam/main/main--chain-*
allow iam:DeleteRolePolicy, iam:PutRolePolicy on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/* if StringEquals aws:ResourceTag/agentic-iam:fleet = main and StringLike iam:PermissionsBoundary = arn:\${AWS::Partition}:iam::111122223333:policy/agentic-iam/*
allow iam:GetPolicy, iam:GetPolicyVersion on *
allow iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:SimulatePrincipalPolicy on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/*
allow iam:UpdateAssumeRolePolicy on arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/* if StringEquals aws:ResourceTag/agentic-iam:fleet = main
allow logs:CreateLogStream, logs:PutLogEvents on \${ContainmentResponderLog58311B2B.Arn}
allow s3:PutObject on \${ContainmentResponderEvidenceA5A58350.Arn}/incidents/*
allow sns:Publish on \${OnCall0B2745F4}
allow sqs:SendMessage on \${ContainmentResponderFailures6962958F.Arn}
allow ssm:DeleteParameter, ssm:GetParameter, ssm:PutParameter on arn:\${AWS::Partition}:ssm:eu-central-1:111122223333:parameter/agentic-iam/main/tasks/*.stopped
allow ssm:GetParameter on arn:\${AWS::Partition}:ssm:eu-central-1:111122223333:parameter/agentic-iam/main/contain/*
`);
});

test('what works for the agent is stopped with it, and only that', () => {
  const { stack, containment, identity } = make({}, { work: true });
  const handler = new lambda.Function(stack, 'Agent', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'i.h',
    code: lambda.Code.fromInline('exports.h = 1'),
  });
  containment.protect(identity, { work: [AgentWork.lambda(handler, { reserved: 5 })] });
  const [policy] = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties).includes('iam:UpdateAssumeRolePolicy'),
  );
  const statements = ((policy?.Properties['PolicyDocument'] ?? {}) as { Statement: { Action: unknown; Resource: unknown }[] }).Statement;
  expect(statements.find(({ Action }) => JSON.stringify(Action).includes('PutFunctionConcurrency'))?.Resource).toEqual({
    'Fn::GetAtt': [expect.stringMatching(/^Agent/), 'Arn'],
  });
});

test('runtimes, gateways and profiles are refused by words compiled at synth, and restored to what the template says', () => {
  const runtime = { agentRuntimeArn: 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:runtime/r-1' };
  const gateway = { gatewayArn: 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/g-1' };
  const profile = { attrProfileId: 'p', attrProfileArn: 'arn:aws:rolesanywhere:eu-central-1:111122223333:profile/p' };
  const work = [
    AgentWork.agentCoreRuntime(runtime, { policy: { Statement: [] } }),
    AgentWork.agentCoreGateway(gateway),
    AgentWork.rolesAnywhereProfile(profile),
  ];
  expect(work.map(({ entry }) => ({ ...entry, refusal: entry['refusal'] && JSON.parse(String(entry['refusal'])).Statement[0] }))).toEqual([
    {
      kind: 'agent-core',
      arn: runtime.agentRuntimeArn,
      policy: '{"Statement":[]}',
      refusal: {
        Sid: 'Contained',
        Effect: 'Deny',
        Principal: '*',
        Action: expect.arrayContaining(['bedrock-agentcore:InvokeAgentRuntime']),
        Resource: runtime.agentRuntimeArn,
      },
    },
    {
      kind: 'agent-core',
      arn: gateway.gatewayArn,
      refusal: expect.objectContaining({ Action: ['bedrock-agentcore:InvokeGateway'], Resource: gateway.gatewayArn }),
    },
    { kind: 'roles-anywhere-profile', profileId: 'p', refusal: undefined },
  ]);
  for (const { access } of work) for (const { resources } of access) expect(resources).not.toContain('*');
});

test('a person is told what the agent remembers by, and which providers gave it tokens of others', () => {
  const stack = new Stack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk', { env: ENV });
  const capabilities = [Capability.strandsSessions('files'), Capability.readSecret('erp')];
  const agent = new AgentSpec({ name: 'keeper', owner: 'o@example.com', purpose: 'p', mode: AgentMode.READ_WRITE, capabilities });
  const identity = new AgentIdentity(stack, 'Keeper', { agent, trust: AgentTrust.lambda() });
  const provider = new agentcore.ApiKeyCredentialProvider(stack, 'Keys', { apiKeyCredentialProviderName: 'erp' });
  const workload = 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:workload-identity-directory/default/workload-identity/w';
  const files = AgentResource.bucket(s3.Bucket.fromBucketName(stack, 'Files', 'files'));
  new ScopedAgentRole(stack, 'Role', { identity, resources: { files, erp: AgentResource.apiKeyProvider(provider, { workload }) } });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], level: MaturityLevel.ALERTING });
  new AgentContainment(stack, 'Containment', { agents: [identity], monitoring, notify: [new sns.Topic(stack, 'OnCall')] });
  const [entry] = resourcesOf(stack, 'AWS::SSM::Parameter').filter(({ Properties }) =>
    String(Properties['Name']).endsWith('/contain/keeper'),
  );
  const text = JSON.stringify(entry?.Properties['Value']);
  expect(text).toMatch(/\\"providers\\":\[\\"",\{"Fn::GetAtt":\["Keys\w+","CredentialProviderArn"\]\},"\\"\]/);
  expect(text).toMatch(/\\"memories\\":\[\\"arn:",\{"Ref":"AWS::Partition"\},":s3:::files/);
});

test('evidence cannot be deleted, and triggers that fail are kept and told', () => {
  const { stack } = make();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } },
  });
  const rules = resourcesOf(stack, 'AWS::Events::Rule').filter(({ Properties }) =>
    /for containment|chose the action/.test(String(Properties['Description'])),
  );
  expect(rules).toHaveLength(2);
  for (const { Properties } of rules) expect(Properties['Targets']).toMatchObject([{ DeadLetterConfig: { Arn: expect.anything() } }]);
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: Match.stringLikeRegexp('^ContainmentResponderFunction') },
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ContainmentResponderFailures'), 'Arn'] } } },
  });
  // Its topic may have a policy of its own, which must then let alarms publish.
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
    },
  });
  const told = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
    /responder|containment/.test(String(Properties['AlarmDescription'])),
  );
  expect(told.map(({ Properties }) => (Properties['AlarmActions'] as unknown[]).length)).toEqual([1, 1, 1]);
});

test('who may contain and restore is named; the address asks for signatures', () => {
  const { stack, containment } = make();
  containment.allowOperator(new iam.Role(stack, 'Ops', { assumedBy: new iam.AccountRootPrincipal() }));
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  expect(Object.values(template.findOutputs('*')).map(({ Description }) => Description)).toEqual([
    expect.stringMatching(/^Address for agentic-iam/),
    expect.stringMatching(/^What PeerResponder\.aws takes/),
  ]);
  const [ops] = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) => JSON.stringify(Properties['Roles']).includes('Ops'));
  expect(JSON.stringify(ops?.Properties['PolicyDocument'])).toContain('lambda:InvokeFunctionUrl');
});

test('a canary is drilled by a schedule, and alarms tell of a drill that fails or is slow', () => {
  const { stack, containment } = make();
  const canary = new AgentSpec({
    name: 'canary',
    owner: 'o',
    purpose: 'is contained by drills',
    mode: AgentMode.READ_ONLY,
    capabilities: [],
  });
  containment.drill(new AgentIdentity(stack, 'Canary', { agent: canary, trust: AgentTrust.lambda() }), { within: minutes(2) });
  const [rule] = resourcesOf(stack, 'AWS::Events::Rule').filter(({ Properties }) => /canary/.test(String(Properties['Description'])));
  expect(rule?.Properties).toMatchObject({
    ScheduleExpression: 'rate(30 days)',
    Targets: [{ Input: '{"drill":{"agent":"canary","fleet":"main"}}' }],
  });
  const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
    /A drill/.test(String(Properties['AlarmDescription'])),
  );
  expect(alarms.map(({ Properties }) => [Properties['MetricName'], Properties['Threshold']])).toEqual([
    ['DrillFailures', 1],
    ['DrillSeconds', 120],
  ]);
  const [parameter] = resourcesOf(stack, 'AWS::SSM::Parameter').filter(
    ({ Properties }) => Properties['Name'] === '/agentic-iam/main/contain/canary',
  );
  expect(JSON.stringify(parameter?.Properties['Value'])).toContain('\\"canary\\":true');
});

test('a workflow that can be stopped by itself is one that the spec declares', () => {
  const { stack, containment } = make();
  const agent = new AgentSpec({
    name: 'worker',
    owner: 'o',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readSecret('token')],
    workflows: [Workflow.named('answer').step('token:read')],
    tasks: [new TaskTemplate({ name: 'ask', allows: [Capability.readSecret('token')] })],
  });
  const identity = new AgentIdentity(stack, 'Worker', { agent, trust: AgentTrust.lambda() });
  expect(() => containment.protect(identity, { workflows: { other: {} } })).toThrow(/not-containable/);
  expect(() => containment.protect(identity, { workflows: { answer: { tasks: ['other'] } } })).toThrow(/not-containable/);
  containment.protect(identity, { workflows: { answer: { tasks: ['ask'] } } });
  const [parameter] = resourcesOf(stack, 'AWS::SSM::Parameter').filter(
    ({ Properties }) => Properties['Name'] === '/agentic-iam/main/contain/worker',
  );
  expect(JSON.stringify(parameter?.Properties['Value'])).toContain(
    '\\"workflows\\":{\\"answer\\":{\\"work\\":[],\\"tasks\\":[\\"ask\\"]}}',
  );
});

test.each<[string, () => unknown, RegExp]>([
  ['monitoring that only records', () => make({}, { level: MaturityLevel.LOGGING }), /invalid-containment/],
  ['a restore at once', () => make({ restoreAfter: Duration.seconds(10) }), /'restoreAfter' to be 60 s at least/],
  ['half a containment', () => make({ mostPerHour: 0.5 }), /whole number from 0 on/],
  ['nobody to tell', () => make({ notify: [] }), /invalid-containment/],
  [
    'an agent twice',
    () => {
      const { containment, identity } = make();
      containment.protect(identity);
    },
    /put under containment once/,
  ],
  [
    'an agent of another fleet',
    () => {
      const { stack, containment } = make();
      const other = new AgentSpec({
        name: 'other',
        owner: 'o',
        purpose: 'p',
        mode: AgentMode.READ_ONLY,
        capabilities: [],
        scope: { environment: 'prod' },
      });
      containment.protect(new AgentIdentity(stack, 'Other', { agent: other, trust: AgentTrust.lambda() }));
    },
    /must be of fleet 'main'/,
  ],
  [
    'a role that is made elsewhere',
    () => {
      const { stack, containment } = make();
      const other = new AgentSpec({ name: 'other', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] });
      containment.protect(AgentIdentity.fromRoleArn(stack, 'Other', { agent: other, roleArn: 'arn:aws:iam::111122223333:role/x' }));
    },
    /must have its role made in this app/,
  ],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

describe('an alarm', () => {
  const alarmOf = (stack: Stack) =>
    new cloudwatch.Alarm(stack, 'Spend', {
      metric: new cloudwatch.Metric({ namespace: 'n', metricName: 'm' }),
      threshold: 1,
      evaluationPeriods: 1,
    });

  test('of the user contains one agent, and only when it goes off', () => {
    const { stack, identity, containment } = make();
    containment.containOn(alarmOf(stack), identity, { response: AgentResponse.QUARANTINE });
    const rule = resourcesOf(stack, 'AWS::Events::Rule').find(({ Properties }) =>
      JSON.stringify(Properties).includes('Alarm State Change'),
    );
    expect(rule?.Properties['EventPattern']).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [{ 'Fn::GetAtt': [expect.stringContaining('Spend'), 'Arn'] }],
      detail: { state: { value: ['ALARM'] } },
    });
    expect(rule?.Properties['Targets']).toMatchObject([
      { InputTransformer: { InputTemplate: expect.stringContaining('"agent":"reader","fleet":"main","response":"quarantine"') } },
    ]);
  });

  test('contains nobody who is not under containment', () => {
    const { stack, identity, containment } = make({}, { work: true });
    expect(() => containment.containOn(alarmOf(stack), identity)).toThrow('must be put under containment before an alarm contains it');
  });
});

describe('responders of other clouds', () => {
  const AZURE = {
    tenantId: '11111111-1111-1111-1111-111111111111',
    principalId: '22222222-2222-2222-2222-222222222222',
    clientId: '33333333-3333-3333-3333-333333333333',
    topic: 'https://agentic-iam-main-containments.westeurope-1.eventgrid.azure.net',
    audience: 'api://44444444-4444-4444-4444-444444444444',
  };
  const GCP = {
    uniqueId: '112233445566778899001',
    topic: 'projects/agents-prod/topics/agentic-iam-main-containments',
    pool: '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aim-peers-0123abcd',
  };

  const provider = (stack: Stack) => new iam.OpenIdConnectProvider(stack, 'Entra', { url: `https://sts.windows.net/${AZURE.tenantId}/` });
  const connected = () => {
    const made = make({ peers: [PeerResponder.gcp(GCP)] });
    made.containment.connect(PeerResponder.azure(AZURE, { provider: provider(made.stack) }));
    return made;
  };

  test('are each one subject of one issuer, and may put containments on the bus and nothing else', () => {
    const { stack } = connected();
    const listener = resourcesOf(stack, 'AWS::IAM::Role').find(({ Properties }) => Properties['RoleName'] === 'main--listener');
    expect(listener?.Properties['Path']).toBe('/agentic-iam-responder/');
    expect(listener?.Properties['AssumeRolePolicyDocument']).toMatchInlineSnapshot(`
allow sts:AssumeRoleWithWebIdentity by Federated \${EntraAC6E9BFC} if StringEquals sts.windows.net/11111111-1111-1111-1111-111111111111/:aud = api://44444444-4444-4444-4444-444444444444 and StringEquals sts.windows.net/11111111-1111-1111-1111-111111111111/:sub = 22222222-2222-2222-2222-222222222222
allow sts:AssumeRoleWithWebIdentity by Federated accounts.google.com if StringEquals accounts.google.com:oaud = agentic-iam-containment and StringEquals accounts.google.com:sub = 112233445566778899001
`);
    const policy = resourcesOf(stack, 'AWS::IAM::Policy').find(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes('Listener'),
    );
    expect(policy?.Properties['PolicyDocument']).toMatchInlineSnapshot(
      `allow events:PutEvents on \${MonitoringAlertsBus185FB175.Arn} if StringEquals events:detail-type = Agent Containment and StringEquals events:source = agentic-iam.peer`,
    );
  });

  test('get tokens of the responder for their audiences alone, and are told where they listen', () => {
    const { stack } = connected();
    const statements = resourcesOf(stack, 'AWS::IAM::Policy').flatMap(
      ({ Properties }) => (Properties['PolicyDocument'] as { readonly Statement: readonly { readonly Action: unknown }[] }).Statement,
    );
    const tokens = statements.filter(({ Action }) => JSON.stringify(Action).includes('GetWebIdentityToken'));
    expect(tokens).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:GetWebIdentityToken',
        Resource: '*',
        Condition: {
          'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['agentic-iam-containment', 'api://AzureADTokenExchange'] },
          Null: { 'sts:IdentityTokenAudience': 'false' },
          StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
        },
      },
    ]);
    const responder = resourcesOf(stack, 'AWS::Lambda::Function').find(({ Properties }) => JSON.stringify(Properties).includes('PEERS'));
    const environment = responder?.Properties['Environment'] as { readonly Variables: Record<string, string> } | undefined;
    expect(JSON.parse(environment?.Variables['PEERS'] ?? '')).toEqual([
      { cloud: 'gcp', audience: 'agentic-iam-containment', provider: `${GCP.pool}/providers/from-aws`, topic: GCP.topic },
      {
        cloud: 'azure',
        audience: 'api://AzureADTokenExchange',
        tenantId: AZURE.tenantId,
        clientId: AZURE.clientId,
        topic: AZURE.topic,
      },
    ]);
  });

  test('are heard from their own source alone', () => {
    const patterns = resourcesOf(connected().stack, 'AWS::Events::Rule').map(({ Properties }) => Properties['EventPattern']);
    expect(patterns).toContainEqual({ source: ['agentic-iam.peer'], 'detail-type': ['Agent Containment'] });
  });

  test('nobody is let in, and nothing is asked for, where none is connected', () => {
    const text = JSON.stringify(Template.fromStack(make().stack).toJSON());
    expect(text).not.toContain('GetWebIdentityToken');
    expect(text).not.toContain('AssumeRoleWithWebIdentity');
  });

  test('the output says what other clouds ask for', () => {
    const outputs = Object.values(Template.fromStack(make().stack).findOutputs('*')) as {
      readonly Description: string;
      readonly Value: object;
    }[];
    const { Value } = outputs.find(({ Description }) => Description.startsWith('What PeerResponder.aws takes')) ?? {};
    expect(JSON.stringify(Value)).toMatch(/responder.*listener.*agentic-iam-responder\/main--listener.*bus/);
  });

  test.each([
    [
      { ...GCP, uniqueId: 'me@example.iam.gserviceaccount.com' },
      "the responder on Google Cloud needs 'uniqueId' to be the numeric unique id",
    ],
    [{ ...GCP, pool: 'aim-peers' }, "the responder on Google Cloud needs 'pool' to be the full name of a workload identity pool"],
    [{ ...GCP, topic: 'projects/*/topics/t' }, "the responder on Google Cloud needs 'topic' to be the name of a topic"],
  ])('%j is refused', (peer, message) => {
    expect(() => PeerResponder.gcp(peer)).toThrow(message);
  });

  test('a provider of another issuer is refused: no token would match', () => {
    const { stack } = make();
    const of = (name: string) =>
      iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, name, `arn:aws:iam::111122223333:oidc-provider/${name}`);
    const v1 = of(`sts.windows.net/${AZURE.tenantId}/`);
    const v2 = of(`login.microsoftonline.com/${AZURE.tenantId}/v2.0`);
    expect(() => PeerResponder.azure(AZURE, { provider: v2 })).toThrow(
      "the responder on Azure needs a provider of its issuer, 'sts.windows.net/",
    );
    expect(() => PeerResponder.azure({ ...AZURE, v2Tokens: true }, { provider: v1 })).toThrow('needs a provider of its issuer');
    expect(PeerResponder.azure(AZURE, { provider: v1 }).trust.federated).toContain('sts.windows.net');
    expect(PeerResponder.azure({ ...AZURE, v2Tokens: true }, { provider: v2 }).trust.federated).toContain('v2.0');
  });

  test('one cloud is connected once', () => {
    const { containment } = connected();
    expect(() => containment.connect(PeerResponder.gcp(GCP))).toThrow('the responder on gcp must be connected once');
  });
});
