import { App, Stack } from 'aws-cdk-lib';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3vectors from 'aws-cdk-lib/aws-s3vectors';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IAgentIdentity } from '../../lib/aws/agent-identity';
import { AgentResource } from '../../lib/aws/agent-resource';

/** A stack with a known place, so that expectations read as ARNs do. */
export const makeStack = (): Stack => new Stack(new App(), 'S', { env: { account: '111122223333', region: 'eu-west-1' } });

const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

export const sampleKey = (stack: Stack): kms.IKey => kms.Key.fromKeyArn(stack, 'Key', arn('kms', 'key/k-1'));
export const sampleBucket = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Bucket', 'invoices-1');
export const sampleTable = (stack: Stack): dynamodb.ITable => dynamodb.Table.fromTableArn(stack, 'Table', arn('dynamodb', 'table/Orders'));
export const sampleWorkgroup = (stack: Stack): athena.CfnWorkGroup => new athena.CfnWorkGroup(stack, 'Workgroup', { name: 'agents' });
export const sampleMachine = (stack: Stack): sfn.IStateMachine =>
  sfn.StateMachine.fromStateMachineArn(stack, 'Machine', arn('states', 'stateMachine:Refund'));
export const sampleMemory = (stack: Stack): agentcore.IMemory => new agentcore.Memory(stack, 'Memory', { memoryName: 'notes' });
export const sampleRuntime = (stack: Stack): agentcore.IBedrockAgentRuntime =>
  agentcore.Runtime.fromAgentRuntimeAttributes(stack, 'Runtime', {
    agentRuntimeArn: arn('bedrock-agentcore', 'runtime/planner-1'),
    agentRuntimeId: 'planner-1',
    agentRuntimeName: 'planner',
    agentRuntimeVersion: '1',
    roleArn: 'arn:aws:iam::111122223333:role/planner',
  });
export const sampleSecret = (stack: Stack): secretsmanager.ISecret =>
  secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', arn('secretsmanager', 'secret:erp-token-AbCdEf'));

const sampleWorkload = (stack: Stack): agentcore.WorkloadIdentity =>
  new agentcore.WorkloadIdentity(stack, 'Workload', { workloadIdentityName: 'desk' });
const sampleApiKeys = (stack: Stack): agentcore.IApiKeyCredentialProvider =>
  new agentcore.ApiKeyCredentialProvider(stack, 'Keys', { apiKeyCredentialProviderName: 'erp' });
const sampleOAuth = (stack: Stack): agentcore.IOAuth2CredentialProvider =>
  agentcore.OAuth2CredentialProvider.fromOAuth2CredentialProviderAttributes(stack, 'OAuth', {
    credentialProviderArn: arn('bedrock-agentcore', 'token-vault/default/oauth2credentialprovider/crm'),
    credentialProviderVendor: 'CustomOauth2',
    clientSecretArn: arn('secretsmanager', 'secret:bedrock-agentcore-identity!default/oauth2/crm-AbCdEf'),
  });

/** One resource of each factory: as bare as it goes, and where it has optional targets with all of them. */
export const SAMPLES: Readonly<
  Record<string, { readonly bare: (s: Stack) => AgentResource; readonly full?: (s: Stack) => AgentResource }>
> = {
  bucket: {
    bare: (s) => AgentResource.bucket(sampleBucket(s)),
    full: (s) => AgentResource.bucket(sampleBucket(s), { key: sampleKey(s), prefix: 'invoices/' }),
  },
  table: {
    bare: (s) => AgentResource.table(sampleTable(s)),
    full: (s) =>
      AgentResource.table(sampleTable(s), { key: sampleKey(s), indexes: ['by-day', 'by-owner'], batch: true, partition: 'tenant-1' }),
  },
  workgroup: {
    bare: (s) => AgentResource.workgroup(sampleWorkgroup(s), { database: 'sales', tables: ['orders'] }),
    full: (s) =>
      AgentResource.workgroup(sampleWorkgroup(s), {
        database: 'sales',
        tables: ['orders', 'items'],
        data: sampleBucket(s),
        dataPrefix: 'sales/',
        dataKey: sampleKey(s),
      }),
  },
  databaseUser: {
    bare: (s) =>
      AgentResource.databaseUser(
        rds.DatabaseInstance.fromDatabaseInstanceAttributes(s, 'Db', {
          instanceIdentifier: 'crm',
          instanceEndpointAddress: 'crm.example.com',
          port: 5432,
          instanceResourceId: 'db-ABC',
          securityGroups: [],
        }),
        'reader',
      ),
  },
  queue: {
    bare: (s) => AgentResource.queue(sqs.Queue.fromQueueArn(s, 'Queue', arn('sqs', 'work'))),
    full: (s) => AgentResource.queue(sqs.Queue.fromQueueArn(s, 'Queue', arn('sqs', 'work')), { key: sampleKey(s) }),
  },
  topic: {
    bare: (s) => AgentResource.topic(sns.Topic.fromTopicArn(s, 'Topic', arn('sns', 'news'))),
    full: (s) => AgentResource.topic(sns.Topic.fromTopicArn(s, 'Topic', arn('sns', 'news')), { key: sampleKey(s) }),
  },
  eventBus: {
    bare: (s) => AgentResource.eventBus(events.EventBus.fromEventBusArn(s, 'Bus', arn('events', 'event-bus/orders'))),
    full: (s) =>
      AgentResource.eventBus(events.EventBus.fromEventBusArn(s, 'Bus', arn('events', 'event-bus/orders')), { sources: ['agents.desk'] }),
  },
  secret: {
    bare: (s) => AgentResource.secret(sampleSecret(s)),
    full: (s) => AgentResource.secret(sampleSecret(s), { key: sampleKey(s) }),
  },
  parameter: {
    bare: (s) => AgentResource.parameter(ssm.StringParameter.fromStringParameterName(s, 'Parameter', '/desk/limit')),
    full: (s) => AgentResource.parameter(ssm.StringParameter.fromStringParameterName(s, 'Parameter', '/desk/limit'), { key: sampleKey(s) }),
  },
  configuration: {
    bare: (s) => {
      const application = new appconfig.Application(s, 'App');
      const content = appconfig.ConfigurationContent.fromInlineText('limit: 1');
      const profile = new appconfig.HostedConfiguration(s, 'Config', { application, content });
      return AgentResource.configuration(profile, application.addEnvironment('Prod'));
    },
  },
  key: {
    bare: (s) => AgentResource.key(sampleKey(s)),
    full: (s) => AgentResource.key(sampleKey(s), { envelope: true }),
  },
  model: { bare: () => AgentResource.model('amazon.nova-lite-v1:0') },
  inferenceProfile: {
    bare: () =>
      AgentResource.inferenceProfile('eu.amazon.nova-lite-v1:0', { model: 'amazon.nova-lite-v1:0', regions: ['eu-west-1', 'eu-north-1'] }),
  },
  guardrail: { bare: () => AgentResource.guardrail('gr1') },
  knowledgeBase: { bare: () => AgentResource.knowledgeBase('KB1') },
  agentRuntime: { bare: (s) => AgentResource.agentRuntime(sampleRuntime(s)) },
  gateway: {
    bare: (s) =>
      AgentResource.gateway(
        new agentcore.Gateway(s, 'Gateway', { gatewayName: 'tools', authorizerConfiguration: agentcore.GatewayAuthorizer.usingAwsIam() }),
      ),
  },
  apiKeyProvider: {
    bare: (s) => AgentResource.apiKeyProvider(sampleApiKeys(s), { workload: sampleWorkload(s) }),
  },
  oauth2Provider: {
    bare: (s) => AgentResource.oauth2Provider(sampleOAuth(s), { workload: sampleWorkload(s) }),
  },
  codeInterpreter: { bare: () => AgentResource.codeInterpreter() },
  memory: {
    bare: (s) => AgentResource.memory(sampleMemory(s)),
    full: (s) => AgentResource.memory(sampleMemory(s), { actor: 'customer-1', namespace: '/facts/customer-1' }),
  },
  vectorIndex: {
    bare: (s) => AgentResource.vectorIndex(sampleIndex(s)),
    full: (s) => AgentResource.vectorIndex(sampleIndex(s), { key: sampleKey(s) }),
  },
  function: { bare: (s) => AgentResource.function(lambda.Function.fromFunctionArn(s, 'Fn', arn('lambda', 'function:price'))) },
  stateMachine: { bare: (s) => AgentResource.stateMachine(sampleMachine(s)) },
  expressStateMachine: { bare: (s) => AgentResource.expressStateMachine(sampleMachine(s)) },
  logGroup: {
    bare: (s) => AgentResource.logGroup(logs.LogGroup.fromLogGroupName(s, 'Logs', '/agents/desk')),
    full: (s) => AgentResource.logGroup(logs.LogGroup.fromLogGroupName(s, 'Logs', '/agents/desk'), { streamPrefix: 'desk-' }),
  },
  metricNamespace: { bare: () => AgentResource.metricNamespace('Agents/Desk') },
  tracing: { bare: () => AgentResource.tracing() },
  agent: { bare: () => AgentResource.agent(sampleChild('arn:aws:iam::111122223333:role/agentic-iam/prod/prod--summariser')) },
};

function sampleIndex(stack: Stack): s3vectors.CfnIndex {
  return new s3vectors.CfnIndex(stack, 'Index', {
    dataType: 'float32',
    dimension: 8,
    distanceMetric: 'cosine',
    vectorBucketName: 'vectors',
  });
}

/** Only what a binding reads of an identity. */
export function sampleChild(roleArn: string): IAgentIdentity {
  return { agent: { name: 'summariser' }, roleArn } as IAgentIdentity;
}

/** A resolved value with its intrinsic functions written as CloudFormation's `${...}`, so that an ARN reads as one line. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const [fn, arg] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (fn === 'Fn::Join') return ((arg as [string, unknown[]])[1] ?? []).map(flatten).join('');
  if (fn === 'Fn::Select') return `\${part ${(arg as [number])[0]}}`;
  return fn === 'Ref' ? `\${${arg}}` : `\${${(arg as string[]).join('.')}}`;
}

/** A bound resource as lines: kind and target, then scopes, then conditions. */
export function showBound(resource: AgentResource, stack: Stack): string {
  const { kind, targets } = stack.resolve(resource.bound) as typeof resource.bound;
  return Object.entries(targets)
    .map(([name, { scopes, conditions }]) =>
      [
        `${kind}.${name}`,
        ...scopes.map((scope) => `  ${flatten(scope)}`),
        ...(conditions ? [`  if ${JSON.stringify(conditions)}`] : []),
      ].join('\n'),
    )
    .join('\n');
}
