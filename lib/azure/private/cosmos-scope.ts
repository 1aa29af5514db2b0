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
  const known = Token.isUnresolved(containerId) ? undefined : containerId.split('/');
  const part = (index: number): string => known?.[index] ?? Token.asString(Fn.element(Fn.split('/', containerId), index));
  // Not by Terraform's replace(): it reads a needle between slashes as a regular expression.
  const accountId = known?.slice(0, 9).join('/') ?? Token.asString(Fn.element(Fn.split('/sqlDatabases/', containerId), 0));
  return {
    scope: `${accountId}/dbs/${part(10)}/colls/${part(12)}`,
    accountId,
    accountName: part(8),
    resourceGroupName: part(4),
  };
}
