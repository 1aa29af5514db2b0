import { CognitiveDeployment } from '@cdktf/provider-azurerm/lib/cognitive-deployment';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { Testing } from 'cdktf';
import fc from 'fast-check';
import { AgentResource } from '../../lib/azure/agent-resource';
import { CATALOG } from '../../lib/azure/catalog';
import type { BoundResource, NativeScope } from '../../lib/core/access-plan';
import { resolveTokens, TerraformStack } from '../../lib/terraform/core';
import { messageOf } from '../fixtures/agents';
import { OUTSIDE_FACTORIES } from '../setup/outside';
import { PROVIDERS, SAMPLES, SUBSCRIPTION } from './resource-samples';

const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');

const CONTAINER = `${PROVIDERS}/Microsoft.Storage/storageAccounts/books/blobServices/default/containers/invoices`;
const KINDS = Object.entries(CATALOG.kinds);
const SAMPLED = Object.entries(SAMPLES);

const scopesOf = (bound: BoundResource): NativeScope[] => Object.values(bound.targets).flatMap((target) => target.scopes);
const placeOf = (scope: NativeScope | undefined): string | undefined => (typeof scope === 'object' ? scope.scope : scope);

test('every factory belongs to one kind of the catalog, and every kind has one', () => {
  const factories = Object.getOwnPropertyNames(AgentResource).filter(
    (name) => !['length', 'name', 'prototype', ...OUTSIDE_FACTORIES].includes(name),
  );
  expect(factories.sort()).toEqual(KINDS.map(([, { factory }]) => factory).sort());
  expect(Object.keys(SAMPLES).sort()).toEqual(factories.sort());
});

test.each(KINDS)('%s is made by its factory with exactly its targets', (kind, { factory, targets }) => {
  const { declared, imported, resourceId = '' } = SAMPLES[factory] ?? {};
  const made = [declared?.(aStack()), imported?.(resourceId)].filter((one) => one !== undefined);
  expect(made.length).toBeGreaterThan(0);
  for (const { bound } of made) expect({ kind: bound.kind, targets: Object.keys(bound.targets) }).toEqual({ kind, targets });
});

test.each(SAMPLED.filter(([, { reference }]) => reference))('%s grants at the declared resource itself', (_, { declared, reference }) => {
  const stack = aStack();
  expect(resolveTokens(stack, scopesOf(declared?.(stack).bound as BoundResource))).toEqual([reference]);
});

test.each(SAMPLED.filter(([, { imported }]) => imported))(
  '%s grants at the imported resource itself',
  (_, { imported, resourceId = '', scope }) => {
    expect(scopesOf(imported?.(resourceId).bound as BoundResource).map(placeOf)).toEqual([scope ?? resourceId]);
  },
);

test.each(SAMPLED.filter(([, { imported }]) => imported))(
  '%s refuses the id of what contains the resource',
  (_, { imported, resourceId = '' }) => {
    const wider = [resourceId.slice(0, resourceId.lastIndexOf('/')), `${SUBSCRIPTION}/resourceGroups/data`, SUBSCRIPTION, '/', ''];
    for (const id of wider) expect(messageOf(() => imported?.(id))).toMatch(/\[invalid-resource-id\]$/);
  },
);

test('the refusal of an id says what form it takes', () => {
  expect(messageOf(() => AgentResource.storageContainer({ resourceId: SUBSCRIPTION }))).toMatchInlineSnapshot(
    `"AgentResource.storageContainer needs a resource id of the form '/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Storage/storageAccounts/<name>/blobServices/default/containers/<name>', because access is granted exactly there, and a shorter id would be wider, got: '/subscriptions/00000000-0000-0000-0000-000000000001'; pass the full id of the resource itself [invalid-resource-id]"`,
  );
});

test('a container declared by the name of its account is granted on by its Resource Manager id', () => {
  const stack = aStack();
  const container = new StorageContainer(stack, 'X', { name: 'invoices', storageAccountName: 'books' });
  expect(resolveTokens(stack, scopesOf(AgentResource.storageContainer(container).bound))).toEqual([
    '${azurerm_storage_container.X.resource_manager_id}',
  ]);
});

test('of a model deployment its account is taken, as Azure decides there, and reviews see that it is more', () => {
  const stack = aStack();
  const account = `${PROVIDERS}/Microsoft.CognitiveServices/accounts/ai`;
  const deployment = new CognitiveDeployment(stack, 'X', {
    name: 'gpt',
    cognitiveAccountId: account,
    model: { format: 'OpenAI', name: 'gpt' },
    sku: { name: 'Standard' },
  });
  const { bound } = AgentResource.model(deployment);
  expect(resolveTokens(stack, scopesOf(bound))).toEqual(['${azurerm_cognitive_deployment.X.cognitive_account_id}']);
  expect(bound.targets.account?.wide).toBe(true);
});

test('the scope of a declared Cosmos DB container is derived from its id at deployment', () => {
  const stack = aStack();
  const bound = SAMPLES.cosmosContainer?.declared?.(stack).bound as BoundResource;
  expect(resolveTokens(stack, scopesOf(bound)[0])).toMatchInlineSnapshot(`
{
  "accountId": "\${element(split("/sqlDatabases/", azurerm_cosmosdb_sql_container.X.id), 0)}",
  "accountName": "\${element(split("/", azurerm_cosmosdb_sql_container.X.id), 8)}",
  "resourceGroupName": "\${element(split("/", azurerm_cosmosdb_sql_container.X.id), 4)}",
  "scope": "\${element(split("/sqlDatabases/", azurerm_cosmosdb_sql_container.X.id), 0)}/dbs/\${element(split("/", azurerm_cosmosdb_sql_container.X.id), 10)}/colls/\${element(split("/", azurerm_cosmosdb_sql_container.X.id), 12)}",
}
`);
});

test('an id known only at deployment passes as it is', () => {
  const stack = aStack();
  const other = new StorageContainer(stack, 'Other', { name: 'o', storageAccountId: 'a' });
  const { bound } = AgentResource.storageContainer({ resourceId: other.id });
  expect(resolveTokens(stack, scopesOf(bound))).toEqual(['${azurerm_storage_container.Other.id}']);
});

const ofContainer = (prefix: string) => messageOf(() => AgentResource.storageContainer({ resourceId: CONTAINER }, { prefix }));

test.each([
  ["a'b", 'quotes or backslashes'],
  ['a*', "'*' or '?'"],
  ['a?', "'*' or '?'"],
  ['${var.x}', "'${'"],
  ['%{if}', "'%{'"],
  ['a\nb', 'control characters'],
  ['/a', "a leading '/' and not empty"],
  ['', "a leading '/' and not empty"],
])('the prefix %j is refused', (prefix, found) => {
  expect(ofContainer(prefix)).toContain(`AgentResource.storageContainer needs 'prefix' without ${found}`);
});

test('a prefix that is not refused reaches the condition unchanged', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (prefix) => {
      try {
        const { bound } = AgentResource.storageContainer({ resourceId: CONTAINER }, { prefix });
        return bound.targets.container?.conditions?.prefix === prefix && !/['"\\*?]|\$\{/.test(prefix);
      } catch {
        return true;
      }
    }),
  );
});

test('a prefix must be known at synth', () => {
  const container = new StorageContainer(aStack(), 'X', { name: 'c', storageAccountId: 'a' });
  expect(ofContainer(container.name)).toMatchInlineSnapshot(
    `"AgentResource.storageContainer needs 'prefix' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'prefix' instead of an attribute of another resource [unresolved-token]"`,
  );
});

const WORKSPACE = { resourceId: `${PROVIDERS}/Microsoft.OperationalInsights/workspaces/logs` };

test('no tables is refused, as it would read as every table', () => {
  expect(messageOf(() => AgentResource.logAnalyticsWorkspace(WORKSPACE, { tables: [] }))).toMatchInlineSnapshot(
    `"AgentResource.logAnalyticsWorkspace needs 'tables' not to be empty, because an empty list would read as every table; set 'tables' [empty-field]"`,
  );
  expect(messageOf(() => AgentResource.logAnalyticsWorkspace(WORKSPACE, { tables: ["A' OR 'B"] }))).toContain(
    'without quotes or backslashes',
  );
});

test.each([
  ['an index', (index: string) => AgentResource.searchIndex({ resourceId: `${PROVIDERS}/Microsoft.Search/searchServices/s` }, { index })],
  [
    'an agent',
    (agent: string) =>
      AgentResource.foundryAgent({ resourceId: `${PROVIDERS}/Microsoft.CognitiveServices/accounts/a/projects/p` }, { agent }),
  ],
])('the name of %s cannot lead elsewhere', (_, make) => {
  for (const name of ['', 'a/b', '../x', 'a*']) expect(messageOf(() => make(name))).toMatch(/\[unsafe-value\]$/);
});
