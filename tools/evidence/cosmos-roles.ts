import type { BuiltInRole } from './azure-roles';

/** The page that lists the roles below; they are the accounts' own and in no list of Azure roles. */
export const COSMOS_SOURCE = 'https://learn.microsoft.com/en-us/azure/cosmos-db/nosql/security/reference-data-plane-roles';

const CONTAINERS = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers';
const METADATA = 'Microsoft.DocumentDB/databaseAccounts/readMetadata';

/** The built-in data-plane roles of Cosmos DB for NoSQL. */
export const COSMOS_ROLES: readonly BuiltInRole[] = [
  role('Cosmos DB Built-in Data Reader', '00000000-0000-0000-0000-000000000001', [
    METADATA,
    `${CONTAINERS}/items/read`,
    `${CONTAINERS}/executeQuery`,
    `${CONTAINERS}/readChangeFeed`,
  ]),
  role('Cosmos DB Built-in Data Contributor', '00000000-0000-0000-0000-000000000002', [
    METADATA,
    `${CONTAINERS}/*`,
    `${CONTAINERS}/items/*`,
  ]),
];

function role(roleName: string, name: string, dataActions: readonly string[]): BuiltInRole {
  return { roleName, name, permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }] };
}
