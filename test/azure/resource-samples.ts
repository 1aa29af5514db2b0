import { AppConfiguration } from '@cdktf/provider-azurerm/lib/app-configuration';
import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { CognitiveAccountProject } from '@cdktf/provider-azurerm/lib/cognitive-account-project';
import { CosmosdbSqlContainer } from '@cdktf/provider-azurerm/lib/cosmosdb-sql-container';
import { EventgridDomain } from '@cdktf/provider-azurerm/lib/eventgrid-domain';
import { EventgridTopic } from '@cdktf/provider-azurerm/lib/eventgrid-topic';
import { Eventhub } from '@cdktf/provider-azurerm/lib/eventhub';
import { KeyVaultKey } from '@cdktf/provider-azurerm/lib/key-vault-key';
import { KeyVaultSecret } from '@cdktf/provider-azurerm/lib/key-vault-secret';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { LogicAppWorkflow } from '@cdktf/provider-azurerm/lib/logic-app-workflow';
import { MonitorDataCollectionRule } from '@cdktf/provider-azurerm/lib/monitor-data-collection-rule';
import { SearchService } from '@cdktf/provider-azurerm/lib/search-service';
import { ServicebusQueue } from '@cdktf/provider-azurerm/lib/servicebus-queue';
import { ServicebusSubscription } from '@cdktf/provider-azurerm/lib/servicebus-subscription';
import { ServicebusTopic } from '@cdktf/provider-azurerm/lib/servicebus-topic';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { StorageQueue } from '@cdktf/provider-azurerm/lib/storage-queue';
import { StorageTable } from '@cdktf/provider-azurerm/lib/storage-table';
import { AgentIdentity } from '../../lib/azure/agent-identity';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import type { TerraformStack } from '../../lib/terraform/core';
import { reader } from '../fixtures/agents';

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';
export const PROVIDERS = `${SUBSCRIPTION}/resourceGroups/data/providers`;
const ACCOUNT = `${PROVIDERS}/Microsoft.CognitiveServices/accounts/ai`;
const STORAGE = `${PROVIDERS}/Microsoft.Storage/storageAccounts/books`;

/** One factory with a resource declared in the app, and with an imported one: the id and the scope it must give. */
export interface ResourceSample {
  readonly declared?: (stack: TerraformStack) => AgentResource;
  /** What the declared one's scope resolves to. */
  readonly reference?: string;
  readonly imported?: (resourceId: string) => AgentResource;
  readonly resourceId?: string;
  /** Where it differs from the id. */
  readonly scope?: string;
}

const place = { location: 'westeurope', resourceGroupName: 'data' };
const account = (stack: TerraformStack) => new CognitiveAccount(stack, 'X', { ...place, name: 'ai', kind: 'OpenAI', skuName: 'S0' });
const project = (stack: TerraformStack) =>
  new CognitiveAccountProject(stack, 'X', {
    cognitiveAccountId: ACCOUNT,
    location: 'westeurope',
    name: 'p',
    identity: { type: 'SystemAssigned' },
  });
const search = (stack: TerraformStack) => new SearchService(stack, 'X', { ...place, name: 'find', sku: 'basic' });
const id = (type: string) => `\${azurerm_${type}.X.id}`;

/** By factory of AgentResource; a test holds the list equal to the catalog's. */
export const SAMPLES: Readonly<Record<string, ResourceSample>> = {
  storageContainer: {
    declared: (stack) => AgentResource.storageContainer(new StorageContainer(stack, 'X', { name: 'invoices', storageAccountId: STORAGE })),
    reference: id('storage_container'),
    imported: (resourceId) => AgentResource.storageContainer({ resourceId }),
    resourceId: `${STORAGE}/blobServices/default/containers/invoices`,
  },
  storageQueue: {
    declared: (stack) => AgentResource.storageQueue(new StorageQueue(stack, 'X', { name: 'jobs', storageAccountId: STORAGE })),
    reference: id('storage_queue'),
    imported: (resourceId) => AgentResource.storageQueue({ resourceId }),
    resourceId: `${STORAGE}/queueServices/default/queues/jobs`,
  },
  storageTable: {
    declared: (stack) => AgentResource.storageTable(new StorageTable(stack, 'X', { name: 'notes', storageAccountName: 'books' })),
    reference: '${azurerm_storage_table.X.resource_manager_id}',
    imported: (resourceId) => AgentResource.storageTable({ resourceId }),
    resourceId: `${STORAGE}/tableServices/default/tables/notes`,
  },
  cosmosContainer: {
    declared: (stack) =>
      AgentResource.cosmosContainer(
        new CosmosdbSqlContainer(stack, 'X', {
          name: 'notes',
          accountName: 'docs',
          databaseName: 'agents',
          resourceGroupName: 'data',
          partitionKeyPaths: ['/p'],
        }),
      ),
    imported: (resourceId) => AgentResource.cosmosContainer({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.DocumentDB/databaseAccounts/docs/sqlDatabases/agents/containers/notes`,
    scope: `${PROVIDERS}/Microsoft.DocumentDB/databaseAccounts/docs/dbs/agents/colls/notes`,
  },
  serviceBusQueue: {
    declared: (stack) => AgentResource.serviceBusQueue(new ServicebusQueue(stack, 'X', { name: 'q', namespaceId: 'n' })),
    reference: id('servicebus_queue'),
    imported: (resourceId) => AgentResource.serviceBusQueue({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.ServiceBus/namespaces/bus/queues/q`,
  },
  serviceBusTopic: {
    declared: (stack) => AgentResource.serviceBusTopic(new ServicebusTopic(stack, 'X', { name: 't', namespaceId: 'n' })),
    reference: id('servicebus_topic'),
    imported: (resourceId) => AgentResource.serviceBusTopic({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.ServiceBus/namespaces/bus/topics/t`,
  },
  serviceBusSubscription: {
    declared: (stack) =>
      AgentResource.serviceBusSubscription(new ServicebusSubscription(stack, 'X', { name: 's', topicId: 't', maxDeliveryCount: 1 })),
    reference: id('servicebus_subscription'),
    imported: (resourceId) => AgentResource.serviceBusSubscription({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.ServiceBus/namespaces/bus/topics/t/subscriptions/s`,
  },
  eventHub: {
    declared: (stack) => AgentResource.eventHub(new Eventhub(stack, 'X', { name: 'h', namespaceId: 'n', partitionCount: 1 })),
    reference: id('eventhub'),
    imported: (resourceId) => AgentResource.eventHub({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.EventHub/namespaces/hubs/eventhubs/h`,
  },
  eventGridTopic: {
    declared: (stack) => AgentResource.eventGridTopic(new EventgridTopic(stack, 'X', { ...place, name: 't' })),
    reference: id('eventgrid_topic'),
    imported: (resourceId) => AgentResource.eventGridTopic({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.EventGrid/topics/t`,
  },
  eventGridDomain: {
    declared: (stack) => AgentResource.eventGridDomain(new EventgridDomain(stack, 'X', { ...place, name: 'd' })),
    reference: id('eventgrid_domain'),
    imported: (resourceId) => AgentResource.eventGridDomain({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.EventGrid/domains/d`,
  },
  keyVaultSecret: {
    declared: (stack) => AgentResource.keyVaultSecret(new KeyVaultSecret(stack, 'X', { name: 'token', keyVaultId: 'v' })),
    reference: '${azurerm_key_vault_secret.X.resource_versionless_id}',
    imported: (resourceId) => AgentResource.keyVaultSecret({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.KeyVault/vaults/v/secrets/token`,
  },
  keyVaultKey: {
    declared: (stack) =>
      AgentResource.keyVaultKey(new KeyVaultKey(stack, 'X', { name: 'k', keyVaultId: 'v', keyType: 'RSA', keyOpts: ['sign'] })),
    reference: '${azurerm_key_vault_key.X.resource_versionless_id}',
    imported: (resourceId) => AgentResource.keyVaultKey({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.KeyVault/vaults/v/keys/k`,
  },
  appConfiguration: {
    declared: (stack) => AgentResource.appConfiguration(new AppConfiguration(stack, 'X', { ...place, name: 'c' })),
    reference: id('app_configuration'),
    imported: (resourceId) => AgentResource.appConfiguration({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.AppConfiguration/configurationStores/c`,
  },
  model: {
    declared: (stack) => AgentResource.model(account(stack)),
    reference: id('cognitive_account'),
    imported: (resourceId) => AgentResource.model({ resourceId }),
    resourceId: ACCOUNT,
  },
  responsesModel: {
    declared: (stack) => AgentResource.responsesModel(account(stack)),
    reference: id('cognitive_account'),
    imported: (resourceId) => AgentResource.responsesModel({ resourceId }),
    resourceId: ACCOUNT,
  },
  embeddingModel: {
    declared: (stack) => AgentResource.embeddingModel(account(stack)),
    reference: id('cognitive_account'),
    imported: (resourceId) => AgentResource.embeddingModel({ resourceId }),
    resourceId: ACCOUNT,
  },
  inferenceModel: {
    declared: (stack) => AgentResource.inferenceModel(account(stack)),
    reference: id('cognitive_account'),
    imported: (resourceId) => AgentResource.inferenceModel({ resourceId }),
    resourceId: ACCOUNT,
  },
  contentSafety: {
    declared: (stack) => AgentResource.contentSafety(account(stack)),
    reference: id('cognitive_account'),
    imported: (resourceId) => AgentResource.contentSafety({ resourceId }),
    resourceId: ACCOUNT,
  },
  foundryProject: {
    declared: (stack) => AgentResource.foundryProject(project(stack)),
    reference: id('cognitive_account_project'),
    imported: (resourceId) => AgentResource.foundryProject({ resourceId }),
    resourceId: `${ACCOUNT}/projects/p`,
  },
  foundryAgent: {
    declared: (stack) => AgentResource.foundryAgent(project(stack), { agent: 'writer' }),
    reference: `${id('cognitive_account_project')}/agents/writer`,
    imported: (resourceId) => AgentResource.foundryAgent({ resourceId }, { agent: 'writer' }),
    resourceId: `${ACCOUNT}/projects/p`,
    scope: `${ACCOUNT}/projects/p/agents/writer`,
  },
  sessionPool: {
    imported: (resourceId) => AgentResource.sessionPool({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.App/sessionPools/pool`,
  },
  logicApp: {
    declared: (stack) => AgentResource.logicApp(new LogicAppWorkflow(stack, 'X', { ...place, name: 'w' })),
    reference: id('logic_app_workflow'),
    imported: (resourceId) => AgentResource.logicApp({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.Logic/workflows/w`,
  },
  durableTaskHub: {
    imported: (resourceId) => AgentResource.durableTaskHub({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.DurableTask/schedulers/s/taskHubs/h`,
  },
  searchIndex: {
    declared: (stack) => AgentResource.searchIndex(search(stack), { index: 'docs' }),
    reference: `${id('search_service')}/indexes/docs`,
    imported: (resourceId) => AgentResource.searchIndex({ resourceId }, { index: 'docs' }),
    resourceId: `${PROVIDERS}/Microsoft.Search/searchServices/find`,
    scope: `${PROVIDERS}/Microsoft.Search/searchServices/find/indexes/docs`,
  },
  knowledgeBases: {
    declared: (stack) => AgentResource.knowledgeBases(search(stack)),
    reference: id('search_service'),
    imported: (resourceId) => AgentResource.knowledgeBases({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.Search/searchServices/find`,
  },
  logAnalyticsWorkspace: {
    declared: (stack) => AgentResource.logAnalyticsWorkspace(new LogAnalyticsWorkspace(stack, 'X', { ...place, name: 'logs' })),
    reference: id('log_analytics_workspace'),
    imported: (resourceId) => AgentResource.logAnalyticsWorkspace({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.OperationalInsights/workspaces/logs`,
  },
  dataCollectionRule: {
    declared: (stack) =>
      AgentResource.dataCollectionRule(
        new MonitorDataCollectionRule(stack, 'X', {
          ...place,
          name: 'r',
          dataFlow: [{ destinations: ['d'], streams: ['s'] }],
          destinations: {},
        }),
      ),
    reference: id('monitor_data_collection_rule'),
    imported: (resourceId) => AgentResource.dataCollectionRule({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.Insights/dataCollectionRules/r`,
  },
  applicationInsights: {
    declared: (stack) =>
      AgentResource.applicationInsights(new ApplicationInsights(stack, 'X', { ...place, name: 'i', applicationType: 'other' })),
    reference: id('application_insights'),
    imported: (resourceId) => AgentResource.applicationInsights({ resourceId }),
    resourceId: `${PROVIDERS}/Microsoft.Insights/components/i`,
  },
  agent: {
    declared: (stack) => {
      const agent = reader({ name: 'child' });
      const resourceGroup = { name: 'agents', location: 'westeurope' };
      return AgentResource.agent(new AgentIdentity(stack, 'X', { agent, trust: AgentTrust.azureCompute(), resourceGroup }));
    },
  },
};
