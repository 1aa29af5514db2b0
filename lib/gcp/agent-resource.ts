import type { BoundResource } from '../core/access-plan';
import { bindVaultSecret } from '../core/vault-secret';
import type { IAgentIdentity } from './agent-identity';
import * as ai from './private/resources/ai';
import { type Binding, type BindingContext, projectWide } from './private/resources/binding';
import * as data from './private/resources/data';
import * as messaging from './private/resources/messaging';
import * as observability from './private/resources/observability';
import * as secrets from './private/resources/secrets';
import * as storage from './private/resources/storage';
import type { Owned } from './private/scopes';

export type {
  AgentSessionsOptions,
  MemoryBankOptions,
  ModelReference,
  ReasoningEngineOptions,
  ReasoningEngineReference,
} from './private/resources/ai';
export type {
  BigQueryDatasetReference,
  BigQueryOptions,
  BigQueryTableReference,
  BigtableTableReference,
  NamedReference,
} from './private/resources/data';
export type { LocatedReference } from './private/resources/messaging';
export type { LogViewReference } from './private/resources/observability';
export type {
  KeyReference,
  ParameterOptions,
  ParameterReference,
  RegionalSecretReference,
  SecretReference,
} from './private/resources/secrets';
export type { BucketOptions, BucketReference, ManagedFolderReference } from './private/resources/storage';
export type { Owned };

/**
 * A real thing on Google Cloud that a resource name of an agent's spec is bound to. Each factory takes the generated
 * resource, or what is known of one made elsewhere.
 *
 * Where a thing has no access policy of its own, its permissions are granted on its project; the factory says whether
 * they still hold for that one thing only. Names that a condition would read as more than themselves are refused.
 */
export class AgentResource {
  /** A Cloud Storage bucket, or the objects of one under a prefix. */
  static bucket(bucket: storage.BucketReference, options: storage.BucketOptions = {}): AgentResource {
    return new AgentResource(storage.bindBucket(bucket, options));
  }

  /** A managed folder of a bucket: unlike a prefix, it can also be listed. */
  static managedFolder(folder: storage.ManagedFolderReference): AgentResource {
    return new AgentResource(storage.bindManagedFolder(folder));
  }

  /** A Firestore database. Granted on its project, for this database only. */
  static firestoreDatabase(database: data.NamedReference): AgentResource {
    return new AgentResource(data.bindFirestoreDatabase(database));
  }

  static bigtableTable(table: data.BigtableTableReference): AgentResource {
    return new AgentResource(data.bindBigtableTable(table));
  }

  /** All tables of a BigQuery dataset. */
  static bigQueryDataset(dataset: data.BigQueryDatasetReference, options: data.BigQueryOptions = {}): AgentResource {
    return new AgentResource(data.bindBigQueryDataset(dataset, options));
  }

  static bigQueryTable(table: data.BigQueryTableReference, options: data.BigQueryOptions = {}): AgentResource {
    return new AgentResource(data.bindBigQueryTable(table, options));
  }

  /** A Cloud SQL instance. Granted on its project, for this instance only. */
  static cloudSqlInstance(instance: data.NamedReference): AgentResource {
    return new AgentResource(data.bindCloudSqlInstance(instance));
  }

  static pubsubTopic(topic: data.NamedReference): AgentResource {
    return new AgentResource(messaging.bindTopic(topic));
  }

  static pubsubSubscription(subscription: data.NamedReference): AgentResource {
    return new AgentResource(messaging.bindSubscription(subscription));
  }

  static cloudTasksQueue(queue: messaging.LocatedReference): AgentResource {
    return new AgentResource(messaging.bindTasksQueue(queue));
  }

  /** Eventarc message buses: every bus of the project, which is the narrowest there is. */
  static eventBus(bus: Owned & { readonly messageBusId: string }): AgentResource {
    return new AgentResource(projectWide('event-bus', bus, bus.messageBusId));
  }

  static secret(secret: secrets.SecretReference): AgentResource {
    return new AgentResource(secrets.bindSecret(secret));
  }

  static regionalSecret(secret: secrets.RegionalSecretReference): AgentResource {
    return new AgentResource(secrets.bindRegionalSecret(secret));
  }

  /** A parameter of Parameter Manager. Granted on its project, for this parameter only. */
  static parameter(parameter: secrets.ParameterReference, options: secrets.ParameterOptions): AgentResource {
    return new AgentResource(secrets.bindParameter(parameter, options));
  }

  /** A Cloud KMS key that encrypts and decrypts. */
  static cryptoKey(key: secrets.KeyReference): AgentResource {
    return new AgentResource(secrets.bindKey('crypto-key', key));
  }

  /** A Cloud KMS key that signs, and whose public key verifies. */
  static signingKey(key: secrets.KeyReference): AgentResource {
    return new AgentResource(secrets.bindKey('signing-key', key));
  }

  /** A Cloud KMS key that makes and verifies message authentication codes. */
  static macKey(key: secrets.KeyReference): AgentResource {
    return new AgentResource(secrets.bindKey('mac-key', key));
  }

  /**
   * A model on Vertex AI. IAM cannot tell models apart: the agent may call every model and endpoint of the project.
   * Give agents with different models different projects, and limit each project's models by organization policy.
   *
   * @see https://docs.cloud.google.com/vertex-ai/generative-ai/docs/control-model-access
   */
  static model(model: ai.ModelReference): AgentResource {
    return new AgentResource(ai.bindModel(model));
  }

  /** Model Armor templates: every template of the project, which is the narrowest there is. */
  static modelArmorTemplate(template: Owned & { readonly templateId: string }): AgentResource {
    return new AgentResource(projectWide('model-armor-template', template, template.templateId));
  }

  /** An agent that runs on Vertex AI Agent Engine. */
  static reasoningEngine(engine: ai.ReasoningEngineReference, options: ai.ReasoningEngineOptions = {}): AgentResource {
    return new AgentResource(ai.bindReasoningEngine(engine, options));
  }

  /** The Memory Bank of a project, or its memories of one scope. */
  static memoryBank(bank: Owned = {}, options: ai.MemoryBankOptions = {}): AgentResource {
    return new AgentResource(ai.bindMemoryBank(bank, options));
  }

  /** The Agent Engine sessions of a project, or those of one user. */
  static agentSessions(sessions: Owned = {}, options: ai.AgentSessionsOptions = {}): AgentResource {
    return new AgentResource(ai.bindAgentSessions(sessions, options));
  }

  /** Code sandboxes of Agent Engine: every sandbox of the project, which is the narrowest there is. */
  static codeSandbox(project: Owned = {}): AgentResource {
    return new AgentResource(projectWide('code-sandbox', project));
  }

  /** Remote MCP servers of Google Cloud services, called in a project. */
  static mcpTools(project: Owned = {}): AgentResource {
    return new AgentResource(projectWide('mcp-tools', project));
  }

  /** A Vector Search index: every index of the project, which is the narrowest there is. */
  static vectorSearchIndex(index: data.NamedReference): AgentResource {
    return new AgentResource(projectWide('vector-search-index', index, index.name));
  }

  /** A Vertex AI Search data store: every data store of the project, which is the narrowest there is. */
  static searchDataStore(store: Owned & { readonly dataStoreId: string }): AgentResource {
    return new AgentResource(projectWide('search-data-store', store, store.dataStoreId));
  }

  /** A corpus of the RAG engine: every corpus of the project, which is the narrowest there is. */
  static ragCorpus(corpus: data.NamedReference): AgentResource {
    return new AgentResource(projectWide('rag-corpus', corpus, corpus.name));
  }

  /** A Cloud Run service, among them functions of the second generation. */
  static cloudRunService(service: messaging.LocatedReference): AgentResource {
    return new AgentResource(messaging.bindCloudRunService(service));
  }

  static cloudRunJob(job: messaging.LocatedReference): AgentResource {
    return new AgentResource(messaging.bindCloudRunJob(job));
  }

  /** A workflow of Workflows: every workflow of the project, which is the narrowest there is. */
  static workflow(workflow: data.NamedReference): AgentResource {
    return new AgentResource(projectWide('workflow', workflow, workflow.name));
  }

  /** The entries that a view of a log bucket shows. */
  static logView(view: observability.LogViewReference): AgentResource {
    return new AgentResource(observability.bindLogView(view));
  }

  /** Where the agent's own log entries go: the logs of a project. */
  static projectLogs(project: Owned = {}): AgentResource {
    return new AgentResource(projectWide('project-logs', project));
  }

  /** Where the agent's own metrics go. */
  static projectMetrics(project: Owned = {}): AgentResource {
    return new AgentResource(projectWide('project-metrics', project));
  }

  /** Where the agent's own traces go. */
  static projectTraces(project: Owned = {}): AgentResource {
    return new AgentResource(projectWide('project-traces', project));
  }

  /** A sub-agent, bound under its own name. Needs an identity with a service account. */
  static agent(child: IAgentIdentity): AgentResource {
    return new AgentResource(ai.bindAgent(child));
  }

  /**
   * A secret of HashiCorp Vault: `AgentSecret` of `agentic-iam/vault` grants it, and nothing is granted here. Only what reads credentials takes it.
   * @param path as the agent asks for it, for example `secret/data/erp/token`
   */
  static vaultSecret(path: string): AgentResource {
    return new AgentResource(() => bindVaultSecret(path));
  }

  private constructor(private readonly binding: Binding) {}

  /** What the core plans with. For the constructs of this library. */
  bind(context: BindingContext): BoundResource {
    return this.binding(context);
  }
}
