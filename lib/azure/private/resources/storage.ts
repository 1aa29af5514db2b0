import type { BoundResource } from '../../../core/access-plan';
import { unsafeValue } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { unresolvedToken } from '../../../core/native-errors';
import type { CosmosdbSqlContainer, StorageContainer, StorageQueue, StorageTable } from '../../../terraform/azurerm';
import { Token } from '../../../terraform/core';
import { cosmosScope } from '../cosmos-scope';
import { type AzureResourceAttributes, idOf, importedId, isDeclared } from './resource-id';

/** Which blobs of a container. */
export interface StorageContainerOptions {
  /**
   * Only blobs whose path begins so, for example `invoices/`; case-sensitive, a literal. Listing then works only with a
   * prefix of at least this.
   * @default - every blob of the container
   */
  readonly prefix?: string;
}

const ACCOUNT = 'Microsoft.Storage/storageAccounts/<name>';

export function storageContainer(
  container: StorageContainer | AzureResourceAttributes,
  { prefix }: StorageContainerOptions = {},
): BoundResource {
  const scope = isDeclared('storageContainer', container)
    ? managerId(container)
    : importedId('storageContainer', `${ACCOUNT}/blobServices/default/containers/<name>`, container.resourceId);
  const conditions = prefix === undefined ? {} : { conditions: { prefix: checkPrefix(prefix) } };
  return { kind: 'storage-container', targets: { container: { scopes: [scope], ...conditions } } };
}

export function storageQueue(queue: StorageQueue | AzureResourceAttributes): BoundResource {
  const scope = isDeclared('storageQueue', queue)
    ? managerId(queue)
    : importedId('storageQueue', `${ACCOUNT}/queueServices/default/queues/<name>`, queue.resourceId);
  return { kind: 'storage-queue', targets: { queue: { scopes: [scope] } } };
}

export function storageTable(table: StorageTable | AzureResourceAttributes): BoundResource {
  const shape = `${ACCOUNT}/tableServices/default/tables/<name>`;
  const scope = isDeclared('storageTable', table) ? table.resourceManagerId : importedId('storageTable', shape, table.resourceId);
  return { kind: 'storage-table', targets: { table: { scopes: [scope] } } };
}

export function cosmosContainer(container: CosmosdbSqlContainer | AzureResourceAttributes): BoundResource {
  const shape = 'Microsoft.DocumentDB/databaseAccounts/<name>/sqlDatabases/<name>/containers/<name>';
  const scope = cosmosScope(idOf('cosmosContainer', shape, container));
  return { kind: 'cosmos-container', targets: { container: { scopes: [{ ...scope }] } } };
}

/**
 * Declared by `storage_account_id`, the id is one of Resource Manager and `resource_manager_id` is deprecated; declared
 * by `storage_account_name`, the id is an address of the data plane.
 * @see https://github.com/hashicorp/terraform-provider-azurerm/blob/main/website/docs/r/storage_container.html.markdown
 */
function managerId(resource: StorageContainer | StorageQueue): string {
  return resource.storageAccountIdInput === undefined ? resource.resourceManagerId : resource.id;
}

function checkPrefix(prefix: string): string {
  const subject = 'AgentResource.storageContainer';
  if (Token.isUnresolved(prefix)) throw unresolvedToken(subject, 'prefix');
  checkLiteral(subject, 'prefix', prefix);
  if (prefix === '' || prefix.startsWith('/')) {
    throw unsafeValue(subject, {
      field: 'prefix',
      value: prefix,
      found: "a leading '/' and not empty",
      reason: 'the paths of blobs begin with a name, so it would match none or all',
    });
  }
  return prefix;
}
