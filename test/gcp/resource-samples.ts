import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { BigtableTable } from '@cdktf/provider-google/lib/bigtable-table';
import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudTasksQueue } from '@cdktf/provider-google/lib/cloud-tasks-queue';
import { DiscoveryEngineDataStore } from '@cdktf/provider-google/lib/discovery-engine-data-store';
import { EventarcMessageBus } from '@cdktf/provider-google/lib/eventarc-message-bus';
import { FirestoreDatabase } from '@cdktf/provider-google/lib/firestore-database';
import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { LoggingLogView } from '@cdktf/provider-google/lib/logging-log-view';
import { ModelArmorTemplate } from '@cdktf/provider-google/lib/model-armor-template';
import { ParameterManagerParameter } from '@cdktf/provider-google/lib/parameter-manager-parameter';
import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { SecretManagerRegionalSecret } from '@cdktf/provider-google/lib/secret-manager-regional-secret';
import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SqlDatabaseInstance } from '@cdktf/provider-google/lib/sql-database-instance';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageManagedFolder } from '@cdktf/provider-google/lib/storage-managed-folder';
import { VertexAiIndex } from '@cdktf/provider-google/lib/vertex-ai-index';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import type { TerraformStack } from '../../lib/terraform/core';
import { reader } from '../fixtures/agents';

/** One kind, bound to a resource of the app where the provider has a class for it, and to one made elsewhere. */
export interface ResourceSample {
  readonly made?: (stack: TerraformStack) => AgentResource;
  readonly elsewhere: (stack: TerraformStack) => AgentResource;
}

const LOCATION = 'europe-west1';
const KEY = 'projects/keys/locations/eu/keyRings/r/cryptoKeys/k';
const key = (stack: TerraformStack) => new KmsCryptoKey(stack, 'X', { name: 'k', keyRing: 'projects/keys/locations/eu/keyRings/r' });

export const bucket = (stack: TerraformStack, uniform = true): StorageBucket =>
  new StorageBucket(stack, 'Bucket', { name: 'books', location: 'EU', uniformBucketLevelAccess: uniform });

/** By kind of the catalog; a test holds the keys equal to it. */
export const SAMPLES: Readonly<Record<string, ResourceSample>> = {
  bucket: {
    made: (stack) => AgentResource.bucket(bucket(stack)),
    elsewhere: () => AgentResource.bucket({ name: 'books', project: 'data' }),
  },
  'bucket-prefix': {
    made: (stack) => AgentResource.bucket(bucket(stack), { prefix: 'invoices/' }),
    elsewhere: () => AgentResource.bucket({ name: 'books' }, { prefix: 'invoices/' }),
  },
  'managed-folder': {
    made: (stack) => AgentResource.managedFolder(new StorageManagedFolder(stack, 'X', { bucket: 'books', name: 'invoices/' })),
    elsewhere: () => AgentResource.managedFolder({ bucket: 'books', name: 'invoices/', project: 'data' }),
  },
  'firestore-database': {
    made: (stack) =>
      AgentResource.firestoreDatabase(new FirestoreDatabase(stack, 'X', { name: 'db', locationId: LOCATION, type: 'FIRESTORE_NATIVE' })),
    elsewhere: () => AgentResource.firestoreDatabase({ name: 'db', project: 'data' }),
  },
  'bigtable-table': {
    made: (stack) => AgentResource.bigtableTable(new BigtableTable(stack, 'X', { name: 't', instanceName: 'i' })),
    elsewhere: () => AgentResource.bigtableTable({ name: 't', instanceName: 'i' }),
  },
  'bigquery-dataset': {
    made: (stack) => AgentResource.bigQueryDataset(new BigqueryDataset(stack, 'X', { datasetId: 'd', project: 'data' })),
    elsewhere: () => AgentResource.bigQueryDataset({ datasetId: 'd' }, { jobProject: 'billing' }),
  },
  'bigquery-table': {
    made: (stack) => AgentResource.bigQueryTable(new BigqueryTable(stack, 'X', { datasetId: 'd', tableId: 't' })),
    elsewhere: () => AgentResource.bigQueryTable({ datasetId: 'd', tableId: 't', project: 'data' }),
  },
  'cloud-sql-instance': {
    made: (stack) =>
      AgentResource.cloudSqlInstance(new SqlDatabaseInstance(stack, 'X', { name: 'sql', databaseVersion: 'POSTGRES_17', project: 'data' })),
    elsewhere: () => AgentResource.cloudSqlInstance({ name: 'sql' }),
  },
  'cloud-tasks-queue': {
    made: (stack) => AgentResource.cloudTasksQueue(new CloudTasksQueue(stack, 'X', { name: 'q', location: LOCATION })),
    elsewhere: () => AgentResource.cloudTasksQueue({ name: 'q', location: LOCATION, project: 'data' }),
  },
  'pubsub-topic': {
    made: (stack) => AgentResource.pubsubTopic(new PubsubTopic(stack, 'X', { name: 't' })),
    elsewhere: () => AgentResource.pubsubTopic({ name: 't', project: 'data' }),
  },
  'pubsub-subscription': {
    made: (stack) => AgentResource.pubsubSubscription(new PubsubSubscription(stack, 'X', { name: 's', topic: 't' })),
    elsewhere: () => AgentResource.pubsubSubscription({ name: 's', project: 'data' }),
  },
  'event-bus': {
    made: (stack) =>
      AgentResource.eventBus(new EventarcMessageBus(stack, 'X', { messageBusId: 'bus', location: LOCATION, project: 'data' })),
    elsewhere: () => AgentResource.eventBus({ messageBusId: 'bus' }),
  },
  secret: {
    made: (stack) => AgentResource.secret(new SecretManagerSecret(stack, 'X', { secretId: 'token', replication: { auto: {} } })),
    elsewhere: () => AgentResource.secret({ secretId: 'token', project: 'data' }),
  },
  'regional-secret': {
    made: (stack) => AgentResource.regionalSecret(new SecretManagerRegionalSecret(stack, 'X', { secretId: 'token', location: LOCATION })),
    elsewhere: () => AgentResource.regionalSecret({ secretId: 'token', location: LOCATION }),
  },
  parameter: {
    made: (stack) =>
      AgentResource.parameter(new ParameterManagerParameter(stack, 'X', { parameterId: 'config', project: 'data' }), {
        projectNumber: '42',
      }),
    elsewhere: () => AgentResource.parameter({ parameterId: 'config', location: LOCATION }, { projectNumber: '42' }),
  },
  'crypto-key': {
    made: (stack) => AgentResource.cryptoKey(key(stack)),
    elsewhere: () => AgentResource.cryptoKey({ id: KEY }),
  },
  'signing-key': {
    made: (stack) => AgentResource.signingKey(key(stack)),
    elsewhere: () => AgentResource.signingKey({ id: KEY }),
  },
  'mac-key': {
    made: (stack) => AgentResource.macKey(key(stack)),
    elsewhere: () => AgentResource.macKey({ id: KEY }),
  },
  model: { elsewhere: () => AgentResource.model({ name: 'gemini-2.5-flash' }) },
  'model-armor-template': {
    made: (stack) =>
      AgentResource.modelArmorTemplate(
        new ModelArmorTemplate(stack, 'X', { templateId: 'strict', location: LOCATION, filterConfig: {}, project: 'data' }),
      ),
    elsewhere: () => AgentResource.modelArmorTemplate({ templateId: 'strict' }),
  },
  'reasoning-engine': { elsewhere: () => AgentResource.reasoningEngine({ name: '7', location: LOCATION }) },
  'mcp-tools': { elsewhere: () => AgentResource.mcpTools() },
  'code-sandbox': { elsewhere: () => AgentResource.codeSandbox() },
  'cloud-run-service': {
    made: (stack) => AgentResource.cloudRunService(new CloudRunV2Service(stack, 'X', { name: 'svc', location: LOCATION, template: {} })),
    elsewhere: () => AgentResource.cloudRunService({ name: 'svc', location: LOCATION, project: 'data' }),
  },
  'cloud-run-job': {
    made: (stack) =>
      AgentResource.cloudRunJob(new CloudRunV2Job(stack, 'X', { name: 'job', location: LOCATION, template: { template: {} } })),
    elsewhere: () => AgentResource.cloudRunJob({ name: 'job', location: LOCATION, project: 'data' }),
  },
  workflow: {
    made: (stack) => AgentResource.workflow(new WorkflowsWorkflow(stack, 'X', { name: 'wf', project: 'data' })),
    elsewhere: () => AgentResource.workflow({ name: 'wf' }),
  },
  'vector-search-index': {
    made: (stack) => AgentResource.vectorSearchIndex(new VertexAiIndex(stack, 'X', { displayName: 'i', project: 'data' })),
    elsewhere: () => AgentResource.vectorSearchIndex({ name: '9' }),
  },
  'search-data-store': {
    made: (stack) =>
      AgentResource.searchDataStore(
        new DiscoveryEngineDataStore(stack, 'X', {
          dataStoreId: 'docs',
          displayName: 'docs',
          location: 'eu',
          industryVertical: 'GENERIC',
          contentConfig: 'NO_CONTENT',
        }),
      ),
    elsewhere: () => AgentResource.searchDataStore({ dataStoreId: 'docs' }),
  },
  'rag-corpus': { elsewhere: () => AgentResource.ragCorpus({ name: '5' }) },
  'memory-bank': { elsewhere: () => AgentResource.memoryBank({}, { scope: { user_id: 'a1', app: 'desk' } }) },
  'agent-sessions': { elsewhere: () => AgentResource.agentSessions({}, { userId: 'a1' }) },
  'log-view': {
    made: (stack) =>
      AgentResource.logView(
        new LoggingLogView(stack, 'X', { name: 'own', bucket: '_Default', parent: 'projects/data', location: 'global' }),
      ),
    elsewhere: () => AgentResource.logView({ name: 'own', bucket: '_Default', parent: 'projects/data', location: 'global' }),
  },
  'project-logs': { elsewhere: () => AgentResource.projectLogs() },
  'project-metrics': { elsewhere: () => AgentResource.projectMetrics({ project: 'data' }) },
  'project-traces': { elsewhere: () => AgentResource.projectTraces() },
  agent: {
    elsewhere: (stack) =>
      AgentResource.agent(
        AgentIdentity.fromIdentityAttributes(stack, 'Child', {
          agent: reader({ name: 'child' }),
          project: 'agents',
          email: 'child@agents.iam.gserviceaccount.com',
        }),
      ),
  },
};
