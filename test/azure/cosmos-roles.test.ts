import { Testing } from 'cdktf';
import { type AgentSpec, Capability } from '../../lib';
import { Agent } from '../../lib/azure/agent';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import { TerraformStack } from '../../lib/terraform/core';
import { reader } from '../fixtures/agents';
import { PROVIDERS } from './resource-samples';

const resourceGroup = { name: 'agents', location: 'westeurope' };
const containerOf = (account: string, name: string) =>
  AgentResource.cosmosContainer({
    resourceId: `${PROVIDERS}/Microsoft.DocumentDB/databaseAccounts/${account}/sqlDatabases/agents/containers/${name}`,
  });
const noteReader = (name: string): AgentSpec => reader({ name, capabilities: [Capability.readTable('notes')] });

/** What agents, each bound to one container, come to. */
function resourcesOf(bindings: Readonly<Record<string, AgentResource>>) {
  const stack = new TerraformStack(Testing.app(), 'stack');
  for (const [name, notes] of Object.entries(bindings)) {
    new Agent(stack, name, { agent: noteReader(name), trust: AgentTrust.azureCompute(), resourceGroup, resources: { notes } });
  }
  const { azurerm_cosmosdb_sql_role_definition, azurerm_cosmosdb_sql_role_assignment } = JSON.parse(Testing.synth(stack)).resource;
  return { definitions: azurerm_cosmosdb_sql_role_definition, assignments: azurerm_cosmosdb_sql_role_assignment };
}

test('the role belongs to the account and is assigned at the container, both under ids that stay', () => {
  const { definitions, assignments } = resourcesOf({ 'reader-a': containerOf('docs', 'notes') });
  expect({ definitions, assignments }).toMatchInlineSnapshot(`
{
  "assignments": {
    "main__reader_a__notes_container": {
      "account_name": "docs",
      "name": "\${uuidv5("bf95d6e3-e6e5-5310-ad2a-37244fd4c586", "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.DocumentDB/databaseAccounts/docs/dbs/agents/colls/notes|\${azurerm_user_assigned_identity.main__reader_a.principal_id}|\${azurerm_cosmosdb_sql_role_definition.main__wk2fnxmter.id}")}",
      "principal_id": "\${azurerm_user_assigned_identity.main__reader_a.principal_id}",
      "resource_group_name": "data",
      "role_definition_id": "\${azurerm_cosmosdb_sql_role_definition.main__wk2fnxmter.id}",
      "scope": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.DocumentDB/databaseAccounts/docs/dbs/agents/colls/notes",
    },
  },
  "definitions": {
    "main__wk2fnxmter": {
      "account_name": "docs",
      "assignable_scopes": [
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.DocumentDB/databaseAccounts/docs",
      ],
      "name": "agentic-iam main wk2fnxmter",
      "permissions": [
        {
          "data_actions": [
            "Microsoft.DocumentDB/databaseAccounts/readMetadata",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
          ],
        },
      ],
      "resource_group_name": "data",
      "role_definition_id": "\${uuidv5("bf95d6e3-e6e5-5310-ad2a-37244fd4c586", "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.DocumentDB/databaseAccounts/docs|main|wk2fnxmter")}",
      "type": "CustomRole",
    },
  },
}
`);
});

test('agents share the role of one account, and each is assigned it under an id of its own', () => {
  const { definitions, assignments } = resourcesOf({ 'reader-a': containerOf('docs', 'notes'), 'reader-b': containerOf('docs', 'notes') });
  expect(Object.keys(definitions)).toHaveLength(1);
  const ids = Object.values(assignments as Record<string, { name: string }>).map(({ name }) => name);
  expect(new Set(ids).size).toBe(2);
});

test('another account has a role of its own', () => {
  const { definitions } = resourcesOf({ 'reader-a': containerOf('docs', 'notes'), 'reader-b': containerOf('more', 'notes') });
  const accounts = Object.values(definitions as Record<string, { account_name: string }>).map(({ account_name }) => account_name);
  expect(accounts.sort()).toEqual(['docs', 'more']);
});
