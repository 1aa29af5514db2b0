import fc from 'fast-check';
import { AgenticIamError } from '../../../lib/core/errors';
import type { ReviewInput } from '../../../lib/core/review/input';
import { azureWorldOf } from '../../../lib/policy/azure';
import { DEV, STORE, SUBSCRIPTION } from './stack';

const role = {
  name: 'own',
  scope: SUBSCRIPTION,
  role_definition_id: 'guid',
  permissions: [{ actions: ['*/read'], not_actions: [], data_actions: ['a/b'] }],
};
const blocks = {
  azurerm_user_assigned_identity: { dev: { '//': { metadata: { path: 'a/b' } }, name: 'dev' } },
  azurerm_role_definition: { own: role },
  azurerm_role_assignment: {
    a: {
      scope: STORE,
      role_definition_name: 'Reader',
      principal_id: DEV,
      condition: "@Resource[a:b] StringEquals 'x' AND ActionMatches{'a'}",
    },
    b: { scope: STORE, role_definition_id: '${data.azurerm_role_definition.r.id}', principal_id: '${azuread_group.g.id}' },
    c: {
      scope: '${azurerm_storage_account.s.id}',
      role_definition_id: '${azurerm_role_definition.own.id}',
      principal_id: '${azuread_service_principal.p.id}',
    },
  },
  azuread_group: { g: { members: [DEV], owners: [DEV], dynamic_membership: [] } },
  azuread_group_member: { m: { group_object_id: '${azuread_group.g.id}', member_object_id: DEV } },
  azuread_application: { p: { owners: [] } },
  azuread_service_principal: { p: { client_id: '${azuread_application.p.client_id}', description: 'p' } },
  azuread_application_federated_identity_credential: { f: { application_id: '${azuread_application.p.id}', issuer: 'i', subject: 's' } },
  azurerm_federated_identity_credential: { f: { parent_id: '${azurerm_user_assigned_identity.dev.id}', issuer: 'i', subject: 's' } },
  azuread_app_role_assignment: { a: { app_role_id: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', principal_object_id: DEV } },
  azurerm_storage_account: { s: { name: 's' } },
  azurerm_linux_virtual_machine: {
    vm: { name: 'vm', identity: [{ type: 'SystemAssigned, UserAssigned', identity_ids: ['${azurerm_user_assigned_identity.dev.id}'] }] },
  },
  azurerm_key_vault: { v: { name: 'v', access_policy: [{ object_id: DEV, secret_permissions: ['Get'] }], dynamic: {} } },
  azurerm_key_vault_access_policy: { v: { key_vault_id: 'x', object_id: DEV, key_permissions: ['Sign'] } },
  azapi_resource: {
    a: {
      type: 'Microsoft.Authorization/roleAssignments@2022-04-01',
      parent_id: STORE,
      body: { properties: { principalId: DEV, roleDefinitionId: 'x' } },
    },
  },
  azurerm_mssql_server: { s: { azuread_administrator: [{ object_id: DEV }] } },
};
const stack = {
  provider: { azurerm: [{ features: [{}] }] },
  resource: blocks,
  data: { azurerm_role_definition: { r: { name: 'Reader' } } },
};

const rows = Object.entries(blocks).flatMap(([type, named]) =>
  Object.entries(named).map(([name, values]) => ({ address: `${type}.${name}`, mode: 'managed', type, values: values as object })),
);
const plan = {
  planned_values: { root_module: { resources: rows, child_modules: [{ address: 'module.x', resources: rows.slice(0, 3) }] } },
  resource_changes: rows.map(({ address }) => ({
    address,
    change: { after_unknown: { principal_id: true, permissions: [{ actions: false }] } },
  })),
  configuration: {
    provider_config: { azurerm: { expressions: {} } },
    root_module: {
      resources: rows.map(({ address }) => ({
        address,
        expressions: { principal_id: { references: ['azurerm_user_assigned_identity.dev.principal_id', 'each.key'] } },
      })),
      module_calls: { x: { module: { resources: [] } } },
    },
  },
};
const INPUTS: Readonly<Record<string, ReviewInput>> = {
  stack: { kind: 'terraform-stack', file: 's.json', json: stack },
  plan: { kind: 'terraform-plan', file: 'p.json', json: plan },
};

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    '',
    'x',
    '*',
    '${',
    '${}',
    '${x.y}',
    `\${azuread_group.g.id}`,
    '\uE000',
    [],
    [[]],
    [null],
    {},
    '__proto__',
    'constructor',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** All places of a value. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => places(one, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return path.length > 0 ? [path, ...inner] : inner;
}

function put(value: unknown, [key, ...rest]: readonly (string | number)[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? put(one, rest, replacement) : one));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: put((value as Record<string | number, unknown>)[key], rest, replacement) };
}

function judge(input: ReviewInput): void {
  try {
    const world = azureWorldOf([input]);
    for (const { id } of world?.principals ?? []) {
      world?.touches(id);
      world?.isAdmin(id);
      world?.steps(id, new Set([id]));
      world?.decide(id, { action: 'Microsoft.Storage/storageAccounts/read', resource: '${azurerm_storage_account.s.id}/x' });
    }
    const said = [...(world?.unknowns ?? []), ...(world?.principals ?? []).flatMap(({ id }) => world?.access(id).unknowns ?? [])];
    expect(said.filter((sentence) => !sentence.endsWith('.'))).toEqual([]);
  } catch (error) {
    if (!(error instanceof AgenticIamError)) throw error;
  }
}

test.each(Object.entries(INPUTS))('anything may be anywhere in a file: %s', (_, input) => {
  const change = fc.tuple(fc.constantFrom(...places(input.json)), junk);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      judge({ ...input, json: changes.reduce<unknown>((value, [path, replacement]) => put(value, path, replacement), input.json) });
    }),
    { numRuns: 80 },
  );
});

test('any JSON may be any file', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(INPUTS)), fc.jsonValue(), (input, json) => judge({ ...input, json })),
    { numRuns: 80 },
  );
});
