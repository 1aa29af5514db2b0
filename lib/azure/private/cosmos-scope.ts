import { Fn, Token } from '../../terraform/core';

/** Where a Cosmos DB data-plane role is assigned. Its scopes are spelled in its own way. */
export interface CosmosScope {
  /** `<account id>/dbs/<database>/colls/<container>` */
  readonly scope: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly resourceGroupName: string;
}

/**
 * Derives the scope from the resource id of a container; at deployment where the id is not known before.
 * @see https://learn.microsoft.com/en-us/azure/cosmos-db/nosql/security/how-to-grant-data-plane-role-based-access
 */
export function cosmosScope(containerId: string): CosmosScope {
  if (Token.isUnresolved(containerId)) {
    const part = (index: number) => Token.asString(Fn.element(Fn.split('/', containerId), index));
    return {
      scope: Fn.replace(Fn.replace(containerId, '/sqlDatabases/', '/dbs/'), '/containers/', '/colls/'),
      accountId: Token.asString(Fn.element(Fn.split('/sqlDatabases/', containerId), 0)),
      accountName: part(8),
      resourceGroupName: part(4),
    };
  }
  const parts = containerId.split('/');
  const accountId = parts.slice(0, 9).join('/');
  return {
    scope: `${accountId}/dbs/${parts[10]}/colls/${parts[12]}`,
    accountId,
    accountName: parts[8] ?? '',
    resourceGroupName: parts[4] ?? '',
  };
}
