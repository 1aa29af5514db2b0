import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AgentMode, AgentSpec, Capability, MaturityLevel, Workflow } from '../../lib';
import {
  AgentIdentity,
  AgentMonitoring,
  type AgentMonitoringProps,
  AgentResource,
  AgentTrail,
  AgentTrust,
  AlertTarget,
  ScopedAgentRole,
} from '../../lib/aws';
import { readRegistry } from '../../lib/core/detection/read-registry';
import { record } from '../cli/receipt-records';
import { messageOf } from '../fixtures/agents';
import { deployed, matchesPattern } from '../setup/event-pattern';

const ENV = { account: '111122223333', region: 'eu-central-1' };
const context = { 'agentic-iam:review': 'off' };

const spec = (name = 'reader'): AgentSpec =>
  new AgentSpec({
    name,
    owner: 'team@example.com',
    purpose: 'answers questions',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.listObjects('docs'), Capability.readObjects('docs')],
    workflows: [Workflow.named('answer').step('docs:list').step('docs:read').repeated()],
    limits: { callsPerMinute: 60, perResource: 5 },
    scope: { regions: ['eu-central-1'], networks: ['10.0.0.0/8'] },
  });

interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly monitoring: AgentMonitoring;
  readonly bucket: s3.Bucket;
  readonly identities: readonly AgentIdentity[];
}

function make(props: Partial<AgentMonitoringProps> | ((stack: Stack) => Partial<AgentMonitoringProps>) = {}, agents = 1): Made {
  const app = new App({ context });
  const stack = new Stack(app, 'Desk', { env: ENV });
  const bucket = new s3.Bucket(stack, 'Docs');
  const identities = Array.from({ length: agents }, (_, index) => {
    const identity = new AgentIdentity(stack, `Reader${index}`, {
      agent: spec(agents === 1 ? 'reader' : `reader-${index}`),
      trust: AgentTrust.lambda(),
    });
    new ScopedAgentRole(stack, `Role${index}`, { identity, resources: { docs: AgentResource.bucket(bucket, { prefix: 'docs/' }) } });
    return identity;
  });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', {
    agents: identities,
    ...(typeof props === 'function' ? props(stack) : props),
  });
  return { app, stack, monitoring, bucket, identities };
}

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };
const resourcesOf = (stack: Stack, type: string): readonly Resource[] =>
  Object.values(Template.fromStack(stack).findResources(type)) as Resource[];
const ruleOf = (stack: Stack, description: string): Resource['Properties'] =>
  resourcesOf(stack, 'AWS::Events::Rule').find(({ Properties }) => Properties['Description'] === description)?.Properties ?? {};
const asEvent = (detail: object) => ({ source: 'aws.s3', 'detail-type': 'AWS API Call via CloudTrail', detail });

describe('what is watched', () => {
  test.each([
    ['a call of the agent', record({ id: 'a', source: 's3', name: 'GetObject' }), true],
    [
      'a call of another role',
      { userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/human' } } } },
      false,
    ],
    [
      'a call of another fleet',
      { userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/agentic-iam/mainland/x' } } } },
      false,
    ],
  ])('%s', (_, detail, matches) => {
    const { stack } = make();
    expect(matchesPattern(asEvent(detail), deployed(ruleOf(stack, 'Calls of agents')['EventPattern']))).toBe(matches);
  });

  test('who takes on an agent, by whatever name, and nobody else', () => {
    const pattern = deployed(ruleOf(make().stack, 'Who takes on the identity of an agent')['EventPattern']);
    const assume = (roleArn: string, eventSource = 'sts.amazonaws.com') => asEvent({ eventSource, requestParameters: { roleArn } });
    expect(matchesPattern(assume('arn:aws:iam::111122223333:role/agentic-iam/main/main--reader'), pattern)).toBe(true);
    expect(matchesPattern(assume('arn:aws:iam::111122223333:role/agentic-iam/other/other--reader'), pattern)).toBe(false);
    expect(matchesPattern(assume('arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', 'iam.amazonaws.com'), pattern)).toBe(
      false,
    );
  });

  test('a role under a name of its own is named in rules and trail', () => {
    const { stack, monitoring, bucket } = make();
    const agent = spec('guest');
    const identity = AgentIdentity.fromRoleArn(stack, 'Guest', {
      agent,
      roleArn: 'arn:aws:iam::111122223333:role/service/guest',
      fleet: 'main',
    });
    new ScopedAgentRole(stack, 'GuestRole', { identity, resources: { docs: AgentResource.bucket(bucket) } });
    monitoring.watch(identity);
    const detail = { userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/service/guest' } } } };
    expect(matchesPattern(asEvent(detail), deployed(ruleOf(stack, 'Calls of agents')['EventPattern']))).toBe(true);
    const [trail] = resourcesOf(stack, 'AWS::CloudTrail::Trail');
    expect(JSON.stringify(deployed(trail?.Properties['AdvancedEventSelectors']))).toContain(
      'arn:aws:sts::111122223333:assumed-role/guest/',
    );
  });

  test('read-only management events reach the rules, in every rule on calls', () => {
    const { stack } = make();
    for (const name of ['Calls of agents', 'Who takes on the identity of an agent'])
      expect(ruleOf(stack, name)['State']).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
  });

  test('the trail records data events of the agents and of nobody else', () => {
    const [trail] = resourcesOf(make().stack, 'AWS::CloudTrail::Trail');
    const selectors = deployed(trail?.Properties['AdvancedEventSelectors']) as {
      readonly FieldSelectors: readonly Record<string, unknown>[];
    }[];
    const data = selectors.filter(({ FieldSelectors }) => JSON.stringify(FieldSelectors).includes('"Data"'));
    expect(data.length).toBeGreaterThan(5);
    for (const { FieldSelectors } of data)
      expect(FieldSelectors.at(-1)).toEqual({ Field: 'userIdentity.arn', StartsWith: ['arn:aws:sts::111122223333:assumed-role/main--'] });
    expect(trail?.Properties).toMatchObject({ EnableLogFileValidation: true, IsMultiRegionTrail: true, IsLogging: true });
  });
});

test('what an agent declared is beside its role, and is read by the detector as it is written', () => {
  const { stack } = make();
  const [parameter] = resourcesOf(stack, 'AWS::SSM::Parameter');
  expect(parameter?.Properties['Name']).toBe('/agentic-iam/main/watch/reader/0');
  const value = JSON.parse(deployed(parameter?.Properties['Value'], { 'Docs9DAEFBE9.Arn': 'arn:aws:s3:::docs' }) as string);
  expect(readRegistry('test', { schemaVersion: 1, agents: [value] }).agents[0]).toMatchInlineSnapshot(`
{
  "cloud": "aws",
  "enteredBy": [
    "lambda.amazonaws.com",
  ],
  "fleet": "main",
  "grants": [
    {
      "actions": [
        "s3:ListBucket",
      ],
      "resources": [
        "DocsA50029D5.Arn",
      ],
      "step": "docs:list",
    },
    {
      "actions": [
        "s3:GetObject",
      ],
      "resources": [
        "DocsA50029D5.Arn/docs/*",
      ],
      "step": "docs:read",
    },
  ],
  "limits": {
    "callsPerMinute": 60,
    "perResource": 5,
  },
  "name": "reader",
  "owner": "team@example.com",
  "principals": [
    "arn:aws:iam::111122223333:role/agentic-iam/main/main--reader",
  ],
  "scope": {
    "accounts": [
      "111122223333",
    ],
    "networks": [
      "10.0.0.0/8",
    ],
    "regions": [
      "eu-central-1",
    ],
  },
  "sessionSeconds": 3600,
  "workflows": [
    {
      "name": "answer",
      "steps": [
        {
          "occurs": "once",
          "oneOf": [
            "docs:list",
          ],
        },
        {
          "occurs": "repeated",
          "oneOf": [
            "docs:read",
          ],
        },
      ],
    },
  ],
}
`);
});

test('the detector may do this and nothing else', () => {
  const { stack } = make();
  const [policy] = resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) =>
    String(Properties['PolicyName']).includes('DetectorRolePolicy'),
  );
  const statements = (deployed(policy?.Properties['PolicyDocument']) as { readonly Statement: readonly Record<string, unknown>[] })
    .Statement;
  expect(statements.map(({ Action, Resource }) => `${[Action].flat().join(' ')} on ${Resource}`)).toMatchInlineSnapshot(`
[
  "dynamodb:BatchGetItem dynamodb:PutItem on MonitoringDetectorStateF158D753.Arn",
  "dynamodb:Query on MonitoringDetectorStateF158D753.Arn/index/due",
  "events:PutEvents on MonitoringAlertsBus185FB175.Arn",
  "logs:CreateLogStream logs:PutLogEvents on MonitoringDetectorLog924D30BA.Arn",
  "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on MonitoringRoutesQueue6D7EF261.Arn",
  "ssm:GetParametersByPath on arn:aws:ssm:eu-central-1:111122223333:parameter/agentic-iam/main/watch",
]
`);
  const [boundary] = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
    String(Properties['Description']).includes('main--detector'),
  );
  expect(JSON.stringify(boundary?.Properties['PolicyDocument'])).toContain('"Sid":"DenyUndeclared"');
});

describe('the alarm over denied calls', () => {
  test('asks the log of the trail by role, and may ask nothing else', () => {
    const { stack } = make((scope) => ({ notify: [AlertTarget.topic(new sns.Topic(scope, 'OnCall'))], deniedCallsAlarm: true }));
    const [alarm] = resourcesOf(stack, 'AWS::CloudWatch::LogAlarm');
    const { ScheduledQueryConfiguration: query, AlarmActions } = (alarm?.Properties ?? {}) as {
      readonly ScheduledQueryConfiguration: Readonly<Record<string, unknown>>;
      readonly AlarmActions: readonly unknown[];
    };
    expect(AlarmActions).toHaveLength(1);
    expect([query['QueryString'], query['AggregationExpression']]).toMatchInlineSnapshot(`
[
  "filter userIdentity.sessionContext.sessionIssuer.arn like ":role/agentic-iam/main/" and errorCode in ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedOperation"]",
  "count(*) by userIdentity.sessionContext.sessionIssuer.userName",
]
`);
    const [role] = resourcesOf(stack, 'AWS::IAM::Role').filter(({ Properties }) => JSON.stringify(Properties).includes('logs:StartQuery'));
    expect(role?.Properties['Policies']).toMatchObject([
      { PolicyDocument: { Statement: [{ Action: ['logs:GetQueryResults', 'logs:StartQuery'], Effect: 'Allow' }] } },
    ]);
  });

  test.each([
    ['a trail made elsewhere', { trail: AgentTrail.existing() }],
    ['nothing but a record', { level: MaturityLevel.LOGGING }],
  ])('is refused with %s', (_, props) => {
    expect(() => make(() => ({ ...props, deniedCallsAlarm: true }))).toThrow(/no-log-to-ask/);
  });
});

describe('targets', () => {
  test('people are written to in words, and what a target does not take is kept', () => {
    const { stack } = make((scope) => ({
      notify: [AlertTarget.topic(new sns.Topic(scope, 'OnCall')), AlertTarget.email('oncall@example.com')],
    }));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
    const rules = resourcesOf(stack, 'AWS::Events::Rule').filter(
      ({ Properties }) => Properties['Description'] === 'Detections in plain words',
    );
    expect(rules).toHaveLength(2);
    // A topic with a policy of its own lets nobody publish who is not in it, and alarms publish there, too.
    const publishers = resourcesOf(stack, 'AWS::SNS::TopicPolicy').map(({ Properties }) =>
      (Properties['PolicyDocument'] as { readonly Statement: { Effect: string; Principal: { Service?: string } }[] }).Statement.flatMap(
        ({ Effect, Principal }) => (Effect === 'Allow' ? Principal.Service : []),
      ).sort(),
    );
    expect(publishers).toEqual([
      ['cloudwatch.amazonaws.com', 'events.amazonaws.com'],
      ['cloudwatch.amazonaws.com', 'events.amazonaws.com'],
    ]);
    const [target] = (rules[0]?.Properties['Targets'] ?? []) as {
      readonly InputTransformer: { readonly InputTemplate: string };
      readonly DeadLetterConfig: unknown;
    }[];
    expect(target?.DeadLetterConfig).toBeDefined();
    expect(target?.InputTransformer.InputTemplate).toMatchInlineSnapshot(`
""Agent <detail-agent> (fleet <detail-fleet>) <detail-summary>."
"What it broke: <detail-broke>."
"Signal <detail-signal>, rule <detail-rule>, severity <detail-severity>, <detail-basis>. Recommended: <detail-response>."
"Who acted: <detail-principal>, at <detail-time>, in <detail-eventCount> calls."
"The first call: https://eu-central-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-central-1#/events/<detail-events-0--id>"
"Detection <detail-id>""
`);
  });

  test('Security Hub, Datadog and Splunk get findings; no key is in the template', () => {
    const { stack } = make((scope) => ({
      notify: [
        AlertTarget.securityHub(),
        AlertTarget.datadog({ apiKey: Secret.fromSecretNameV2(scope, 'Datadog', 'datadog'), site: 'datadoghq.eu' }),
        AlertTarget.splunk({
          url: 'https://splunk.example.com:8088/services/collector',
          token: Secret.fromSecretNameV2(scope, 'Splunk', 'splunk'),
        }),
        AlertTarget.eventBus(EventBus.fromEventBusName(scope, 'Other', 'other')),
      ],
    }));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MonitoringAlertsFailures'), 'Arn'] } } },
    });
    template.resourceCountIs('AWS::KinesisFirehose::DeliveryStream', 2);
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      HttpEndpointDestinationConfiguration: {
        EndpointConfiguration: { Url: 'https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input', AccessKey: Match.absent() },
        SecretsManagerConfiguration: { Enabled: true },
        S3BackupMode: 'FailedDataOnly',
      },
    });
    template.hasResourceProperties('AWS::SecurityHub::ActionTarget', { Id: 'ContainAgent' });
    const notifier = resourcesOf(stack, 'AWS::Lambda::Function').find(({ Properties }) =>
      String(Properties['Description']).startsWith('Hands on'),
    );
    const { Variables } = (notifier?.Properties['Environment'] ?? {}) as { readonly Variables: { readonly TARGETS: unknown } };
    expect(JSON.parse(deployed(Variables.TARGETS) as string)).toMatchObject({
      hub: { partition: 'aws', region: 'eu-central-1', account: '111122223333' },
      streams: [{ as: 'ocsf' }, { as: 'hec' }],
    });
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'an address that is none',
      () => AlertTarget.email('oncall'),
      /alert target 'email' must be one.*got: 'oncall'.*\[invalid-alert-target\]/,
    ],
    ['a site that is none', () => AlertTarget.datadog({ apiKey: {} as never, site: 'datadog.example' }), /use one of datadoghq\.com/],
    ['a collector without TLS', () => AlertTarget.splunk({ url: 'http://splunk.example.com', token: {} as never }), /https address/],
  ])('%s is refused', (_, run, message) => {
    expect(messageOf(run)).toMatch(message);
  });
});

test.each([
  [true, 1],
  [false, 0],
])('summaries of data events where they are asked for: %s', (summaries, count) => {
  const { stack } = make({ trail: AgentTrail.create({ summaries }) });
  const [trail] = resourcesOf(stack, 'AWS::CloudTrail::Trail');
  const configurations = (trail?.Properties['AggregationConfigurations'] ?? []) as readonly object[];
  expect(configurations).toHaveLength(count);
  if (summaries)
    expect(configurations).toEqual([{ EventCategory: 'Data', Templates: ['API_ACTIVITY', 'RESOURCE_ACCESS', 'USER_ACTIONS'] }]);
});

test('an agent that is never still is told of when it is', () => {
  const { stack, monitoring, identities } = make((scope) => ({ agents: [], notify: [AlertTarget.topic(new sns.Topic(scope, 'OnCall'))] }));
  const [identity] = identities;
  if (!identity) throw new Error('no identity');
  monitoring.watch(identity, { silentAfter: Duration.hours(2) });
  const [alarm] = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
    /made no call/.test(String(Properties['AlarmDescription'])),
  );
  expect(alarm?.Properties).toMatchObject({
    Dimensions: [
      { Name: 'agent', Value: identity.agent.name },
      { Name: 'fleet', Value: 'main' },
    ],
    Period: 7200,
    TreatMissingData: 'breaching',
    AlarmActions: [expect.anything()],
  });
  const counted = resourcesOf(stack, 'AWS::SSM::Parameter').filter(({ Properties }) =>
    JSON.stringify(Properties['Value']).includes('\\"counted\\":true'),
  );
  expect(counted.length).toBeGreaterThan(0);
});

test('one alarm a signal, one for all, and those of the monitoring itself; silence where it is asked for', () => {
  const { stack } = make((scope) => ({ notify: [AlertTarget.topic(new sns.Topic(scope, 'OnCall'))], silentAfter: Duration.hours(6) }));
  const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => [
    Properties['AlarmDescription'],
    'AlarmActions' in Properties,
  ]);
  expect(alarms).toMatchInlineSnapshot(`
[
  [
    "An agent of fleet main showed privilege-escalation",
    false,
  ],
  [
    "An agent of fleet main showed unexpected-call",
    false,
  ],
  [
    "An agent of fleet main showed unknown-sequence",
    false,
  ],
  [
    "An agent of fleet main showed cross-boundary",
    false,
  ],
  [
    "An agent of fleet main showed velocity",
    false,
  ],
  [
    "Calls of agents of fleet main did not reach the detector's queue",
    true,
  ],
  [
    "Calls of agents of fleet main could not be judged",
    true,
  ],
  [
    "Detections of fleet main did not reach their targets",
    true,
  ],
  [
    "The detector of fleet main fails",
    true,
  ],
  [
    "The detector of fleet main is not let run",
    true,
  ],
  [
    "The detector of fleet main is more than five minutes behind",
    true,
  ],
  [
    "Records of fleet main are not understood",
    true,
  ],
  [
    "An agent of fleet main acts that the registry does not hold",
    true,
  ],
  [
    "No agent of fleet main made a call: the fleet stands still, or nothing of it arrives",
    true,
  ],
]
`);
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', { AlarmActions: Match.anyValue() });
});

describe('levels and trails', () => {
  test('LOGGING records, and judges nothing', () => {
    const { stack, monitoring } = make({ level: MaturityLevel.LOGGING });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudTrail::Trail', 1);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(monitoring.bus).toBeUndefined();
  });

  test.each([MaturityLevel.ENFORCEMENT, MaturityLevel.GOVERNANCE])('level %s judges, too', (level) => {
    Template.fromStack(make({ level }).stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('a trail that is there already is used', () => {
    const { stack, monitoring } = make({ trail: AgentTrail.existing() });
    Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 0);
    expect(monitoring.trailBucket).toBeUndefined();
  });

  test('calls of global services are handed on from their region', () => {
    const { app } = make();
    const stack = app.node.findChild('Desk-us-east-1') as Stack;
    expect(stack.region).toBe('us-east-1');
    for (const { Properties } of resourcesOf(stack, 'AWS::Events::Rule')) {
      expect(Properties['State']).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
      expect(JSON.stringify(deployed(Properties['Targets']))).toContain('arn:aws:events:eu-central-1:111122223333:event-bus/default');
    }
  });

  test('a stack without a region says what is not seen', () => {
    const app = new App({ context });
    const stack = new Stack(app, 'Anywhere');
    new AgentMonitoring(stack, 'Monitoring', { agents: [] });
    Annotations.fromStack(stack).hasWarning(
      '/Anywhere/Monitoring',
      Match.stringLikeRegexp('calls of IAM and other global services are seen in us-east-1 alone'),
    );
  });
});

test('what it costs is said, with what costs most', () => {
  const { app, stack } = make();
  app.synth();
  const [info] = Annotations.fromStack(stack).findInfo('/Desk/Monitoring', Match.anyValue());
  expect(info?.entry.data).toMatchInlineSnapshot(
    `"Monitoring of fleet 'main' costs about $9.13 a month for 1 agent with 1,000 calls a day each ($19.13 for 10, $119 for 100, $1,119 for 1,000), most of it for CloudWatch alarms and dashboard ($4.40); list prices of us-east-1, 2026-11-25, not confirmed on the day. [ack: agentic-iam:monitoring-costs]"`,
  );
});

test.each([200, 1_000])('%s agents are one fleet: nothing but their parameters is added', (count) => {
  const app = new App({ context });
  const home = new Stack(app, 'Home', { env: ENV });
  const identities = Array.from({ length: count }, (_, index) => {
    const stack =
      index % 100 === 0
        ? new Stack(app, `Agents${index / 100}`, { env: ENV })
        : (app.node.findChild(`Agents${Math.floor(index / 100)}`) as Stack);
    const identity = new AgentIdentity(stack, `A${index}`, { agent: spec(`reader-${index}`), trust: AgentTrust.lambda() });
    new ScopedAgentRole(stack, `R${index}`, {
      identity,
      resources: { docs: AgentResource.bucket(s3.Bucket.fromBucketName(stack, `B${index}`, 'docs')) },
    });
    return identity;
  });
  new AgentMonitoring(home, 'Monitoring', { agents: identities });
  const template = Template.fromStack(home);
  template.resourceCountIs('AWS::SSM::Parameter', 0);
  template.resourceCountIs('AWS::Events::Rule', 4);
  expect(Object.keys(template.toJSON()['Resources']).length).toBeLessThan(60);
  expect(JSON.stringify(template.toJSON()).length).toBeLessThan(60_000);
  const rule = ruleOf(home, 'Calls of agents')['EventPattern'];
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  expect(JSON.stringify(deployed(rule)).length).toBeLessThan(2_048);
});

test.each<[string, (made: Made) => unknown, RegExp]>([
  [
    'an agent of another fleet',
    ({ stack, monitoring }) =>
      monitoring.watch(new AgentIdentity(stack, 'Other', { agent: spec('other'), trust: AgentTrust.lambda(), fleet: 'test' })),
    /agent 'other' must be of fleet 'main' to be watched by its monitoring.*got: 'test'.*\[other-fleet\]/,
  ],
  [
    'an agent that is watched already',
    ({ stack, monitoring }) => monitoring.watch(stack.node.findChild('Reader0') as AgentIdentity),
    /agent 'reader' must be watched once.*\[watched-twice\]/,
  ],
])('%s is refused', (_, run, message) => {
  const made = make();
  expect(messageOf(() => run(made))).toMatch(message);
});

test('an agent whose access is not known here fails synth, and says what to do', () => {
  const { app, stack, monitoring } = make();
  monitoring.watch(new AgentIdentity(stack, 'Bare', { agent: spec('bare'), trust: AgentTrust.lambda() }));
  expect(messageOf(() => app.synth())).toMatch(
    /agent 'bare' needs its ScopedAgentRole in the app that watches it.*AgentMonitoring\.fromFleet/s,
  );
});

test('another app registers its agents with the fleet that is watched', () => {
  const app = new App({ context });
  const stack = new Stack(app, 'Elsewhere', { env: ENV });
  const identity = new AgentIdentity(stack, 'Reader', { agent: spec(), trust: AgentTrust.lambda() });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { docs: AgentResource.bucket(s3.Bucket.fromBucketName(stack, 'B', 'docs')) } });
  AgentMonitoring.fromFleet(stack, 'Monitoring', 'main').watch(identity);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::SSM::Parameter', 1);
  template.resourceCountIs('AWS::Lambda::Function', 0);
});
