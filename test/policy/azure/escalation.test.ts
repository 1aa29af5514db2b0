import techniques from '../../../lib/policy/azure/escalation/techniques.json';
import types from '../../../lib/policy/azure/input/types.json';
import { assigned, builtIn, DEV, holding, pathsOf, STORE, SUBSCRIPTION, stack, worldOf } from './stack';

const ASSIGN = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
const FEDERATE = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write';
const boss = { azurerm_user_assigned_identity: { dev: { name: 'dev' }, boss: { name: 'boss' } } };
const BOSS = '${azurerm_user_assigned_identity.boss.principal_id}';
const VM = '${azurerm_linux_virtual_machine.box.id}';

const PLACES = {
  azurerm_resource_group: { g: { name: 'g' } },
  azurerm_storage_account: { s: { name: 's' } },
  azurerm_subscription: { s: {} },
};

/** `boss` holds a role, and `dev` some operations at a scope. */
function beside(
  actions: readonly string[],
  scope: string,
  resources: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): object {
  return stack({
    ...boss,
    ...resources,
    azurerm_role_definition: { own: { name: 'own', scope: SUBSCRIPTION, permissions: [{ actions }] } },
    azurerm_role_assignment: {
      dev: { scope, principal_id: DEV, role_definition_id: '${azurerm_role_definition.own.role_definition_resource_id}' },
      boss: { scope: STORE, principal_id: BOSS, role_definition_name: 'Storage Blob Data Contributor' },
    },
  });
}

const BOX = {
  azurerm_linux_virtual_machine: {
    box: { name: 'box', identity: [{ type: 'UserAssigned', identity_ids: ['${azurerm_user_assigned_identity.boss.id}'] }] },
  },
};

test.each<readonly [string, object, readonly string[]]>([
  [
    'a federated credential of another identity',
    beside([FEDERATE], '${azurerm_user_assigned_identity.boss.id}'),
    [`principal ${BOSS} by federate-identity`],
  ],
  ['a federated credential of its own', beside([FEDERATE], '${azurerm_user_assigned_identity.dev.id}'), []],
  ['any identity of the subscription', beside([FEDERATE], SUBSCRIPTION), [`admin ${DEV} by federate-identity?`]],
  ['an identity without anything to put it on', beside([ASSIGN], '${azurerm_user_assigned_identity.boss.id}'), []],
  [
    'a command on a machine',
    beside(['Microsoft.Compute/virtualMachines/runCommand/action'], VM, BOX),
    [`principal ${BOSS} by vm-run-command`],
  ],
  ['reading a machine', beside(['Microsoft.Compute/virtualMachines/read'], VM, BOX), []],
  [
    'all of compute on a machine',
    beside(['Microsoft.Compute/*'], VM, BOX),
    ['vm-extension', 'vm-managed-run-command', 'vm-run-command'].map((one) => `principal ${BOSS} by ${one}`),
  ],
  [
    'keys of a storage account',
    holding(
      { actions: ['Microsoft.Storage/storageAccounts/listKeys/action'] },
      { scope: '${azurerm_storage_account.store.id}', resources: { azurerm_storage_account: { store: { name: 'store' } } } },
    ),
    ['credentials ${azurerm_storage_account.store.id} by storage-keys'],
  ],
  ['its own role', holding({ actions: ['Microsoft.Authorization/roleDefinitions/write'] }), [`admin ${DEV} by change-role`]],
  ['a role of Azure cannot be changed', assigned({ role_definition_name: 'Reader' }), []],
  [
    'all but assigning',
    holding({
      actions: ['*'],
      not_actions: [
        'Microsoft.Authorization/*',
        'Microsoft.ManagedIdentity/*',
        'Microsoft.Compute/*',
        'Microsoft.Web/*',
        'Microsoft.Logic/*',
        'Microsoft.App/*',
        'Microsoft.Automation/*',
        'Microsoft.ContainerInstance/*',
        'Microsoft.ContainerService/*',
      ],
    }),
    [],
  ],
])('%s', (_, json, expected) => {
  expect(pathsOf(json)).toEqual(expected);
});

test.each<readonly [string, string, readonly string[]]>([
  ['its group', '${azurerm_resource_group.g.name}', [`principal ${BOSS} by federate-identity`]],
  ['its group by name', 'g', [`principal ${BOSS} by federate-identity`]],
  ['another group', 'h', []],
])('an identity is reached through a role at %s', (_, name, paths) => {
  const json = beside([FEDERATE], '${azurerm_resource_group.g.id}', {
    ...PLACES,
    azurerm_user_assigned_identity: { dev: { name: 'dev' }, boss: { name: 'boss', resource_group_name: name } },
  });
  expect(pathsOf(json).filter((path) => path.startsWith('principal'))).toEqual(paths);
});

test('keys are reached through a role at the group of what they open', () => {
  const LIST = 'Microsoft.Storage/storageAccounts/listKeys/action';
  const json = (group: string) =>
    beside([LIST], '${azurerm_resource_group.g.id}', {
      ...PLACES,
      azurerm_storage_account: { s: { name: 's', resource_group_name: group } },
    });
  expect(pathsOf(json('g'))).toEqual(['credentials ${azurerm_storage_account.s.id} by storage-keys']);
  expect(pathsOf(json('h'))).toEqual([]);
});

test('a right on Microsoft Graph leads to the tenant', () => {
  const json = stack({
    azuread_app_role_assignment: { all: { principal_object_id: DEV, app_role_id: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8' } },
    azurerm_role_assignment: { dev: { scope: STORE, principal_id: DEV, role_definition_name: 'Reader' } },
  });
  expect(pathsOf(json)).toEqual([`admin ${DEV} by graph-right`]);
});

/** Every technique that is about one resource: exactly its operations lead on, and one less does not. */
const TAKEOVERS = techniques.takeovers.flatMap(({ id, kinds, actions }) => {
  const type = Object.entries(types.types).find(([, shape]) => 'kind' in shape && kinds.includes(shape.kind ?? ''))?.[0];
  return type === undefined ? [] : [[id, type, actions] as const];
});

test('there is a resource for every technique', () => {
  expect(TAKEOVERS.length).toBe(techniques.takeovers.length);
});

const COMPUTE = techniques.identities.filter((one) => 'compute' in one);

test.each(COMPUTE.map((one) => [one.id, one] as const))('%s', (id, { identity, compute = [] }) => {
  const group = '${azurerm_resource_group.g.id}';
  const paths = (own: readonly string[], at: string, more: readonly string[]): boolean => {
    const json = stack({
      ...boss,
      ...PLACES,
      azurerm_role_definition: {
        own: { name: 'own', scope: SUBSCRIPTION, permissions: [{ actions: own }] },
        more: { name: 'more', scope: SUBSCRIPTION, permissions: [{ actions: more }] },
      },
      azurerm_role_assignment: {
        own: { scope: at, principal_id: DEV, role_definition_id: '${azurerm_role_definition.own.role_definition_resource_id}' },
        more: { scope: group, principal_id: DEV, role_definition_id: '${azurerm_role_definition.more.role_definition_resource_id}' },
        boss: { scope: STORE, principal_id: BOSS, role_definition_name: 'Storage Blob Data Contributor' },
      },
    });
    return pathsOf(json).includes(`principal ${BOSS} by ${id}`);
  };
  const on = '${azurerm_user_assigned_identity.boss.id}';
  expect(paths(identity, on, compute)).toBe(true);
  expect(paths(identity, '${azurerm_user_assigned_identity.dev.id}', compute)).toBe(false);
  expect(paths(['Microsoft.ManagedIdentity/userAssignedIdentities/read'], on, compute)).toBe(false);
  for (const one of compute)
    expect(
      paths(
        identity,
        on,
        compute.filter((other) => other !== one),
      ),
    ).toBe(false);
});

test.each(TAKEOVERS)('%s on a %s', (id, type, actions) => {
  const identity = [{ type: 'UserAssigned', identity_ids: ['${azurerm_user_assigned_identity.boss.id}'] }];
  const paths = (held: readonly string[]) =>
    pathsOf(beside(held, `\${${type}.box.id}`, { [type]: { box: { name: 'box', identity } } })).filter((path) =>
      path.endsWith(` by ${id}`),
    );
  expect(paths(actions)).toEqual([`principal ${BOSS} by ${id}`]);
  for (const one of actions) expect(paths(actions.filter((other) => other !== one))).toEqual([]);
  expect(
    pathsOf(beside(actions, `${STORE}/other`, { [type]: { box: { name: 'box', identity } } })).filter((path) => path.endsWith(` by ${id}`)),
  ).toEqual([]);
});

test.each(techniques.credentials.flatMap(({ id, types: of, action }) => of.map((type) => [id, type, action] as const)))(
  '%s of a %s',
  (id, type, action) => {
    const paths = (scope: string, actions: readonly string[]) => pathsOf(beside(actions, scope, { [type]: { box: { name: 'box' } } }));
    expect(paths(`\${${type}.box.id}`, [action])).toEqual([`credentials \${${type}.box.id} by ${id}`]);
    expect(paths(`${STORE}/other`, [action])).toEqual([]);
    expect(paths(`\${${type}.box.id}`, [`${action.slice(0, action.lastIndexOf('/'))}/read`])).toEqual([]);
  },
);

const OWNER = builtIn('8e3af657-a8ff-443c-a75c-2fe8c4bcb635');

test.each<readonly [string, boolean]>([
  [SUBSCRIPTION, true],
  [`${SUBSCRIPTION}/`, true],
  ['/providers/Microsoft.Management/managementGroups/all', true],
  ['${azurerm_subscription.s.id}', true],
  ['${data.azurerm_subscription.current.id}', true],
  [`${SUBSCRIPTION}/resourceGroups/g`, false],
  ['${azurerm_resource_group.g.id}', false],
  ['${azurerm_storage_account.s.id}', false],
  ['${var.scope}', false],
  [STORE, false],
])('an owner of %s is an administrator: %s', (scope, admin) => {
  const world = worldOf(assigned(OWNER, { scope, resources: PLACES }));
  expect(world.isAdmin(DEV)).toBe(admin);
  const [end] = world.steps(DEV, new Set([DEV])).filter(({ technique }) => technique === 'assign-role');
  expect(end?.to).toBe(admin ? 'admin' : 'resource');
});

const MANAGE = [ASSIGN, 'Microsoft.Compute/virtualMachines/write'];

test.each<readonly [string, string, boolean]>([
  ['the identity alone, where no machine can be', '${azurerm_user_assigned_identity.boss.id}', false],
  ['the resource group', '${azurerm_resource_group.g.id}', true],
  ['the subscription', SUBSCRIPTION, true],
])('an identity is given to a machine of %s', (_, scope, leads) => {
  const json = beside(MANAGE, '${azurerm_user_assigned_identity.boss.id}', {
    ...PLACES,
    azurerm_role_definition: {},
  }) as { resource: { azurerm_role_assignment: Record<string, unknown> } };
  json.resource.azurerm_role_assignment.more = {
    scope,
    principal_id: DEV,
    role_definition_id: '${azurerm_role_definition.own.role_definition_resource_id}',
  };
  expect(pathsOf(json).some((path) => path.startsWith(`principal ${BOSS} by identity-to-vm`))).toBe(leads);
});

test('an identity is given to a machine that is there', () => {
  const json = beside(MANAGE, VM, BOX) as { resource: { azurerm_role_assignment: Record<string, unknown> } };
  const role = '${azurerm_role_definition.own.role_definition_resource_id}';
  expect(pathsOf(json)).toEqual([]);
  json.resource.azurerm_role_assignment.more = {
    scope: '${azurerm_user_assigned_identity.boss.id}',
    principal_id: DEV,
    role_definition_id: role,
  };
  expect(pathsOf(json)).toEqual([`principal ${BOSS} by identity-to-vm`]);
});
