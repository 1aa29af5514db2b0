import { App, Aws, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as bedrock from 'aws-cdk-lib/aws-bedrock';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import fc from 'fast-check';
import { AgentResource } from '../../lib/aws/agent-resource';
import * as sample from './resource-samples';
import { makeStack, SAMPLES, showBound } from './resource-samples';

const showAll = (which: 'bare' | 'full'): string =>
  Object.values(SAMPLES)
    .flatMap((make) => {
      const stack = makeStack();
      const resource = make[which]?.(stack);
      return resource ? [showBound(resource, stack)] : [];
    })
    .join('\n');

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
}

test('each kind, bound as it is, names exactly its own resource', () => {
  expect(showAll('bare')).toMatchInlineSnapshot(`
"bucket.listing
  arn:\${AWS::Partition}:s3:::invoices-1
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"}}
bucket.objects
  arn:\${AWS::Partition}:s3:::invoices-1/*
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"}}
table.table
  arn:aws:dynamodb:eu-west-1:111122223333:table/Orders
workgroup.workgroup
  arn:\${AWS::Partition}:athena:eu-west-1:111122223333:workgroup/\${Workgroup}
workgroup.databases
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:catalog
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/default
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/sales
workgroup.tables
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:catalog
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/sales
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:table/sales/orders
database-user.user
  arn:\${AWS::Partition}:rds-db:eu-west-1:111122223333:dbuser:db-ABC/reader
queue.queue
  arn:aws:sqs:eu-west-1:111122223333:work
topic.topic
  arn:aws:sns:eu-west-1:111122223333:news
event-bus.bus
  arn:aws:events:eu-west-1:111122223333:event-bus/orders
secret.secret
  arn:aws:secretsmanager:eu-west-1:111122223333:secret:erp-token-AbCdEf
parameter.parameter
  arn:\${AWS::Partition}:ssm:eu-west-1:111122223333:parameter/desk/limit
configuration.configuration
  arn:\${AWS::Partition}:appconfig:eu-west-1:111122223333:application/\${AppF1B96344}/environment/\${AppProdD236A7D3}/configuration/\${ConfigConfigurationProfileDF0E9404}
key.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
model.model
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/amazon.nova-lite-v1:0
inference-profile.profile
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:inference-profile/eu.amazon.nova-lite-v1:0
inference-profile.models
  arn:\${AWS::Partition}:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0
  arn:\${AWS::Partition}:bedrock:eu-north-1::foundation-model/amazon.nova-lite-v1:0
  if {"ArnEquals":{"bedrock:InferenceProfileArn":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":bedrock:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":inference-profile/eu.amazon.nova-lite-v1:0"]]}}}
guardrail.guardrail
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:guardrail/gr1
knowledge-base.base
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:knowledge-base/KB1
agent-runtime.runtime
  arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/planner-1
  arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/planner-1/runtime-endpoint/DEFAULT
gateway.gateway
  \${Gateway43CB3636.GatewayArn}
api-key-provider.provider
  \${Keys4E30B592.CredentialProviderArn}
  arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:token-vault/default
  arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:workload-identity-directory/default
  \${Workload692FF5F4.WorkloadIdentityArn}
api-key-provider.secret
  arn:\${AWS::Partition}:secretsmanager:eu-west-1:111122223333:secret:bedrock-agentcore-identity!default/apikey/erp-??????
oauth2-provider.provider
  arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/oauth2credentialprovider/crm
  arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:token-vault/default
  arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:workload-identity-directory/default
  \${Workload692FF5F4.WorkloadIdentityArn}
oauth2-provider.secret
  arn:\${AWS::Partition}:secretsmanager:eu-west-1:111122223333:secret:bedrock-agentcore-identity!default/oauth2/crm-??????
code-interpreter.interpreter
  arn:\${AWS::Partition}:bedrock-agentcore:\${AWS::Region}:aws:code-interpreter/aws.codeinterpreter.v1
memory.events
  \${Memory3232ACAB.MemoryArn}
memory.records
  \${Memory3232ACAB.MemoryArn}
vector-index.index
  \${Index.IndexArn}
function.function
  arn:aws:lambda:eu-west-1:111122223333:function:price
state-machine.machine
  arn:aws:states:eu-west-1:111122223333:stateMachine:Refund
state-machine.executions
  arn:\${AWS::Partition}:states:eu-west-1:111122223333:execution:Refund:*
express-state-machine.machine
  arn:aws:states:eu-west-1:111122223333:stateMachine:Refund
log-group.group
  arn:\${AWS::Partition}:logs:eu-west-1:111122223333:log-group:/agents/desk:*
log-group.streams
  arn:\${AWS::Partition}:logs:eu-west-1:111122223333:log-group:/agents/desk:log-stream:*
metric-namespace.any
  *
  if {"StringEquals":{"cloudwatch:namespace":"Agents/Desk"}}
tracing.any
  *
agent.role
  arn:aws:iam::111122223333:role/agentic-iam/prod/prod--summariser"
`);
});

test('each kind, narrowed and with a key of the user, carries its conditions', () => {
  expect(showAll('full')).toMatchInlineSnapshot(`
"bucket.listing
  arn:\${AWS::Partition}:s3:::invoices-1
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"},"StringLike":{"s3:prefix":"invoices/*"}}
bucket.objects
  arn:\${AWS::Partition}:s3:::invoices-1/invoices/*
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"}}
bucket.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}
table.table
  arn:aws:dynamodb:eu-west-1:111122223333:table/Orders
  if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["tenant-1"]},"Null":{"dynamodb:LeadingKeys":"false"}}
table.batch
  arn:aws:dynamodb:eu-west-1:111122223333:table/Orders
  if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["tenant-1"]},"Null":{"dynamodb:LeadingKeys":"false"}}
table.indexes
  arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/index/by-day
  arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/index/by-owner
  if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["tenant-1"]},"Null":{"dynamodb:LeadingKeys":"false"}}
table.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"dynamodb.eu-west-1.amazonaws.com"}}
workgroup.workgroup
  arn:\${AWS::Partition}:athena:eu-west-1:111122223333:workgroup/\${Workgroup}
workgroup.databases
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:catalog
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/default
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/sales
workgroup.tables
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:catalog
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:database/sales
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:table/sales/orders
  arn:\${AWS::Partition}:glue:eu-west-1:111122223333:table/sales/items
workgroup.listing
  arn:\${AWS::Partition}:s3:::invoices-1
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"},"StringLike":{"s3:prefix":"sales/*"}}
workgroup.objects
  arn:\${AWS::Partition}:s3:::invoices-1/sales/*
  if {"StringEquals":{"aws:ResourceAccount":"111122223333"}}
workgroup.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}
queue.queue
  arn:aws:sqs:eu-west-1:111122223333:work
queue.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"sqs.eu-west-1.amazonaws.com"}}
topic.topic
  arn:aws:sns:eu-west-1:111122223333:news
topic.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"sns.eu-west-1.amazonaws.com"}}
event-bus.bus
  arn:aws:events:eu-west-1:111122223333:event-bus/orders
  if {"ForAllValues:StringEquals":{"events:source":["agents.desk"]},"Null":{"events:source":"false"}}
secret.secret
  arn:aws:secretsmanager:eu-west-1:111122223333:secret:erp-token-AbCdEf
secret.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"}}
parameter.parameter
  arn:\${AWS::Partition}:ssm:eu-west-1:111122223333:parameter/desk/limit
parameter.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"ssm.eu-west-1.amazonaws.com"}}
key.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
key.envelope
  arn:aws:kms:eu-west-1:111122223333:key/k-1
memory.events
  \${Memory3232ACAB.MemoryArn}
  if {"StringEquals":{"bedrock-agentcore:actorId":"customer-1"}}
memory.records
  \${Memory3232ACAB.MemoryArn}
  if {"StringEquals":{"bedrock-agentcore:namespace":"/facts/customer-1"}}
vector-index.index
  \${Index.IndexArn}
vector-index.key
  arn:aws:kms:eu-west-1:111122223333:key/k-1
  if {"StringEquals":{"kms:ViaService":"s3vectors.eu-west-1.amazonaws.com"}}
log-group.group
  arn:\${AWS::Partition}:logs:eu-west-1:111122223333:log-group:/agents/desk:*
log-group.streams
  arn:\${AWS::Partition}:logs:eu-west-1:111122223333:log-group:/agents/desk:log-stream:desk-*"
`);
});

test('resources of the same stack are named by reference, in the partition, account and region of the stack', () => {
  const stack = new Stack(new App(), 'S');
  const key = new kms.Key(stack, 'Key');
  const bound = [
    AgentResource.bucket(new s3.Bucket(stack, 'Bucket', { encryptionKey: key }), { prefix: 'in/' }),
    AgentResource.table(
      new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING }, encryptionKey: key }),
    ),
    AgentResource.queue(new sqs.Queue(stack, 'Queue', { encryptionMasterKey: key })),
    AgentResource.secret(new secretsmanager.Secret(stack, 'Secret', { encryptionKey: key })),
    AgentResource.logGroup(new logs.LogGroup(stack, 'Logs')),
    AgentResource.stateMachine(new sfn.StateMachine(stack, 'Machine', { definitionBody: sfn.DefinitionBody.fromString('{}') })),
  ];
  expect(
    bound
      .map((one) => showBound(one, stack))
      .join('\n')
      .replace(/[0-9A-F]{8}(?=[.}])/g, ''),
  ).toMatchInlineSnapshot(`
"bucket.listing
  \${Bucket.Arn}
  if {"StringEquals":{"aws:ResourceAccount":{"Ref":"AWS::AccountId"}},"StringLike":{"s3:prefix":"in/*"}}
bucket.objects
  \${Bucket.Arn}/in/*
  if {"StringEquals":{"aws:ResourceAccount":{"Ref":"AWS::AccountId"}}}
bucket.key
  \${Key.Arn}
  if {"StringEquals":{"kms:ViaService":{"Fn::Join":["",["s3.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}}
table.table
  \${Table.Arn}
table.key
  \${Key.Arn}
  if {"StringEquals":{"kms:ViaService":{"Fn::Join":["",["dynamodb.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}}
queue.queue
  \${Queue.Arn}
queue.key
  \${Key.Arn}
  if {"StringEquals":{"kms:ViaService":{"Fn::Join":["",["sqs.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}}
secret.secret
  \${Secret}
secret.key
  \${Key.Arn}
  if {"StringEquals":{"kms:ViaService":{"Fn::Join":["",["secretsmanager.",{"Ref":"AWS::Region"},".amazonaws.com"]]}}}
log-group.group
  arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${Logs}:*
log-group.streams
  arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${Logs}:log-stream:*
state-machine.machine
  \${Machine}
state-machine.executions
  arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:execution:\${part 6}:*"
`);
});

test('a secret known by name alone gets the pattern of its unknown ending, and nothing wider', () => {
  const stack = makeStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'erp-token');
  expect(showBound(AgentResource.secret(secret), stack)).toMatchInlineSnapshot(`
"secret.secret
  arn:\${AWS::Partition}:secretsmanager:eu-west-1:111122223333:secret:erp-token-??????"
`);
});

test('the AWS-managed key of a service takes no grant', () => {
  const stack = makeStack();
  const queue = sqs.Queue.fromQueueArn(stack, 'Q', 'arn:aws:sqs:eu-west-1:111122223333:q');
  const { targets } = AgentResource.queue(queue, { key: kms.Alias.fromAliasName(stack, 'A', 'alias/aws/sqs') }).bound;
  expect(Object.keys(targets)).toEqual(['queue']);
});

test('a parameter imported as a SecureString with its key is read with that key', () => {
  const stack = makeStack();
  const encryptionKey = sample.sampleKey(stack);
  const parameter = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'P', { parameterName: '/erp/token', encryptionKey });
  expect(AgentResource.parameter(parameter).bound.targets['key']?.scopes).toEqual([encryptionKey.keyArn]);
});

test('a name that intrinsic functions put together is bound as it stands', () => {
  const stack = makeStack();
  const parameter = new CfnParameter(stack, 'Name').valueAsString;
  const names = [
    Fn.sub('a-${AWS::Region}'),
    Fn.join('-', ['a', parameter]),
    Fn.importValue('name'),
    Fn.select(0, Fn.split('/', parameter)),
  ];
  names.forEach((name, index) => {
    const bucket = s3.Bucket.fromBucketName(stack, `B${index}`, name);
    expect(AgentResource.bucket(bucket).bound.targets['listing']?.scopes).toEqual([bucket.bucketArn]);
  });
});

test('an alias that knows its key stands for the key', () => {
  const stack = makeStack();
  const targetKey = sample.sampleKey(stack);
  const bucket = sample.sampleBucket(stack);
  const made = new kms.Alias(stack, 'Made', { aliasName: 'alias/desk', targetKey });
  const imported = kms.Alias.fromAliasAttributes(stack, 'Imported', { aliasName: 'alias/desk', aliasTargetKey: targetKey });
  for (const alias of [made, imported]) {
    expect(AgentResource.bucket(bucket, { key: alias }).bound.targets['key']?.scopes).toEqual([targetKey.keyArn]);
    expect(AgentResource.key(alias).bound.targets['key']?.scopes).toEqual([targetKey.keyArn]);
  }
});

test('a table imported by its ARN is called, and its key used, in the region of the ARN', () => {
  const stack = makeStack();
  const table = dynamodb.Table.fromTableAttributes(stack, 'T', {
    tableArn: 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders',
    encryptionKey: sample.sampleKey(stack),
  });
  const resource = AgentResource.table(table);
  expect(resource.regions).toContain('us-east-1');
  expect(resource.bound.targets['key']?.conditions).toEqual({ StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } });
});

test('a bucket of another account is bound to that account', () => {
  const stack = makeStack();
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'theirs', account: '444455556666', region: 'us-east-1' });
  const resource = AgentResource.bucket(bucket);
  expect(showBound(resource, stack)).toMatchInlineSnapshot(`
"bucket.listing
  arn:\${AWS::Partition}:s3:::theirs
  if {"StringEquals":{"aws:ResourceAccount":"444455556666"}}
bucket.objects
  arn:\${AWS::Partition}:s3:::theirs/*
  if {"StringEquals":{"aws:ResourceAccount":"444455556666"}}"
`);
  expect(resource.regions).toEqual(['us-east-1']);
});

test('a version or an alias of a function is granted alone', () => {
  const stack = makeStack();
  const fn = lambda.Function.fromFunctionAttributes(stack, 'Fn', {
    functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:price',
    sameEnvironment: true,
  });
  const alias = new lambda.Alias(stack, 'Alias', {
    aliasName: 'live',
    version: lambda.Version.fromVersionArn(stack, 'V', `${fn.functionArn}:3`),
  });
  expect(showBound(AgentResource.function(alias), stack)).toMatchInlineSnapshot(`
"function.function
  \${Alias325C5727}"
`);
});

test('a model reference and your own inference profile are bound by their ARNs', () => {
  const stack = makeStack();
  const model = bedrock.ProvisionedModel.fromProvisionedModelArn(stack, 'M', 'arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/m1');
  const profile = new bedrock.CfnApplicationInferenceProfile(stack, 'P', { inferenceProfileName: 'desk' });
  const routed = AgentResource.inferenceProfile(profile, { model: 'amazon.nova-lite-v1:0', regions: ['eu-west-1'] });
  expect([AgentResource.model(model), routed].map((one) => showBound(one, stack)).join('\n')).toMatchInlineSnapshot(`
"model.model
  arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/m1
inference-profile.profile
  \${P.InferenceProfileArn}
inference-profile.models
  arn:\${AWS::Partition}:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0
  if {"ArnEquals":{"bedrock:InferenceProfileArn":{"Fn::GetAtt":["P","InferenceProfileArn"]}}}"
`);
});

test('a global inference profile is granted its source region and the place without one', () => {
  const stack = makeStack();
  const profile = AgentResource.inferenceProfile('global.amazon.nova-lite-v1:0', { model: 'amazon.nova-lite-v1:0' });
  expect(showBound(profile, stack)).toMatchInlineSnapshot(`
"inference-profile.profile
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:inference-profile/global.amazon.nova-lite-v1:0
inference-profile.models
  arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/amazon.nova-lite-v1:0
  arn:\${AWS::Partition}:bedrock:::foundation-model/amazon.nova-lite-v1:0
  if {"ArnEquals":{"bedrock:InferenceProfileArn":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":bedrock:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":inference-profile/global.amazon.nova-lite-v1:0"]]}}}"
`);
  expect(profile.regions).toEqual(['unspecified']);
});

test.each([
  [
    'an inference profile',
    () => AgentResource.inferenceProfile('eu.a.b', { model: 'a.b', regions: ['eu-west-1', 'eu-north-1'] }),
    ['eu-west-1', 'eu-north-1'],
  ],
  ['a model called elsewhere', () => AgentResource.model('a.b', { region: 'us-east-1' }), ['us-east-1']],
  [
    'a model reference of another region',
    () =>
      AgentResource.model(
        bedrock.ProvisionedModel.fromProvisionedModelArn(makeStack(), 'M', 'arn:aws:bedrock:us-west-2:111122223333:provisioned-model/a'),
      ),
    ['us-west-2'],
  ],
  ['a resource of a known region', () => AgentResource.bucket(sample.sampleBucket(makeStack())), ['eu-west-1']],
  ['a resource of an unknown region', () => AgentResource.bucket(sample.sampleBucket(new Stack(new App(), 'S'))), []],
  ['a metric namespace', () => AgentResource.metricNamespace('Desk'), []],
])('%s tells the regions it calls', (_title, make, regions) => {
  expect(make().regions).toEqual(regions);
});

test('a database user is found through an instance, a cluster and a proxy', () => {
  const stack = makeStack();
  const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'C', {
    clusterIdentifier: 'crm',
    clusterResourceIdentifier: 'cluster-ABC',
  });
  const proxy = rds.DatabaseProxy.fromDatabaseProxyAttributes(stack, 'P', {
    dbProxyArn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-1',
    dbProxyName: 'p',
    endpoint: 'p.example.com',
    securityGroups: [],
  });
  const shown = [cluster, proxy].map((one) => showBound(AgentResource.databaseUser(one, 'reader'), stack));
  expect(shown.join('\n')).toMatchInlineSnapshot(`
"database-user.user
  arn:\${AWS::Partition}:rds-db:eu-west-1:111122223333:dbuser:cluster-ABC/reader
database-user.user
  arn:\${AWS::Partition}:rds-db:eu-west-1:111122223333:dbuser:prx-1/reader"
`);
});

test('a prefix is refused where a policy would read more than text, whatever surrounds it', () => {
  const stack = makeStack();
  const bucket = sample.sampleBucket(stack);
  const plain = fc.string().filter((text) => !text.startsWith('/'));
  fc.assert(
    fc.property(plain, fc.constantFrom('*', '?', '${', '"', "'", '\\', '`', '\n'), plain, (before, bad, after) => {
      expect(messageOf(() => AgentResource.bucket(bucket, { prefix: `${before}${bad}${after}` }))).toMatch(
        /\[(unsafe-value|unresolved-token)\]$/,
      );
    }),
  );
});

test('every prefix that is not refused is granted as it stands, followed by the one wildcard of the library', () => {
  const stack = makeStack();
  const bucket = sample.sampleBucket(stack);
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_.=-][A-Za-z0-9_.=/-]*$/), (prefix) => {
      const { targets } = AgentResource.bucket(bucket, { prefix }).bound;
      expect(targets.objects?.scopes).toEqual([`${bucket.bucketArn}/${prefix}*`]);
      expect(targets.listing?.conditions?.StringLike).toEqual({ 's3:prefix': `${prefix}*` });
    }),
  );
});

const REFUSALS: readonly (readonly [string, (stack: Stack) => unknown])[] = [
  ['an empty prefix', (s) => AgentResource.bucket(sample.sampleBucket(s), { prefix: '' })],
  ['a prefix with a leading slash', (s) => AgentResource.bucket(sample.sampleBucket(s), { prefix: '/invoices/' })],
  ['a wildcard prefix', (s) => AgentResource.bucket(sample.sampleBucket(s), { prefix: 'invoices/*' })],
  ['a prefix from a token', (s) => AgentResource.bucket(sample.sampleBucket(s), { prefix: new s3.Bucket(s, 'New').bucketName })],
  ['a wildcard within Fn.join', (s) => AgentResource.bucket(s3.Bucket.fromBucketName(s, 'J', Fn.join('-', ['a', Aws.REGION, '*'])))],
  ['a wildcard within Fn.sub', (s) => AgentResource.bucket(s3.Bucket.fromBucketName(s, 'U', Fn.sub('a-${AWS::Region}-*')))],
  [
    'a wildcard within a value of Fn.sub',
    (s) => AgentResource.bucket(s3.Bucket.fromBucketName(s, 'V', Fn.sub('a-${b}', { b: Fn.join('', [Aws.REGION, '*']) }))),
  ],
  ['an imported name with a wildcard', (s) => AgentResource.queue(sqs.Queue.fromQueueArn(s, 'Q', 'arn:aws:sqs:eu-west-1:111122223333:*'))],
  [
    'an imported key with a wildcard',
    (s) =>
      AgentResource.queue(sqs.Queue.fromQueueArn(s, 'Q', 'arn:aws:sqs:eu-west-1:111122223333:q'), {
        key: kms.Key.fromKeyArn(s, 'K', 'arn:aws:kms:eu-west-1:111122223333:key/*'),
      }),
  ],
  ['a key by its alias', (s) => AgentResource.key(kms.Alias.fromAliasName(s, 'A', 'alias/desk'))],
  ['a prefix that IAM cannot hold', (s) => AgentResource.bucket(sample.sampleBucket(s), { prefix: '請求/' })],
  ['a policy variable as partition', (s) => AgentResource.table(sample.sampleTable(s), { partition: 'tenant-${aws:userid}' })],
  ['an empty list of indexes', (s) => AgentResource.table(sample.sampleTable(s), { indexes: [] })],
  ['no tables', (s) => AgentResource.workgroup(sample.sampleWorkgroup(s), { database: 'sales', tables: [] })],
  [
    'a wildcard database user',
    (s) =>
      AgentResource.databaseUser(
        rds.DatabaseCluster.fromDatabaseClusterAttributes(s, 'C', { clusterIdentifier: 'c', clusterResourceIdentifier: 'r' }),
        '*',
      ),
  ],
  [
    'an instance without a resource id',
    (s) =>
      AgentResource.databaseUser(
        rds.DatabaseInstance.fromDatabaseInstanceAttributes(s, 'D', {
          instanceIdentifier: 'd',
          instanceEndpointAddress: 'd',
          port: 1,
          securityGroups: [],
        }),
        'reader',
      ),
  ],
  ['an inference profile as a model', () => AgentResource.model('eu.amazon.nova-lite-v1:0')],
  ['an inference profile behind a profile', () => AgentResource.inferenceProfile('eu.a.b', { model: 'eu.a.b', regions: ['eu-west-1'] })],
  ['a profile without its regions', () => AgentResource.inferenceProfile('eu.a.b', { model: 'a.b' })],
  ['the ARN of a model', () => AgentResource.model('arn:aws:bedrock:eu-west-1::foundation-model/a.b')],
  ['the ARN of a profile', () => AgentResource.inferenceProfile('arn:aws:bedrock:eu-west-1:1:inference-profile/eu.a.b', { model: 'a.b' })],
  ['the ARN of a guardrail', () => AgentResource.guardrail('arn:aws:bedrock:eu-west-1:111122223333:guardrail/gr1')],
  ['the ARN of a knowledge base', () => AgentResource.knowledgeBase('arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/KB1')],
  ['a wildcard model', () => AgentResource.model('amazon.*')],
  ['a wildcard region', () => AgentResource.model('a.b', { region: '*' })],
  ['a wildcard guardrail', () => AgentResource.guardrail('*')],
  ['a wildcard knowledge base', () => AgentResource.knowledgeBase('KB?')],
  ['a wildcard endpoint', (s) => AgentResource.agentRuntime(sample.sampleRuntime(s), { endpoint: '*' })],
  ['a wildcard actor', (s) => AgentResource.memory(sample.sampleMemory(s), { actor: 'customer-*' })],
  ['a wildcard stream prefix', (s) => AgentResource.logGroup(logs.LogGroup.fromLogGroupName(s, 'L', 'g'), { streamPrefix: '*' })],
  [
    'a wildcard event source',
    (s) => SAMPLES.eventBus?.bare(s) && AgentResource.eventBus(s.node.findChild('Bus') as never, { sources: ['*'] }),
  ],
  ['a wildcard metric namespace', () => AgentResource.metricNamespace('*')],
  ['a sub-agent whose role is a pattern', () => AgentResource.agent(sample.sampleChild('arn:aws:iam::111122223333:role/*'))],
];

test('what would widen a grant, or grant nothing, is refused with the reason', () => {
  const shown = REFUSALS.map(([title, act]) => `${title}\n  ${messageOf(() => act(makeStack()))}`);
  expect(shown.join('\n')).toMatchInlineSnapshot(`
"an empty prefix
  bucket 'S/Bucket' needs 'prefix' not to be empty, because an empty one would match more than was meant; set 'prefix' [empty-field]
a prefix with a leading slash
  bucket 'S/Bucket' needs 'prefix' to begin as the keys do, because keys begin with no slash, so it would match nothing, got: '/invoices/'; use 'invoices/' [invalid-binding]
a wildcard prefix
  bucket 'S/Bucket' needs 'prefix' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'invoices/*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a prefix from a token
  bucket 'S/Bucket' needs 'prefix' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'prefix' instead of an attribute of another resource [unresolved-token]
a wildcard within Fn.join
  bucket 'S/J' needs 'bucketArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn: :s3:::a- -*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard within Fn.sub
  bucket 'S/U' needs 'bucketArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn: :s3:::a- -*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard within a value of Fn.sub
  bucket 'S/V' needs 'bucketArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn: :s3:::a-   *'; give the literal value; the library adds the patterns it needs [unsafe-value]
an imported name with a wildcard
  queue 'S/Q' needs 'queueArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn:aws:sqs:eu-west-1:111122223333:*'; give the literal value; the library adds the patterns it needs [unsafe-value]
an imported key with a wildcard
  key 'S/K' needs 'keyArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn:aws:kms:eu-west-1:111122223333:key/*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a key by its alias
  key 'S/A' needs to be the key itself, because a policy that names an alias grants nothing, got: 'alias/desk'; pass the key behind the alias as 'key' [invalid-binding]
a prefix that IAM cannot hold
  bucket 'S/Bucket' needs 'prefix' in characters up to U+00FF, because IAM takes no others in a policy, got: '請求/'; bind a resource, or a wider part of it, that is named without them [invalid-binding]
a policy variable as partition
  table 'S/Table' needs 'partition' without '\${', because it would be read as a policy variable or template expression, got: 'tenant-\${aws:userid}'; give the literal value; the library adds the patterns it needs [unsafe-value]
an empty list of indexes
  table 'S/Table' needs 'indexes' not to be empty, because nothing would be granted; set 'indexes' [empty-field]
no tables
  workgroup 'S/Workgroup' needs 'tables' not to be empty, because nothing would be granted; set 'tables' [empty-field]
a wildcard database user
  database 'S/C' needs 'user' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
an instance without a resource id
  database 'S/D' needs 'instanceResourceId' not to be empty, because the permission names a database by it; set 'instanceResourceId' [empty-field]
an inference profile as a model
  model 'eu.amazon.nova-lite-v1:0' needs the id of a model, because this is the id of an inference profile, which routes to models in several regions, got: 'eu.amazon.nova-lite-v1:0'; use AgentResource.inferenceProfile() [invalid-binding]
an inference profile behind a profile
  inference profile 'eu.a.b' needs the id of a model, because this is the id of an inference profile, which routes to models in several regions, got: 'eu.a.b'; use AgentResource.inferenceProfile() [invalid-binding]
a profile without its regions
  inference profile needs 'regions' not to be empty, because nothing would be granted; set 'regions' [empty-field]
the ARN of a model
  model needs 'model' as an id, because an ARN within an ARN names nothing, got: 'arn:aws:bedrock:eu-west-1::foundation-model/a.b'; use 'a.b', or pass a construct where it lives in another account [invalid-binding]
the ARN of a profile
  inference profile needs 'profile' as an id, because an ARN within an ARN names nothing, got: 'arn:aws:bedrock:eu-west-1:1:inference-profile/eu.a.b'; use 'eu.a.b', or pass a construct where it lives in another account [invalid-binding]
the ARN of a guardrail
  guardrail needs 'id' as an id, because an ARN within an ARN names nothing, got: 'arn:aws:bedrock:eu-west-1:111122223333:guardrail/gr1'; use 'gr1', or pass a construct where it lives in another account [invalid-binding]
the ARN of a knowledge base
  knowledge base needs 'id' as an id, because an ARN within an ARN names nothing, got: 'arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/KB1'; use 'KB1', or pass a construct where it lives in another account [invalid-binding]
a wildcard model
  model needs 'model' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'amazon.*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard region
  model needs 'region' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard guardrail
  guardrail needs 'id' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard knowledge base
  knowledge base needs 'id' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'KB?'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard endpoint
  agent runtime 'S/Runtime' needs 'endpoint' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard actor
  memory 'S/Memory' needs 'actor' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'customer-*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard stream prefix
  log group 'S/L' needs 'streamPrefix' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard event source
  event bus 'S/Bus' needs 'sources' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a wildcard metric namespace
  metric namespace needs 'namespace' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]
a sub-agent whose role is a pattern
  agent 'summariser' needs 'roleArn' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'arn:aws:iam::111122223333:role/*'; give the literal value; the library adds the patterns it needs [unsafe-value]"
`);
});
