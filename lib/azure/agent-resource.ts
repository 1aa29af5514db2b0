import type { BoundResource } from '../core/access-plan';
import { bindVaultSecret } from '../core/vault-secret';
import type {
  AiServices,
  AppConfiguration,
  ApplicationInsights,
  CognitiveAccount,
  CognitiveAccountProject,
  CosmosdbSqlContainer,
  EventgridDomain,
  EventgridTopic,
  Eventhub,
  KeyVaultKey,
  KeyVaultSecret,
  LogAnalyticsWorkspace,
  LogicAppWorkflow,
  MonitorDataCollectionRule,
  SearchService,
  ServicebusQueue,
  ServicebusSubscription,
  ServicebusTopic,
  StorageContainer,
  StorageQueue,
  StorageTable,
} from '../terraform/azurerm';
import type { IAgentIdentity } from './agent-identity';
import type { FoundryAgentOptions, ModelAccount, SearchIndexOptions } from './private/resources/ai';
import * as ai from './private/resources/ai';
import * as configuration from './private/resources/configuration';
import * as messaging from './private/resources/messaging';
import type { LogAnalyticsWorkspaceOptions } from './private/resources/monitoring';
import * as monitoring from './private/resources/monitoring';
import type { AzureResourceAttributes } from './private/resources/resource-id';
import type { StorageContainerOptions } from './private/resources/storage';
import * as storage from './private/resources/storage';

export type {
  AzureResourceAttributes,
  FoundryAgentOptions,
  LogAnalyticsWorkspaceOptions,
  ModelAccount,
  SearchIndexOptions,
  StorageContainerOptions,
};

/**
 * A real thing on Azure that a resource name of the spec is bound to. Each factory takes a resource this app declares or,
 * by `{ resourceId }`, one it does not. Access is granted at the resource itself, never above it.
 *
 * @throws AgenticIamError `invalid-resource-id` for an id of another kind of resource or of what contains it
 */
export class AgentResource {
  /** A blob container. */
  static storageContainer(container: StorageContainer | AzureResourceAttributes, options?: StorageContainerOptions): AgentResource {
    return new AgentResource(storage.storageContainer(container, options));
  }

  /** A queue of a storage account. */
  static storageQueue(queue: StorageQueue | AzureResourceAttributes): AgentResource {
    return new AgentResource(storage.storageQueue(queue));
  }

  /** A table of a storage account. */
  static storageTable(table: StorageTable | AzureResourceAttributes): AgentResource {
    return new AgentResource(storage.storageTable(table));
  }

  /** A container of Cosmos DB for NoSQL, granted by the account's own data-plane roles. */
  static cosmosContainer(container: CosmosdbSqlContainer | AzureResourceAttributes): AgentResource {
    return new AgentResource(storage.cosmosContainer(container));
  }

  static serviceBusQueue(queue: ServicebusQueue | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.serviceBusQueue(queue));
  }

  static serviceBusTopic(topic: ServicebusTopic | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.serviceBusTopic(topic));
  }

  /** A subscription of a Service Bus topic, received from like a queue. */
  static serviceBusSubscription(subscription: ServicebusSubscription | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.serviceBusSubscription(subscription));
  }

  static eventHub(hub: Eventhub | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.eventHub(hub));
  }

  static eventGridTopic(topic: EventgridTopic | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.eventGridTopic(topic));
  }

  static eventGridDomain(domain: EventgridDomain | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.eventGridDomain(domain));
  }

  /** One secret, in all its versions, of a vault that uses Azure RBAC. */
  static keyVaultSecret(secret: KeyVaultSecret | AzureResourceAttributes): AgentResource {
    return new AgentResource(configuration.keyVaultSecret(secret));
  }

  /** One key, in all its versions, of a vault that uses Azure RBAC. */
  static keyVaultKey(key: KeyVaultKey | AzureResourceAttributes): AgentResource {
    return new AgentResource(configuration.keyVaultKey(key));
  }

  /** A configuration store with all its keys: Azure cannot tell them apart. */
  static appConfiguration(store: AppConfiguration | AzureResourceAttributes): AgentResource {
    return new AgentResource(configuration.appConfiguration(store));
  }

  /**
   * An Azure OpenAI model called through chat completions. Azure decides at the account: of a deployment, its account is
   * taken, and every deployment there can be called.
   */
  static model(account: ModelAccount): AgentResource {
    return new AgentResource(ai.modelOf('model', 'chat-model', account));
  }

  /** As {@link AgentResource.model}, called through the responses API. */
  static responsesModel(account: ModelAccount): AgentResource {
    return new AgentResource(ai.modelOf('responsesModel', 'responses-model', account));
  }

  /** As {@link AgentResource.model}, for embeddings. */
  static embeddingModel(account: ModelAccount): AgentResource {
    return new AgentResource(ai.modelOf('embeddingModel', 'embedding-model', account));
  }

  /** As {@link AgentResource.model}, for models of other vendors behind the inference API of Foundry. */
  static inferenceModel(account: ModelAccount): AgentResource {
    return new AgentResource(ai.modelOf('inferenceModel', 'inference-model', account));
  }

  /** Content Safety: text moderation and prompt shields. */
  static contentSafety(account: CognitiveAccount | AiServices | AzureResourceAttributes): AgentResource {
    return new AgentResource(ai.contentSafety(account));
  }

  /** Every agent of a Foundry project. */
  static foundryProject(project: CognitiveAccountProject | AzureResourceAttributes): AgentResource {
    return new AgentResource(ai.foundryProject(project));
  }

  /** One agent of a Foundry project. */
  static foundryAgent(project: CognitiveAccountProject | AzureResourceAttributes, options: FoundryAgentOptions): AgentResource {
    return new AgentResource(ai.foundryAgent(project, options));
  }

  /** A pool of code interpreter sessions of Container Apps. */
  static sessionPool(pool: AzureResourceAttributes): AgentResource {
    return new AgentResource(ai.sessionPool(pool));
  }

  /** A workflow of Logic Apps on the Consumption plan. */
  static logicApp(workflow: LogicAppWorkflow | AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.logicApp(workflow));
  }

  /** A task hub of the Durable Task Scheduler. */
  static durableTaskHub(hub: AzureResourceAttributes): AgentResource {
    return new AgentResource(messaging.durableTaskHub(hub));
  }

  /** One index of an AI Search service. */
  static searchIndex(service: SearchService | AzureResourceAttributes, options: SearchIndexOptions): AgentResource {
    return new AgentResource(ai.searchIndex(service, options));
  }

  /** The knowledge bases of an AI Search service, and so every index of it. */
  static knowledgeBases(service: SearchService | AzureResourceAttributes): AgentResource {
    return new AgentResource(ai.knowledgeBases(service));
  }

  static logAnalyticsWorkspace(
    workspace: LogAnalyticsWorkspace | AzureResourceAttributes,
    options?: LogAnalyticsWorkspaceOptions,
  ): AgentResource {
    return new AgentResource(monitoring.logAnalyticsWorkspace(workspace, options));
  }

  /** A data collection rule, to which logs are sent. */
  static dataCollectionRule(rule: MonitorDataCollectionRule | AzureResourceAttributes): AgentResource {
    return new AgentResource(monitoring.dataCollectionRule(rule));
  }

  /** An Application Insights component, to which traces and metrics are sent. */
  static applicationInsights(component: ApplicationInsights | AzureResourceAttributes): AgentResource {
    return new AgentResource(monitoring.applicationInsights(component));
  }

  /**
   * The identity of a declared sub-agent. It is let in by the sub-agent's own trust, `AgentTrust.agent(parent)`; the
   * role grants nothing for it and checks that the trust is there.
   */
  static agent(child: IAgentIdentity): AgentResource {
    const scope = { agent: child.agent.name, fleet: child.fleet, clientId: child.clientId };
    return new AgentResource({ kind: 'agent-identity', agent: child.agent.name, targets: { identity: { scopes: [scope] } } });
  }

  /**
   * A secret of HashiCorp Vault: `AgentSecret` of `agentic-iam/vault` grants it, and nothing is granted here. Only what reads credentials takes it.
   * @param path as the agent asks for it, for example `secret/data/erp/token`
   */
  static vaultSecret(path: string): AgentResource {
    return new AgentResource(bindVaultSecret(path));
  }

  private constructor(
    /** What the access plan is made of. @internal */
    readonly bound: BoundResource,
  ) {}
}
