import { invalidBinding } from '../../../core/native-errors';

/** A resource or data source of Terraform; every generated class is one. */
interface DeclaredResource {
  readonly terraformResourceType: string;
}

/** Not by the members of the attributes: generated classes have a `resourceId` too. */
export function isOfTerraform(resource: object): resource is DeclaredResource {
  return 'terraformResourceType' in resource;
}

/**
 * What each factory takes of what the app declares, by Terraform's type. Compilers let more pass: a generated class with
 * a `resourceId` fits every factory, and its id would grant somewhere else or nowhere.
 */
const TERRAFORM_TYPES: Readonly<Record<string, readonly string[]>> = {
  storageContainer: ['azurerm_storage_container'],
  storageQueue: ['azurerm_storage_queue'],
  storageTable: ['azurerm_storage_table'],
  cosmosContainer: ['azurerm_cosmosdb_sql_container'],
  serviceBusQueue: ['azurerm_servicebus_queue'],
  serviceBusTopic: ['azurerm_servicebus_topic'],
  serviceBusSubscription: ['azurerm_servicebus_subscription'],
  eventHub: ['azurerm_eventhub'],
  eventGridTopic: ['azurerm_eventgrid_topic'],
  eventGridDomain: ['azurerm_eventgrid_domain'],
  keyVaultSecret: ['azurerm_key_vault_secret'],
  keyVaultKey: ['azurerm_key_vault_key'],
  appConfiguration: ['azurerm_app_configuration'],
  model: ['azurerm_cognitive_account', 'azurerm_ai_services', 'azurerm_cognitive_deployment'],
  responsesModel: ['azurerm_cognitive_account', 'azurerm_ai_services', 'azurerm_cognitive_deployment'],
  embeddingModel: ['azurerm_cognitive_account', 'azurerm_ai_services', 'azurerm_cognitive_deployment'],
  inferenceModel: ['azurerm_cognitive_account', 'azurerm_ai_services', 'azurerm_cognitive_deployment'],
  contentSafety: ['azurerm_cognitive_account', 'azurerm_ai_services'],
  foundryProject: ['azurerm_cognitive_account_project'],
  foundryAgent: ['azurerm_cognitive_account_project'],
  logicApp: ['azurerm_logic_app_workflow'],
  searchIndex: ['azurerm_search_service'],
  knowledgeBases: ['azurerm_search_service'],
  logAnalyticsWorkspace: ['azurerm_log_analytics_workspace'],
  dataCollectionRule: ['azurerm_monitor_data_collection_rule'],
  applicationInsights: ['azurerm_application_insights'],
};

/** @throws AgenticIamError `invalid-binding` for a declared resource of a type the factory does not take */
export function checkDeclared(factory: string, resource: DeclaredResource): void {
  const takes = TERRAFORM_TYPES[factory] ?? [];
  const type = resource.terraformResourceType;
  if (takes.includes(type)) return;
  throw invalidBinding(`AgentResource.${factory}`, {
    rule: takes.length > 0 ? `needs a declared ${takes.join(' or ')}, or '{ resourceId }'` : "needs '{ resourceId }'",
    reason: 'access is granted at its id, and the id of anything else is another place or none',
    value: type,
    fix: 'pass the resource itself, or write { resourceId: ... } with its Resource Manager id',
  });
}
