import { Testing } from 'cdktf';
import { stableStringify } from '../../lib/core/json';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { CATALOG, SCOPES } from '../../lib/gcp/catalog';
import { resolveTokens, TerraformStack, Token } from '../../lib/terraform/core';
import { messageOf, reader } from '../fixtures/agents';
import { OUTSIDE_FACTORIES } from '../setup/outside';
import { bucket, SAMPLES } from './resource-samples';

const CONTEXT = { project: 'agents', timed: false };
const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');
const bindingOf = (resource: AgentResource, stack: TerraformStack) => resolveTokens(stack, resource.bind(CONTEXT));

test('there is a sample of every kind', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(CATALOG.kinds).sort());
});

test.each(Object.entries(CATALOG.kinds))(
  'kind %s comes from its factory, with its targets, at places with a policy',
  (kind, { factory, targets }) => {
    expect(AgentResource).toHaveProperty(factory, expect.any(Function));
    for (const make of [SAMPLES[kind]?.made, SAMPLES[kind]?.elsewhere]) {
      if (!make) continue;
      const bound = make(aStack()).bind(CONTEXT);
      expect({ kind: bound.kind, targets: Object.keys(bound.targets) }).toEqual({ kind, targets });
      for (const { scopes } of Object.values(bound.targets)) {
        expect(scopes).toHaveLength(1);
        expect(Object.keys(SCOPES)).toContain((scopes[0] as { type: string }).type);
      }
    }
  },
);

test('every factory makes a kind of the catalog', () => {
  const factories = Object.getOwnPropertyNames(AgentResource).filter(
    (name) => !['length', 'name', 'prototype', ...OUTSIDE_FACTORIES].includes(name),
  );
  expect(factories.sort()).toEqual([...new Set(Object.values(CATALOG.kinds).map(({ factory }) => factory))].sort());
});

test('what is made elsewhere is bound by its written names', () => {
  const stack = aStack();
  const bound = Object.fromEntries(Object.entries(SAMPLES).map(([kind, { elsewhere }]) => [kind, elsewhere(stack).bind(CONTEXT).targets]));
  const shown = Object.entries(bound).map(([kind, targets]) => `${kind}: ${stableStringify(targets)}`);
  expect(shown).toMatchInlineSnapshot(`
[
  "bucket: {"listing":{"scopes":[{"bucket":"books","project":"data","type":"storage-bucket"}]},"objects":{"scopes":[{"bucket":"books","project":"data","type":"storage-bucket"}]}}",
  "bucket-prefix: {"objects":{"conditions":{"expression":"resource.name.startsWith(\\"projects/_/buckets/books/objects/invoices/\\")","title":"prefix"},"scopes":[{"bucket":"books","type":"storage-bucket"}]}}",
  "managed-folder: {"listing":{"scopes":[{"bucket":"books","managedFolder":"invoices/","project":"data","type":"storage-managed-folder"}]},"objects":{"scopes":[{"bucket":"books","managedFolder":"invoices/","project":"data","type":"storage-managed-folder"}]}}",
  "firestore-database: {"database":{"conditions":{"expression":"resource.name == \\"projects/data/databases/db\\"","title":"database"},"scopes":[{"project":"data","type":"project"}]}}",
  "bigtable-table: {"table":{"scopes":[{"instanceName":"i","table":"t","type":"bigtable-table"}]}}",
  "bigquery-dataset: {"data":{"scopes":[{"datasetId":"d","type":"bigquery-dataset"}]},"jobs":{"scopes":[{"project":"billing","type":"project"}],"wide":true}}",
  "bigquery-table: {"data":{"scopes":[{"datasetId":"d","project":"data","tableId":"t","type":"bigquery-table"}]},"jobs":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "cloud-sql-instance: {"instance":{"conditions":{"expression":"resource.type == \\"sqladmin.googleapis.com/Instance\\" && resource.name == \\"projects/agents/instances/sql\\"","title":"instance"},"scopes":[{"project":"agents","type":"project"}]}}",
  "cloud-tasks-queue: {"queue":{"scopes":[{"location":"europe-west1","name":"q","project":"data","type":"cloud-tasks-queue"}]}}",
  "pubsub-topic: {"topic":{"scopes":[{"project":"data","topic":"t","type":"pubsub-topic"}]}}",
  "pubsub-subscription: {"subscription":{"scopes":[{"project":"data","subscription":"s","type":"pubsub-subscription"}]}}",
  "event-bus: {"project":{"scopes":[{"meant":"bus","project":"agents","type":"project"}],"wide":true}}",
  "secret: {"secret":{"scopes":[{"project":"data","secretId":"token","type":"secret"}]}}",
  "regional-secret: {"secret":{"scopes":[{"location":"europe-west1","secretId":"token","type":"regional-secret"}]}}",
  "parameter: {"parameter":{"conditions":{"expression":"resource.name.startsWith(\\"projects/42/locations/europe-west1/parameters/config/\\")","title":"parameter"},"scopes":[{"project":"agents","type":"project"}]}}",
  "crypto-key: {"key":{"scopes":[{"cryptoKeyId":"projects/keys/locations/eu/keyRings/r/cryptoKeys/k","project":"keys","type":"crypto-key"}]}}",
  "signing-key: {"key":{"scopes":[{"cryptoKeyId":"projects/keys/locations/eu/keyRings/r/cryptoKeys/k","project":"keys","type":"crypto-key"}]}}",
  "mac-key: {"key":{"scopes":[{"cryptoKeyId":"projects/keys/locations/eu/keyRings/r/cryptoKeys/k","project":"keys","type":"crypto-key"}]}}",
  "model: {"project":{"scopes":[{"meant":"publishers/google/models/gemini-2.5-flash","project":"agents","type":"project"}],"wide":true}}",
  "model-armor-template: {"project":{"scopes":[{"meant":"strict","project":"agents","type":"project"}],"wide":true}}",
  "reasoning-engine: {"runtime":{"scopes":[{"meant":"locations/europe-west1/reasoningEngines/7","project":"agents","type":"project"}],"wide":true}}",
  "mcp-tools: {"project":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "code-sandbox: {"project":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "cloud-run-service: {"service":{"scopes":[{"location":"europe-west1","name":"svc","project":"data","type":"cloud-run-service"}]}}",
  "cloud-run-job: {"job":{"scopes":[{"location":"europe-west1","name":"job","project":"data","type":"cloud-run-job"}]}}",
  "workflow: {"project":{"scopes":[{"meant":"wf","project":"agents","type":"project"}],"wide":true}}",
  "vector-search-index: {"project":{"scopes":[{"meant":"9","project":"agents","type":"project"}],"wide":true}}",
  "search-data-store: {"project":{"scopes":[{"meant":"docs","project":"agents","type":"project"}],"wide":true}}",
  "rag-corpus: {"project":{"scopes":[{"meant":"5","project":"agents","type":"project"}],"wide":true}}",
  "memory-bank: {"memories":{"conditions":{"expression":"api.getAttribute(\\"aiplatform.googleapis.com/memoryScope\\", {}) == {\\"app\\": \\"desk\\", \\"user_id\\": \\"a1\\"}","title":"memory scope"},"scopes":[{"project":"agents","type":"project"}]}}",
  "agent-sessions: {"sessions":{"conditions":{"expression":"api.getAttribute(\\"aiplatform.googleapis.com/sessionUserId\\", \\"\\") == \\"a1\\"","title":"session user"},"scopes":[{"project":"agents","type":"project"}]}}",
  "log-view: {"view":{"scopes":[{"bucket":"_Default","location":"global","name":"own","parent":"projects/data","project":"data","type":"log-view"}]}}",
  "project-logs: {"project":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "project-metrics: {"project":{"scopes":[{"project":"data","type":"project"}],"wide":true}}",
  "project-traces: {"project":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "agent: {"agent":{"scopes":[{"project":"agents","serviceAccountId":"projects/agents/serviceAccounts/child@agents.iam.gserviceaccount.com","type":"service-account"}]}}",
]
`);
});

test('what the app makes is bound by reference, and says a project only where one was written', () => {
  const shown = Object.entries(SAMPLES).flatMap(([kind, { made }]) => {
    const stack = aStack();
    return made ? [`${kind}: ${stableStringify((bindingOf(made(stack), stack) as { targets: unknown }).targets)}`] : [];
  });
  expect(shown).toMatchInlineSnapshot(`
[
  "bucket: {"listing":{"scopes":[{"bucket":"\${google_storage_bucket.Bucket.name}","type":"storage-bucket"}]},"objects":{"scopes":[{"bucket":"\${google_storage_bucket.Bucket.name}","type":"storage-bucket"}]}}",
  "bucket-prefix: {"objects":{"conditions":{"expression":"resource.name.startsWith(\\"projects/_/buckets/\${google_storage_bucket.Bucket.name}/objects/invoices/\\")","title":"prefix"},"scopes":[{"bucket":"\${google_storage_bucket.Bucket.name}","type":"storage-bucket"}]}}",
  "managed-folder: {"listing":{"scopes":[{"bucket":"\${google_storage_managed_folder.X.bucket}","managedFolder":"\${google_storage_managed_folder.X.name}","type":"storage-managed-folder"}]},"objects":{"scopes":[{"bucket":"\${google_storage_managed_folder.X.bucket}","managedFolder":"\${google_storage_managed_folder.X.name}","type":"storage-managed-folder"}]}}",
  "firestore-database: {"database":{"conditions":{"expression":"resource.name == \\"projects/\${google_firestore_database.X.project}/databases/\${google_firestore_database.X.name}\\"","title":"database"},"scopes":[{"project":"\${google_firestore_database.X.project}","type":"project"}]}}",
  "bigtable-table: {"table":{"scopes":[{"instanceName":"\${google_bigtable_table.X.instance_name}","table":"\${google_bigtable_table.X.name}","type":"bigtable-table"}]}}",
  "bigquery-dataset: {"data":{"scopes":[{"datasetId":"\${google_bigquery_dataset.X.dataset_id}","project":"data","type":"bigquery-dataset"}]},"jobs":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "bigquery-table: {"data":{"scopes":[{"datasetId":"\${google_bigquery_table.X.dataset_id}","tableId":"\${google_bigquery_table.X.table_id}","type":"bigquery-table"}]},"jobs":{"scopes":[{"project":"agents","type":"project"}],"wide":true}}",
  "cloud-sql-instance: {"instance":{"conditions":{"expression":"resource.type == \\"sqladmin.googleapis.com/Instance\\" && resource.name == \\"projects/data/instances/\${google_sql_database_instance.X.name}\\"","title":"instance"},"scopes":[{"project":"data","type":"project"}]}}",
  "cloud-tasks-queue: {"queue":{"scopes":[{"location":"\${google_cloud_tasks_queue.X.location}","name":"\${google_cloud_tasks_queue.X.name}","type":"cloud-tasks-queue"}]}}",
  "pubsub-topic: {"topic":{"scopes":[{"topic":"\${google_pubsub_topic.X.name}","type":"pubsub-topic"}]}}",
  "pubsub-subscription: {"subscription":{"scopes":[{"subscription":"\${google_pubsub_subscription.X.name}","type":"pubsub-subscription"}]}}",
  "event-bus: {"project":{"scopes":[{"meant":"\${google_eventarc_message_bus.X.message_bus_id}","project":"data","type":"project"}],"wide":true}}",
  "secret: {"secret":{"scopes":[{"secretId":"\${google_secret_manager_secret.X.secret_id}","type":"secret"}]}}",
  "regional-secret: {"secret":{"scopes":[{"location":"\${google_secret_manager_regional_secret.X.location}","secretId":"\${google_secret_manager_regional_secret.X.secret_id}","type":"regional-secret"}]}}",
  "parameter: {"parameter":{"conditions":{"expression":"resource.name.startsWith(\\"projects/42/locations/global/parameters/\${google_parameter_manager_parameter.X.parameter_id}/\\")","title":"parameter"},"scopes":[{"project":"data","type":"project"}]}}",
  "crypto-key: {"key":{"scopes":[{"cryptoKeyId":"\${google_kms_crypto_key.X.id}","project":"keys","type":"crypto-key"}]}}",
  "signing-key: {"key":{"scopes":[{"cryptoKeyId":"\${google_kms_crypto_key.X.id}","project":"keys","type":"crypto-key"}]}}",
  "mac-key: {"key":{"scopes":[{"cryptoKeyId":"\${google_kms_crypto_key.X.id}","project":"keys","type":"crypto-key"}]}}",
  "model-armor-template: {"project":{"scopes":[{"meant":"\${google_model_armor_template.X.template_id}","project":"data","type":"project"}],"wide":true}}",
  "cloud-run-service: {"service":{"scopes":[{"location":"\${google_cloud_run_v2_service.X.location}","name":"\${google_cloud_run_v2_service.X.name}","type":"cloud-run-service"}]}}",
  "cloud-run-job: {"job":{"scopes":[{"location":"\${google_cloud_run_v2_job.X.location}","name":"\${google_cloud_run_v2_job.X.name}","type":"cloud-run-job"}]}}",
  "workflow: {"project":{"scopes":[{"meant":"\${google_workflows_workflow.X.name}","project":"data","type":"project"}],"wide":true}}",
  "vector-search-index: {"project":{"scopes":[{"meant":"\${google_vertex_ai_index.X.name}","project":"data","type":"project"}],"wide":true}}",
  "search-data-store: {"project":{"scopes":[{"meant":"\${google_discovery_engine_data_store.X.data_store_id}","project":"\${google_discovery_engine_data_store.X.project}","type":"project"}],"wide":true}}",
  "log-view: {"view":{"scopes":[{"bucket":"\${google_logging_log_view.X.bucket}","location":"\${google_logging_log_view.X.location}","name":"\${google_logging_log_view.X.name}","parent":"\${google_logging_log_view.X.parent}","project":"data","type":"log-view"}]}}",
]
`);
});

test('a bucket bound under a prefix can be listed only as a whole, and only when asked for', () => {
  const one = AgentResource.bucket({ name: 'books' }, { prefix: 'invoices/', listAll: true }).bind(CONTEXT);
  expect(one).toMatchInlineSnapshot(`
{
  "kind": "bucket",
  "targets": {
    "listing": {
      "scopes": [
        {
          "bucket": "books",
          "type": "storage-bucket",
        },
      ],
    },
    "objects": {
      "conditions": {
        "expression": "resource.name.startsWith("projects/_/buckets/books/objects/invoices/")",
        "title": "prefix",
      },
      "scopes": [
        {
          "bucket": "books",
          "type": "storage-bucket",
        },
      ],
    },
  },
}
`);
});

test('an engine is granted on itself where the binding says so', () => {
  const engine = AgentResource.reasoningEngine({ name: '7', location: 'eu' }, { onEngine: true }).bind(CONTEXT);
  expect(engine.targets.runtime?.scopes).toEqual([{ type: 'reasoning-engine', project: 'agents', reasoningEngine: '7', region: 'eu' }]);
});

test('memories and sessions are all of the project unless the binding names whose', () => {
  expect(AgentResource.memoryBank().bind(CONTEXT).targets.memories).toEqual({
    scopes: [{ type: 'project', project: 'agents' }],
    wide: true,
  });
  expect(AgentResource.agentSessions().bind(CONTEXT).targets.sessions).toEqual({
    scopes: [{ type: 'project', project: 'agents' }],
    wide: true,
  });
});

const federated = (stack: TerraformStack) =>
  AgentIdentity.fromIdentityAttributes(stack, 'Child', {
    agent: reader({ name: 'child' }),
    project: 'agents',
    member: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s',
  });

const token = (stack: TerraformStack) => Token.asString({ resolve: () => `of ${stack.node.id}` });

const LITERAL = 'give the literal value; the library adds the patterns it needs [unsafe-value]';
const BREAKS = 'without quotes or backslashes, because it would break the document it is written into';
const WILDCARD = "without '*' or '?', because it would be read as a wildcard and widen the grant";

test.each<[string, (stack: TerraformStack) => unknown, string]>([
  [
    'a prefix with a wildcard',
    () => AgentResource.bucket({ name: 'b' }, { prefix: 'in/*' }),
    `resource of kind 'bucket' needs 'prefix' ${WILDCARD}, got: 'in/*'; ${LITERAL}`,
  ],
  [
    'a prefix with a quote',
    () => AgentResource.bucket({ name: 'b' }, { prefix: 'in") || true || ("' }),
    `resource of kind 'bucket' needs 'prefix' ${BREAKS}, got: 'in") || true || ("'; ${LITERAL}`,
  ],
  [
    'a prefix with a template',
    () => AgentResource.bucket({ name: 'b' }, { prefix: 'in/%{x}' }),
    `resource of kind 'bucket' needs 'prefix' without '%{', because it would be read as a template directive, got: 'in/%{x}'; ${LITERAL}`,
  ],
  [
    'a prefix that is a token',
    (stack) => AgentResource.bucket({ name: 'b' }, { prefix: token(stack) }),
    "resource of kind 'bucket' needs 'prefix' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'prefix' instead of an attribute of another resource [unresolved-token]",
  ],
  [
    'an empty prefix',
    () => AgentResource.bucket({ name: 'b' }, { prefix: '' }),
    "resource of kind 'bucket' needs 'prefix' not to be empty, because an empty prefix is every object; set 'prefix' [empty-field]",
  ],
  [
    'a prefix in a bucket with per-object lists',
    (stack) => AgentResource.bucket(bucket(stack, false), { prefix: 'in/' }).bind(CONTEXT),
    "resource of kind 'bucket' needs uniform bucket-level access to be bound under a prefix or in time, because its access policy takes no conditions otherwise, got: false; set 'uniformBucketLevelAccess: true' on the bucket, or leave out the prefix and the window [invalid-binding]",
  ],
  [
    'a name with a wildcard',
    () => AgentResource.pubsubTopic({ name: 'orders-*' }),
    `resource of kind 'pubsub-topic' needs 'name' ${WILDCARD}, got: 'orders-*'; ${LITERAL}`,
  ],
  [
    'a database with a quote',
    () => AgentResource.firestoreDatabase({ name: 'db" || true' }),
    `resource of kind 'firestore-database' needs 'name' ${BREAKS}, got: 'db" || true'; ${LITERAL}`,
  ],
  [
    'a user with a quote',
    () => AgentResource.agentSessions({}, { userId: 'x" || "' }),
    `resource of kind 'agent-sessions' needs 'userId' ${BREAKS}, got: 'x" || "'; ${LITERAL}`,
  ],
  [
    'a memory scope with a quote',
    () => AgentResource.memoryBank({}, { scope: { 'user"': 'x' } }),
    `resource of kind 'memory-bank' needs 'scope' ${BREAKS}, got: 'user"'; ${LITERAL}`,
  ],
  [
    'the id of a project for its number',
    () => AgentResource.parameter({ parameterId: 'c' }, { projectNumber: 'data' }),
    "resource of kind 'parameter' needs 'projectNumber' in digits, because a condition on a parameter names the project by number, and one with the id never holds, got: 'data'; give the project's number [invalid-binding]",
  ],
  [
    'a sub-agent without an account',
    (stack) => AgentResource.agent(federated(stack)),
    "agent 'child' needs a service account to be delegated to, because only a service account can be taken on by another identity, got: 'federated-principal'; make its identity with new AgentIdentity(...) [invalid-binding]",
  ],
  [
    'an empty name',
    () => AgentResource.secret({ secretId: ' ' }),
    "resource of kind 'secret' needs 'secretId' not to be empty, because what is granted must be on exactly one thing; set 'secretId' [empty-field]",
  ],
  [
    'a session user without a name, which every session without a user would match',
    () => AgentResource.agentSessions({}, { userId: '' }),
    "resource of kind 'agent-sessions' needs 'userId' not to be empty, because what is granted must be on exactly one thing; set 'userId' [empty-field]",
  ],
  [
    'a memory scope of nothing',
    () => AgentResource.memoryBank({}, { scope: {} }),
    "resource of kind 'memory-bank' needs 'scope' not to be empty, because an empty scope is every memory; set 'scope' [empty-field]",
  ],
  [
    'a quote beside a reference',
    (stack) => AgentResource.firestoreDatabase({ name: `${token(stack)}" || true || "` }),
    `resource of kind 'firestore-database' needs 'name' ${BREAKS}, got: '" || true || "'; ${LITERAL}`,
  ],
  [
    'a template beside a reference',
    (stack) => AgentResource.pubsubTopic({ name: `${token(stack)}%{ if true }` }),
    `resource of kind 'pubsub-topic' needs 'name' without '%{', because it would be read as a template directive, got: '%{ if true }'; ${LITERAL}`,
  ],
  [
    'a wildcard for a thing that is reached through its project',
    () => AgentResource.workflow({ name: '*' }).bind(CONTEXT),
    `resource of kind 'workflow' needs 'name' ${WILDCARD}, got: '*'; ${LITERAL}`,
  ],
  [
    'a version of a key',
    () => AgentResource.cryptoKey({ id: 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1' }),
    "resource of kind 'crypto-key' needs a resource id of the form 'projects/P/locations/L/keyRings/R/cryptoKeys/K', because access is granted exactly there, and a shorter id would be wider, got: 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'; pass the full id of the resource itself [invalid-resource-id]",
  ],
  [
    'a managed folder without its slash',
    () => AgentResource.managedFolder({ bucket: 'b', name: 'in' }),
    "resource of kind 'managed-folder' needs a 'name' that ends in a slash, because Cloud Storage knows no managed folder by another, got: 'in'; write it as 'in/' [invalid-binding]",
  ],
  [
    'a log view of an organization',
    () => AgentResource.logView({ name: 'v', bucket: 'b', location: 'global', parent: 'organizations/1' }),
    "resource of kind 'log-view' needs a 'parent' that is a project, because a custom role of a project cannot be granted on the logs of a folder or an organization, got: 'organizations/1'; write it as 'projects/PROJECT', or route those logs to a bucket of a project [invalid-binding]",
  ],
])('%s is refused', (_title, make, message) => {
  expect(messageOf(() => make(aStack()))).toBe(message);
});

test('a bucket with per-object lists may be bound whole, but not in time', () => {
  const whole = AgentResource.bucket(bucket(aStack(), false));
  expect(whole.bind(CONTEXT).kind).toBe('bucket');
  expect(messageOf(() => whole.bind({ ...CONTEXT, timed: true }))).toContain('uniform bucket-level access');
});
