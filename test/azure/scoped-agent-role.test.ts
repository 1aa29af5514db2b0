import { CosmosdbSqlContainer } from '@cdktf/provider-azurerm/lib/cosmosdb-sql-container';
import { KeyVaultSecret } from '@cdktf/provider-azurerm/lib/key-vault-secret';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import { AgentMode, type AgentSpec, Capability } from '../../lib';
import { AgentIdentity, type IAgentIdentity } from '../../lib/azure/agent-identity';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import { CATALOG } from '../../lib/azure/catalog';
import { ScopedAgentRole, type ScopedAgentRoleProps } from '../../lib/azure/scoped-agent-role';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { PROVIDERS, SAMPLES, SUBSCRIPTION } from './resource-samples';

type Block = Record<string, unknown>;
type Blocks = Record<string, Record<string, Block>>;

const WINDOW = { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' };
const SECRET = { resourceId: `${PROVIDERS}/Microsoft.KeyVault/vaults/v/secrets/token` };

const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');
const resourcesOf = (stack: TerraformStack): Blocks => JSON.parse(Testing.synth(stack)).resource;
const container = (stack: TerraformStack, id = 'Invoices') =>
  new StorageContainer(stack, id, { name: 'books', storageAccountId: 'account' });

function identityOf(stack: TerraformStack, agent: AgentSpec, fleet = 'prod'): AgentIdentity {
  const resourceGroup = { name: 'agents', location: 'westeurope' };
  return new AgentIdentity(stack, `${fleet}-${agent.name}`, { agent, fleet, trust: AgentTrust.azureCompute(), resourceGroup });
}

function scope(stack: TerraformStack, agent: AgentSpec, props: Omit<ScopedAgentRoleProps, 'identity'>): ScopedAgentRole {
  return new ScopedAgentRole(stack, `Role-${agent.name}`, { identity: identityOf(stack, agent), ...props });
}

const only = (blocks: Record<string, Block> | undefined): Block => {
  const all = Object.values(blocks ?? {});
  expect(all).toHaveLength(1);
  return all[0] as Block;
};

test('a reader of a container becomes one role and one assignment, and nothing else', () => {
  const stack = aStack();
  scope(stack, reader(), { resources: { invoices: AgentResource.storageContainer(container(stack), { prefix: 'invoices/' }) } });
  const { azurerm_storage_container: _, azurerm_user_assigned_identity: __, ...made } = resourcesOf(stack);
  expect(made).toMatchInlineSnapshot(`
{
  "azurerm_role_assignment": {
    "prod__invoice_reader__invoices_container": {
      "condition": "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'invoices/')) AND ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'invoices/'))",
      "condition_version": "2.0",
      "description": "agentic-iam: agent invoice-reader of fleet prod",
      "name": "\${uuidv5("bf95d6e3-e6e5-5310-ad2a-37244fd4c586", "\${azurerm_storage_container.Invoices.id}|\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}|\${azurerm_role_definition.prod__xwi46xtr55.role_definition_resource_id}")}",
      "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
      "principal_type": "ServicePrincipal",
      "role_definition_id": "\${azurerm_role_definition.prod__xwi46xtr55.role_definition_resource_id}",
      "scope": "\${azurerm_storage_container.Invoices.id}",
      "skip_service_principal_aad_check": true,
    },
  },
  "azurerm_role_definition": {
    "prod__xwi46xtr55": {
      "assignable_scopes": [
        "\${data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id}",
      ],
      "description": "Exactly what agents of fleet prod need on one kind of resource. Made by agentic-iam; do not assign by hand.",
      "name": "agentic-iam prod xwi46xtr55 \${substr(sha256(data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id), 0, 10)}",
      "permissions": [
        {
          "actions": [],
          "data_actions": [
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
          ],
          "not_actions": [],
          "not_data_actions": [],
        },
      ],
      "role_definition_id": "\${uuidv5("bf95d6e3-e6e5-5310-ad2a-37244fd4c586", "\${data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id}|prod|xwi46xtr55")}",
      "scope": "\${data.azurerm_subscription.AgenticIamRoles_Subscription_D6195424.id}",
    },
  },
}
`);
});

test('agents of one fleet that need the same share a role, and each has its own assignment', () => {
  const stack = aStack();
  for (const name of ['reader-a', 'reader-b']) {
    scope(stack, reader({ name }), { resources: { invoices: AgentResource.storageContainer(container(stack, name), { prefix: name }) } });
  }
  const { azurerm_role_definition, azurerm_role_assignment } = resourcesOf(stack);
  expect(Object.keys(azurerm_role_definition ?? {})).toHaveLength(1);
  expect(Object.keys(azurerm_role_assignment ?? {})).toEqual(['prod__reader_a__invoices_container', 'prod__reader_b__invoices_container']);
});

test('another fleet, another permission or another stack has another role', () => {
  const names = (fleet: string, capability: Capability, id = 'stack'): string[] => {
    const stack = new TerraformStack(Testing.app(), id);
    const identity = identityOf(stack, reader({ capabilities: [capability], mode: AgentMode.READ_WRITE }), fleet);
    new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.storageContainer(container(stack)) } });
    return Object.keys(resourcesOf(stack).azurerm_role_definition ?? {});
  };
  const read = Capability.readObjects('invoices');
  const all = [
    names('prod', read),
    names('test', read),
    names('prod', Capability.deleteObjects('invoices')),
    names('prod', read, 'other'),
  ].flat();
  expect(new Set(all).size).toBe(4);
  expect(names('prod', read)).toEqual([all[0]]);
});

test('two resource names in one container share its one assignment, each under its own prefix', () => {
  const stack = aStack();
  const books = container(stack);
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: [Capability.readObjects('in'), Capability.overwriteObjects('out')] });
  scope(stack, agent, {
    resources: {
      in: AgentResource.storageContainer(books, { prefix: 'in/' }),
      out: AgentResource.storageContainer(books, { prefix: 'out/' }),
    },
  });
  const { azurerm_role_assignment, azurerm_role_definition } = resourcesOf(stack);
  expect(only(azurerm_role_assignment).condition).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'in/')) AND ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '-')) AND ((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'out/'))"`,
  );
  expect(only(azurerm_role_definition).permissions).toMatchInlineSnapshot(`
[
  {
    "actions": [],
    "data_actions": [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    ],
    "not_actions": [],
    "not_data_actions": [],
  },
]
`);
});

test('on blobs a window is a condition', () => {
  const stack = aStack();
  scope(stack, reader({ capabilities: [Capability.listObjects('invoices'), Capability.readObjects('invoices')] }), {
    resources: { invoices: AgentResource.storageContainer(container(stack)) },
    ...WINDOW,
  });
  const { azurerm_role_assignment, azurerm_pim_active_role_assignment } = resourcesOf(stack);
  expect(azurerm_pim_active_role_assignment).toBeUndefined();
  expect(only(azurerm_role_assignment).condition).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'}) AND !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})) OR (@Environment[UtcNow] DateTimeGreaterThan '2027-01-01T00:00:00.000Z' AND @Environment[UtcNow] DateTimeLessThan '2027-02-01T00:00:00.000Z'))"`,
  );
});

test('elsewhere a window is a scheduled assignment, which ends by itself', () => {
  const stack = aStack();
  const secret = new KeyVaultSecret(stack, 'Token', { name: 'token', keyVaultId: 'vault' });
  scope(stack, reader({ capabilities: [Capability.readSecret('token')] }), {
    resources: { token: AgentResource.keyVaultSecret(secret) },
    ...WINDOW,
  });
  const { azurerm_role_assignment, azurerm_pim_active_role_assignment } = resourcesOf(stack);
  expect(azurerm_role_assignment).toBeUndefined();
  expect(only(azurerm_pim_active_role_assignment)).toMatchInlineSnapshot(`
{
  "justification": "agentic-iam: agent invoice-reader of fleet prod",
  "principal_id": "\${azurerm_user_assigned_identity.prod__invoice_reader.principal_id}",
  "role_definition_id": "\${azurerm_role_definition.prod__gjos6puwuy.role_definition_resource_id}",
  "schedule": {
    "expiration": {
      "end_date_time": "2027-02-01T00:00:00Z",
    },
    "start_date_time": "2027-01-01T00:00:00Z",
  },
  "scope": "\${azurerm_key_vault_secret.Token.resource_versionless_id}",
}
`);
});

test.each([
  [{ notBefore: WINDOW.notBefore }, [{ start_date_time: WINDOW.notBefore }]],
  [{ notAfter: WINDOW.notAfter }, [{ expiration: { end_date_time: WINDOW.notAfter } }]],
])('a window open at one end schedules the other: %j', (window, [schedule]) => {
  const stack = aStack();
  scope(stack, reader({ capabilities: [Capability.readSecret('token')] }), {
    resources: { token: AgentResource.keyVaultSecret(SECRET) },
    ...window,
  });
  expect(only(resourcesOf(stack).azurerm_pim_active_role_assignment).schedule).toEqual(schedule);
});

test('what reads logs is split over both planes of one role', () => {
  const stack = aStack();
  const workspace = new LogAnalyticsWorkspace(stack, 'Logs', { name: 'logs', location: 'westeurope', resourceGroupName: 'ops' });
  scope(stack, reader({ capabilities: [Capability.readLogs('audit')] }), {
    resources: { audit: AgentResource.logAnalyticsWorkspace(workspace, { tables: ['AppTraces'] }) },
  });
  const { azurerm_role_definition, azurerm_role_assignment } = resourcesOf(stack);
  expect(only(azurerm_role_definition).permissions).toMatchInlineSnapshot(`
[
  {
    "actions": [
      "Microsoft.OperationalInsights/workspaces/query/read",
      "Microsoft.OperationalInsights/workspaces/read",
    ],
    "data_actions": [
      "Microsoft.OperationalInsights/workspaces/tables/data/read",
    ],
    "not_actions": [],
    "not_data_actions": [],
  },
]
`);
  expect(only(azurerm_role_assignment).condition).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.OperationalInsights/workspaces/tables/data/read'})) OR (@Resource[Microsoft.OperationalInsights/workspaces/tables:name] StringEquals 'AppTraces'))"`,
  );
});

test('documents of Cosmos DB are granted by a role of the account, on the container', () => {
  const stack = aStack();
  const notes = new CosmosdbSqlContainer(stack, 'Notes', {
    name: 'notes',
    accountName: 'docs',
    databaseName: 'agents',
    resourceGroupName: 'data',
    partitionKeyPaths: ['/p'],
  });
  scope(stack, reader({ capabilities: [Capability.readTable('notes'), Capability.queryTable('notes')] }), {
    resources: { notes: AgentResource.cosmosContainer(notes) },
  });
  const { azurerm_cosmosdb_sql_role_definition, azurerm_cosmosdb_sql_role_assignment, azurerm_role_definition } = resourcesOf(stack);
  expect(azurerm_role_definition).toBeUndefined();
  expect(only(azurerm_cosmosdb_sql_role_definition).permissions).toMatchInlineSnapshot(`
[
  {
    "data_actions": [
      "Microsoft.DocumentDB/databaseAccounts/readMetadata",
      "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
      "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
    ],
  },
]
`);
  expect(only(azurerm_cosmosdb_sql_role_assignment).scope).toMatchInlineSnapshot(
    `"\${element(split("/sqlDatabases/", azurerm_cosmosdb_sql_container.Notes.id), 0)}/dbs/\${element(split("/", azurerm_cosmosdb_sql_container.Notes.id), 10)}/colls/\${element(split("/", azurerm_cosmosdb_sql_container.Notes.id), 12)}"`,
  );
});

test('an imported Cosmos DB container needs nothing computed but its names', () => {
  const stack = aStack();
  const { imported, resourceId = '', scope: place } = SAMPLES.cosmosContainer ?? {};
  scope(stack, reader({ capabilities: [Capability.readTable('notes')] }), {
    resources: { notes: imported?.(resourceId) as AgentResource },
  });
  expect(only(resourcesOf(stack).azurerm_cosmosdb_sql_role_assignment)).toMatchObject({
    account_name: 'docs',
    resource_group_name: 'data',
    scope: place,
  });
});

const GRANTS = Object.entries(CATALOG.capabilities).flatMap(([id, { grants = [] }]) =>
  grants.flatMap((grant) => grant.kinds.map((kind) => ({ id, kind }))),
);

test.each(GRANTS.filter(({ id }) => id !== 'agents:delegate'))('$id on $kind names every operation and one resource', ({ id, kind }) => {
  const stack = aStack();
  const { imported, resourceId = '' } = SAMPLES[CATALOG.kinds[kind]?.factory ?? ''] ?? {};
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: [Capability.of(id, 'thing')] });
  scope(stack, agent, { resources: { thing: imported?.(resourceId) as AgentResource } });
  const { azurerm_user_assigned_identity: _, ...made } = resourcesOf(stack);
  const permissions = Object.values(made)
    .flatMap((blocks) => Object.values(blocks))
    .flatMap((block) => (block.permissions as Record<string, string[]>[] | undefined) ?? [])
    .flatMap((one) => Object.values(one).flat());
  expect(permissions.length).toBeGreaterThan(0);
  expect(permissions.join()).not.toMatch(/[*?]/);
  const assignments = Object.entries(made).filter(([type]) => type.endsWith('_assignment'));
  expect(assignments.map(([, blocks]) => Object.keys(blocks).length)).toEqual([1]);
  const place = String(only(assignments[0]?.[1]).scope);
  expect(place.split('/').length).toBeGreaterThan(8);
  expect(place.startsWith(PROVIDERS)).toBe(true);
});

test('the assignable scope can be a resource group, and then no subscription is looked up', () => {
  const stack = aStack();
  const assignableScope = `${SUBSCRIPTION}/resourceGroups/data`;
  scope(stack, reader(), { resources: { invoices: AgentResource.storageContainer(container(stack)) }, assignableScope });
  const { data, resource } = JSON.parse(Testing.synth(stack));
  expect(data).toBeUndefined();
  expect(only(resource.azurerm_role_definition)).toMatchObject({ scope: assignableScope, assignable_scopes: [assignableScope] });
});

test('a role is the same at every synth, though its assignable scope is known only at deployment', () => {
  const address = (tokensBefore: number): string[] => {
    const stack = aStack();
    const group = new ResourceGroup(stack, 'Group', { name: 'data', location: 'westeurope' });
    for (let made = 0; made < tokensBefore; made++) expect(group.name).toContain('Token');
    scope(stack, reader(), { resources: { invoices: AgentResource.storageContainer(container(stack)) }, assignableScope: group.id });
    const { azurerm_role_definition } = resourcesOf(stack);
    expect(only(azurerm_role_definition).assignable_scopes).toEqual(['${azurerm_resource_group.Group.id}']);
    return Object.keys(azurerm_role_definition ?? {});
  };
  expect(address(0)).toEqual(address(7));
});

test('a management group is refused as assignable scope', () => {
  const stack = aStack();
  const assignableScope = '/providers/Microsoft.Management/managementGroups/all';
  const resources = { invoices: AgentResource.storageContainer(container(stack)) };
  expect(messageOf(() => scope(stack, reader(), { resources, assignableScope }))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' needs a resource id of the form '/subscriptions/<id> or /subscriptions/<id>/resourceGroups/<name>', because access is granted exactly there, and a shorter id would be wider, got: '/providers/Microsoft.Management/managementGroups/all'; pass the full id of the resource itself [invalid-resource-id]"`,
  );
});

test('the addresses of assignments stay when the role moves in the tree', () => {
  const addresses = (nest: (stack: TerraformStack) => Construct): string[] => {
    const stack = aStack();
    const identity = identityOf(stack, reader());
    new ScopedAgentRole(nest(stack), 'Role', { identity, resources: { invoices: AgentResource.storageContainer(container(stack)) } });
    const { azurerm_role_assignment, azurerm_role_definition } = resourcesOf(stack);
    return [...Object.keys(azurerm_role_assignment ?? {}), ...Object.keys(azurerm_role_definition ?? {})];
  };
  expect(addresses((stack) => new Construct(new Construct(stack, 'Deep'), 'Deeper'))).toEqual(addresses((stack) => stack));
});

test('a role may stand in another stack than its identity', () => {
  const app = Testing.app();
  const identity = identityOf(new TerraformStack(app, 'identities'), reader());
  const stack = new TerraformStack(app, 'roles');
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.storageContainer(container(stack)) } });
  stack.prepareStack();
  const { azurerm_role_assignment, azurerm_role_definition } = resourcesOf(stack);
  expect(only(azurerm_role_assignment).principal_id).toMatch(/^\$\{data\.terraform_remote_state\..*principal_id\}$/);
  expect(only(azurerm_role_definition)).toBeDefined();
  expect(manifestOf(stack).agents[0]?.access.flatMap(({ scopes }) => scopes)).toContain('${azurerm_storage_container.Invoices.id}');
});

const bound = { invoices: AgentResource.storageContainer({ resourceId: SAMPLES.storageContainer?.resourceId ?? '' }) };
const cosmos = { notes: AgentResource.cosmosContainer({ resourceId: SAMPLES.cosmosContainer?.resourceId ?? '' }) };
const tables = {
  audit: AgentResource.logAnalyticsWorkspace({ resourceId: SAMPLES.logAnalyticsWorkspace?.resourceId ?? '' }, { tables: ['T'] }),
};
const notes = [Capability.readTable('notes')];
const audit = [Capability.readLogs('audit')];

type Case = readonly [Parameters<typeof reader>[0], Omit<ScopedAgentRoleProps, 'identity'>];

const REFUSED: Readonly<Record<string, Case>> = {
  'an unbound resource': [{}, { resources: {} }],
  'a surplus resource': [{}, { resources: { ...bound, more: AgentResource.keyVaultSecret(SECRET) } }],
  'a kind the capability cannot use': [{}, { resources: { invoices: AgentResource.keyVaultSecret(SECRET) } }],
  'a capability Azure does not have': [
    { capabilities: [Capability.invokeFunction('fn')] },
    { resources: { fn: AgentResource.keyVaultSecret(SECRET) } },
  ],
  'a window that ends before it starts': [{}, { resources: bound, notBefore: WINDOW.notAfter, notAfter: WINDOW.notBefore }],
  'a window on Cosmos DB': [{ capabilities: notes }, { resources: cosmos, ...WINDOW }],
  'a window beside a condition that knows no time': [{ capabilities: audit }, { resources: tables, ...WINDOW }],
};

test('each of these is refused, with what to do', () => {
  const messages = Object.entries(REFUSED).map(([what, [changes, props]]) => [
    what,
    messageOf(() => scope(aStack(), reader({ mode: AgentMode.READ_WRITE, ...changes }), props)),
  ]);
  expect(Object.fromEntries(messages)).toMatchInlineSnapshot(`
{
  "a capability Azure does not have": "agent 'invoice-reader' cannot use capability 'functions:invoke' on azure, because an HTTP-triggered function checks a key, or an app role in the caller's token; Azure RBAC has no operation for calling it; nearest alternative: trigger the function by a queue or topic and use queues:send or events:publish; or require an app role of the function's application [unsupported-capability]",
  "a kind the capability cannot use": "agent 'invoice-reader' cannot use capability 'objects:list' on 'invoices', because it is bound to kind 'key-vault-secret'; bind it to one of: 'storage-container' [wrong-kind]",
  "a surplus resource": "agent 'invoice-reader' must not be bound to a resource it does not name, because a binding without a capability is a mistake in one of the two, got: 'more'; remove it from 'resources', or add a capability (named: 'invoices') [surplus-resource]",
  "a window beside a condition that knows no time": "agent 'invoice-reader' cannot bound its access to 'audit' in time, because its role assignment needs a condition, and the kind of assignment that ends by itself takes none; leave out 'notBefore' and 'notAfter', or move this resource to an agent without them [window-unsupported]",
  "a window on Cosmos DB": "agent 'invoice-reader' cannot bound its access to 'notes' in time, because an assignment of a Cosmos DB data-plane role has neither condition nor end; leave out 'notBefore' and 'notAfter', or move this resource to an agent without them [window-unsupported]",
  "a window that ends before it starts": "agent 'invoice-reader' needs 'notBefore' to lie before 'notAfter', got: '2027-02-01T00:00:00Z .. 2027-01-01T00:00:00Z'; swap or correct the dates [window-reversed]",
  "an unbound resource": "agent 'invoice-reader' needs every resource it names to be bound, got: 'invoices'; add 'invoices' to 'resources' (bound: none) [unbound-resource]",
}
`);
});

test('a condition over 8 KB is refused with what made it so long', () => {
  const names = Array.from({ length: 40 }, (_, index) => `part-${index}`);
  const resources = Object.fromEntries(
    names.map((name) => {
      const { resourceId = '' } = SAMPLES.storageContainer ?? {};
      return [name, AgentResource.storageContainer({ resourceId }, { prefix: `${'long-'.repeat(30)}${name}/` })];
    }),
  );
  const agent = reader({ capabilities: names.map((name) => Capability.readObjects(name)) });
  expect(messageOf(() => scope(aStack(), agent, { resources }))).toMatch(
    /^agent 'invoice-reader' needs the condition of one role assignment to stay within 8192 characters, because .*\[policy-too-large\]$/,
  );
});

test('a second role of one identity is refused', () => {
  const stack = aStack();
  const identity = identityOf(stack, reader());
  new ScopedAgentRole(stack, 'One', { identity, resources: bound });
  expect(messageOf(() => new ScopedAgentRole(stack, 'Two', { identity, resources: bound }))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' takes exactly one ScopedAgentRole, got: 'stack/prod-invoice-reader'; declare all its resources there [role-already-scoped]"`,
  );
});

test('an identity that is not of this app is refused', () => {
  const stack = aStack();
  const identity = identityOf(aStack(), reader()) as IAgentIdentity;
  expect(messageOf(() => new ScopedAgentRole(stack, 'Role', { identity, resources: bound }))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' needs its identity in the same app as its role, because the manifest is made of both, got: 'stack/prod-invoice-reader'; make it with AgentIdentity, or import it with AgentIdentity.fromIdentityAttributes() [unregistered-identity]"`,
  );
});

test('a native grant is made, and the manifest and its findings show it', () => {
  const stack = aStack();
  const role = scope(stack, reader(), { resources: bound });
  role.addNativeGrant('Costs', { roleName: 'Cost Management Reader', scope: SUBSCRIPTION });
  const assignment = Object.entries(resourcesOf(stack).azurerm_role_assignment ?? {}).find(([id]) => id.includes('Costs'))?.[1];
  expect(assignment).toMatchObject({
    role_definition_name: 'Cost Management Reader',
    scope: SUBSCRIPTION,
    principal_type: 'ServicePrincipal',
  });
  const [agent] = manifestOf(stack).agents;
  expect(agent?.native).toMatchInlineSnapshot(`
[
  {
    "conditions": [],
    "origin": "stack/Role-invoice-reader/Costs",
    "permissions": [
      "Cost Management Reader",
    ],
    "scopes": [
      "/subscriptions/00000000-0000-0000-0000-000000000001",
    ],
  },
]
`);
  expect(agent?.findings.map((finding) => finding.id)).toContain('native-grant');
});

test.each([{}, { roleName: 'Reader', roleDefinitionId: 'x' }])('a native grant of %j is refused', (which) => {
  const role = scope(aStack(), reader(), { resources: bound });
  expect(messageOf(() => role.addNativeGrant('Odd', { scope: SUBSCRIPTION, ...which }))).toBe(
    "agent 'invoice-reader' needs exactly one of 'roleName' and 'roleDefinitionId' in a native grant, got: 'Odd'; give 'roleName' for a built-in role, 'roleDefinitionId' for any other [native-role]",
  );
});

test('the manifest shows each permission with its capability, scope, conditions and window', () => {
  const stack = aStack();
  const resources = { invoices: AgentResource.storageContainer(container(stack), { prefix: 'invoices/' }) };
  scope(stack, reader(), { resources, notAfter: WINDOW.notAfter });
  const [agent] = manifestOf(stack).agents;
  expect({ access: agent?.access, window: agent?.window }).toMatchInlineSnapshot(`
{
  "access": [
    {
      "capability": "objects:list",
      "conditions": [
        {
          "subOperation": "Blob.List",
        },
        {
          "prefix": "invoices/",
        },
      ],
      "kind": "storage-container",
      "level": "list",
      "permissions": [
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      ],
      "resource": "invoices",
      "scopes": [
        "\${azurerm_storage_container.Invoices.id}",
      ],
      "via": "data-action",
    },
    {
      "capability": "objects:read",
      "conditions": [
        {
          "exceptSubOperation": "Blob.List",
        },
        {
          "prefix": "invoices/",
        },
      ],
      "kind": "storage-container",
      "level": "read",
      "permissions": [
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      ],
      "resource": "invoices",
      "scopes": [
        "\${azurerm_storage_container.Invoices.id}",
      ],
      "via": "data-action",
    },
  ],
  "window": {
    "notAfter": "2027-02-01T00:00:00Z",
  },
}
`);
});

describe('delegation', () => {
  const child = reader({ name: 'child' });
  const parent = reader({ name: 'parent', capabilities: [], delegatesTo: [child] });

  function delegation(trusts: boolean, props: Partial<ScopedAgentRoleProps> = {}): TerraformStack {
    const stack = aStack();
    const identity = identityOf(stack, parent);
    const trust = trusts ? AgentTrust.agent(identity) : AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 'someone' });
    const delegate = AgentIdentity.application(stack, 'Child', { agent: child, fleet: 'prod', trust });
    new ScopedAgentRole(stack, 'Role', { identity, resources: { child: AgentResource.agent(delegate) }, ...props });
    return stack;
  }

  test('grants nothing, as the trust of the sub-agent lets in, and stands in the manifest', () => {
    const stack = delegation(true);
    expect(resourcesOf(stack).azurerm_role_assignment).toBeUndefined();
    expect(manifestOf(stack).agents.find(({ name }) => name === 'parent')?.access).toMatchObject([
      { capability: 'agents:delegate', via: 'federation', permissions: ['api://AzureADTokenExchange'] },
    ]);
  });

  test('to a sub-agent that does not trust this one is refused at synth', () => {
    const [role] = delegation(false).node.children.filter((one) => one instanceof ScopedAgentRole);
    expect(role?.node.validate()).toMatchInlineSnapshot(`
[
  "agent 'parent' delegates to 'child', whose trust does not name it, so it could not take on that identity; add AgentTrust.agent(...) with the identity of this agent to the trust of the sub-agent [untrusted-delegate]",
]
`);
    const [trusted] = delegation(true).node.children.filter((one) => one instanceof ScopedAgentRole);
    expect(trusted?.node.validate()).toEqual([]);
  });

  test('cannot be bounded in time', () => {
    expect(messageOf(() => delegation(true, WINDOW))).toMatchInlineSnapshot(
      `"agent 'parent' cannot bound its access to 'child' in time, because a federated credential has no end; leave out 'notBefore' and 'notAfter', or move this resource to an agent without them [window-unsupported]"`,
    );
  });

  test('must be bound to the sub-agent that was declared', () => {
    const stack = aStack();
    const other = identityOf(stack, reader({ name: 'other' }));
    expect(messageOf(() => scope(stack, parent, { resources: { child: AgentResource.agent(other) } }))).toMatchInlineSnapshot(
      `"agent 'parent' needs 'child' bound to the identity of that sub-agent, because it would be let into an identity it never declared, got: 'other'; pass the identity of 'child' to AgentResource.agent() [wrong-delegate]"`,
    );
  });
});
