import { proveNothingBeyond } from '../../../lib/core/review/claims';
import { proveReadOnly } from '../../../lib/core/review/read-only';
import type { AccessWorld } from '../../../lib/core/review/world';
import { azureWorldOf } from '../../../lib/policy/azure';
import { builtIn, DEV, STORE, SUBSCRIPTION, stack, worldOf } from './stack';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const CONTRIBUTOR = 'Storage Blob Data Contributor';
const VAULT = `${SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/acme`;
const assignment = (principal: unknown, more: object = {}): object => ({
  azurerm_role_assignment: { a: { scope: STORE, role_definition_name: CONTRIBUTOR, principal_id: principal, ...more } },
});

/** Grants of which it is not known that they are not those of `dev`. */
const UNTOLD: readonly (readonly [string, object])[] = [
  ['a variable', assignment('${var.principal}')],
  ['an output of a module', assignment('${module.agent.principal_id}')],
  ['data', assignment('${data.azurerm_user_assigned_identity.dev.principal_id}')],
  ['another state', assignment('${data.terraform_remote_state.other.outputs.principal}')],
  ['a function', assignment('${element(azurerm_user_assigned_identity.dev.*.principal_id, 0)}')],
  ['a key of several', assignment('${each.value}')],
  ['nothing', assignment(undefined)],
  ['a list', assignment(['x'])],
  [
    'a policy of a vault, for a variable',
    { azurerm_key_vault_access_policy: { a: { key_vault_id: VAULT, object_id: '${var.x}', secret_permissions: ['Set'] } } },
  ],
  ['blocks out of a list', { azurerm_key_vault: { a: { name: 'a', dynamic: { access_policy: { for_each: '${var.x}' } } } } }],
  [
    'a raw assignment of another kind',
    { azapi_resource: { a: { type: 'Microsoft.Authorization/roleEligibilityScheduleRequests@2022-04-01', body: {} } } },
  ],
  ['a raw resource of a type that is not known', { azapi_resource: { a: { type: '${var.type}' } } }],
  [
    'a template',
    { azurerm_resource_group_template_deployment: { a: { template_content: '{"type":"Microsoft.Authorization/roleAssignments"}' } } },
  ],
  ['a template that is not at hand', { azurerm_subscription_template_deployment: { a: { template_content: '${file("x")}' } } }],
  ['a delegation to another tenant', { azurerm_lighthouse_definition: { a: { authorization: [{ principal_id: 'x' }] } } }],
  ['an assignment of a kind nobody knows', { azurerm_new_thing_role_assignment: { a: { principal: 'x' } } }],
  [
    'a member of a group that is not known',
    {
      ...assignment('${azuread_group.g.object_id}'),
      azuread_group: { g: { display_name: 'g' } },
      azuread_group_member: { m: { group_object_id: '${azuread_group.g.object_id}', member_object_id: '${var.x}' } },
    },
  ],
  ['eligibility', { azurerm_pim_eligible_role_assignment: { a: { scope: SUBSCRIPTION, principal_id: DEV, ...builtIn('x') } } }],
  ['a role of the directory', { azuread_directory_role_assignment: { a: { role_id: 'x', principal_object_id: DEV } } }],
  [
    'a right of an application',
    { azuread_app_role_assignment: { a: { app_role_id: 'x', principal_object_id: DEV, resource_object_id: 'y' } } },
  ],
  ['an application it owns', { azuread_application: { a: { display_name: 'a', owners: [DEV] } } }],
  ['an administrator of a server', { azurerm_mssql_server: { a: { name: 'a', azuread_administrator: [{ object_id: DEV }] } } }],
  ['a group of others', { azuread_group_member: { m: { group_object_id: '${data.azuread_group.g.object_id}', member_object_id: DEV } } }],
  ['a role of its own that is not known', withRole({ actions: ['${var.x}'] })],
  ['a role of its own out of a variable', withRole({ actions: '${var.x}' })],
  ['a role of its own without a word', withRole(undefined)],
];

function withRole(permissions: unknown): object {
  return {
    azurerm_role_definition: {
      own: { name: 'own', scope: SUBSCRIPTION, ...(permissions === undefined ? {} : { permissions: [permissions] }) },
    },
    ...assignment(DEV, {
      role_definition_name: undefined,
      role_definition_id: '${azurerm_role_definition.own.role_definition_resource_id}',
    }),
  };
}

test.each(UNTOLD)('%s keeps everything from being proven', (_, resources) => {
  const world = worldOf(stack(resources as never));
  expect(proveReadOnly(DEV, world).verdict).toBe('not-proven');
  expect(proveNothingBeyond(world.access(DEV), world.access(DEV)).verdict).toBe('not-proven');
});

/** What is of no concern to `dev`. */
const TOLD: readonly (readonly [string, object])[] = [
  ['an assignment to another', assignment('11111111-1111-1111-1111-111111111111')],
  ['an assignment to whoever runs Terraform', assignment('${data.azurerm_client_config.current.object_id}')],
  ['a policy that looks after resources', { azurerm_subscription_policy_assignment: { a: { name: 'a' } } }],
  ['a template without grants', { azurerm_resource_group_template_deployment: { a: { template_content: '{"resources":[]}' } } }],
  ['a raw resource without grants', { azapi_resource: { a: { type: 'Microsoft.App/containerApps@2024-03-01' } } }],
  [
    'policies of a vault that asks roles',
    {
      azurerm_key_vault: {
        a: { name: 'a', enable_rbac_authorization: true, access_policy: [{ object_id: DEV, secret_permissions: ['Set'] }] },
      },
    },
  ],
];

test.each(TOLD)('%s keeps nothing from being proven', (_, resources) => {
  expect(proveReadOnly(DEV, worldOf(stack(resources as never))).verdict).toBe('proven');
});

test.each<readonly [string, object]>([
  [
    'an access policy',
    { azurerm_key_vault_access_policy: { a: { key_vault_id: VAULT, object_id: DEV, secret_permissions: ['Get', 'Set'] } } },
  ],
  [
    'an access policy of the vault itself',
    { azurerm_key_vault: { a: { id: VAULT, name: 'a', access_policy: { object_id: DEV, secret_permissions: ['get', 'set'] } } } },
  ],
])('%s is access to data', (_, resources) => {
  const world = worldOf(stack(resources as never));
  const decide = (action: string, resource = `${VAULT}/secrets/a`) => world.decide(DEV, { action, resource }).effect;
  expect([
    decide('Microsoft.KeyVault/vaults/secrets/getSecret/action'),
    decide('Microsoft.KeyVault/vaults/secrets/setSecret/action'),
    decide('Microsoft.KeyVault/vaults/secrets/delete'),
    decide('Microsoft.KeyVault/vaults/secrets/getSecret/action', `${VAULT}2/secrets/a`),
  ]).toEqual(['allowed', 'allowed', 'implicitly-denied', 'implicitly-denied']);
});

test.each<readonly [string, object]>([
  ['as text', { body: JSON.stringify({ properties: { principalId: DEV, roleDefinitionId: roleId() } }) }],
  ['as an object', { body: { properties: { principalId: DEV, roleDefinitionId: roleId() } } }],
])('a raw assignment of a role, its body %s, is one', (_, more) => {
  const resources = { azapi_resource: { a: { type: 'Microsoft.Authorization/roleAssignments@2022-04-01', parent_id: STORE, ...more } } };
  expect(writes(worldOf(stack(resources)))).toBe('allowed');
});

function roleId(): string {
  return `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
}

function writes(world: AccessWorld, id = DEV): string {
  return world.decide(id, { action: `${BLOBS}/write`, resource: STORE }).effect;
}

const GROUP = '${azuread_group.g.object_id}';

test.each<readonly [string, object]>([
  [
    'by a resource of its own',
    { azuread_group: { g: {} }, azuread_group_member: { m: { group_object_id: GROUP, member_object_id: DEV } } },
  ],
  ['by a list', { azuread_group: { g: { members: [DEV] } } }],
  [
    'through another group',
    {
      azuread_group: { g: {}, h: { members: [DEV] } },
      azuread_group_member: { m: { group_object_id: GROUP, member_object_id: '${azuread_group.h.id}' } },
    },
  ],
])('what a group is granted is granted to a member, %s', (_, groups) => {
  expect(writes(worldOf(stack({ ...groups, ...assignment(GROUP) } as never)))).toBe('allowed');
});

test('the identity of a machine is one, however its block is written', () => {
  const vm = '${azurerm_linux_virtual_machine.vm.identity';
  const machine = { name: 'vm', identity: [{ type: 'SystemAssigned' }] };
  const ids = [`${vm}[0].principal_id}`, `${vm}.0.principal_id}`, `${vm}[*].principal_id}`].map((principal) => {
    const world = worldOf(stack({ azurerm_linux_virtual_machine: { vm: machine }, ...assignment(principal) } as never));
    return [world.resources.find(({ name }) => name === 'vm')?.runsAs, world.principals.map(({ id }) => id)];
  });
  const own = '${azurerm_linux_virtual_machine.vm.identity.principal_id}';
  expect(ids).toEqual([0, 1, 2].map(() => [own, [DEV, own]]));
});

test('a role of the stack may be assigned by its name, and one of Azure by data', () => {
  const own = { name: 'own', scope: SUBSCRIPTION, permissions: [{ data_actions: [`${BLOBS}/write`] }] };
  const byName = { azurerm_role_definition: { own }, ...assignment(DEV, { role_definition_name: 'own' }) };
  expect(writes(worldOf(stack(byName as never)))).toBe('allowed');
  const json = {
    ...stack(assignment(DEV, { role_definition_name: undefined, role_definition_id: '${data.azurerm_role_definition.r.id}' }) as never),
    data: { azurerm_role_definition: { r: { name: CONTRIBUTOR } } },
  };
  expect(writes(worldOf(json))).toBe('allowed');
});

test('a management group that is made here holds any subscription', () => {
  const world = worldOf(stack(assignment(DEV, { scope: '${azurerm_management_group.all.id}' }) as never));
  expect(writes(world)).toBe('allowed');
});

const AWS_ISSUER = 'https://abc-def.tokens.sts.global.api.aws';
const AWS_ROLE = 'arn:aws:iam::111122223333:role/reader';
const GOOGLE = 'https://accounts.google.com';
const ACCOUNT = 'serviceAccount:${google_service_account.reader.email}';

test.each<readonly [string, { readonly issuer: string; readonly subject: string }, string, boolean]>([
  ['a role of AWS', { issuer: AWS_ISSUER, subject: AWS_ROLE }, AWS_ROLE, true],
  ['another role', { issuer: AWS_ISSUER, subject: `${AWS_ROLE}2` }, AWS_ROLE, false],
  ['a role by an issuer that is not of AWS', { issuer: 'https://x.example', subject: AWS_ROLE }, AWS_ROLE, false],
  ['a name that only begins like one of AWS', { issuer: `${AWS_ISSUER}.example`, subject: AWS_ROLE }, AWS_ROLE, false],
  ['a service account by its id', { issuer: GOOGLE, subject: '${google_service_account.reader.unique_id}' }, ACCOUNT, true],
  ['another service account', { issuer: GOOGLE, subject: '${google_service_account.writer.unique_id}' }, ACCOUNT, false],
  ['a role of AWS by Google', { issuer: GOOGLE, subject: AWS_ROLE }, AWS_ROLE, false],
])('an application that trusts %s', (_, trusted, from, lets) => {
  const world = worldOf(
    stack({
      azuread_application: { app: { display_name: 'app' } },
      azuread_service_principal: { app: { client_id: '${azuread_application.app.client_id}' } },
      azuread_application_federated_identity_credential: { other: { application_id: '${azuread_application.app.id}', ...trusted } },
    }),
  );
  const reached = world.steps(from, new Set([from])).map(({ toId }) => toId);
  expect(reached).toEqual(lets ? ['${azuread_service_principal.app.object_id}'] : []);
});

/** A plan with two identities of one `for_each`. */
function plan(assigned: object, references: readonly string[]): AccessWorld {
  const identity = (key: string) => ({
    address: `azurerm_user_assigned_identity.dev["${key}"]`,
    type: 'azurerm_user_assigned_identity',
    mode: 'managed',
    values: { name: key },
  });
  const row = { address: 'azurerm_role_assignment.a["a"]', type: 'azurerm_role_assignment', mode: 'managed' };
  const world = azureWorldOf([
    {
      kind: 'terraform-plan',
      file: 'plan.json',
      json: {
        planned_values: {
          root_module: {
            resources: [identity('a'), identity('b'), { ...row, values: { scope: STORE, role_definition_name: CONTRIBUTOR, ...assigned } }],
          },
        },
        configuration: {
          root_module: { resources: [{ address: 'azurerm_role_assignment.a', expressions: { principal_id: { references } } }] },
        },
      },
    },
  ]);
  if (!world) throw new Error('the plan holds nothing');
  return world;
}

const instance = (key: string) => `\${azurerm_user_assigned_identity.dev["${key}"].principal_id}`;
const FAMILY = 'azurerm_user_assigned_identity.dev';

test.each<readonly [string, readonly string[], string, string]>([
  ['a key that is written', [`${FAMILY}["a"].principal_id`, `${FAMILY}["a"]`, FAMILY], 'allowed', 'proven'],
  ['the same key', [FAMILY, 'each.key'], 'allowed', 'proven'],
  ['another value', [FAMILY, 'each.value'], 'implicitly-denied', 'not-proven'],
  ['one of two', [`${FAMILY}["a"].principal_id`, `${FAMILY}["b"].principal_id`, 'var.first'], 'implicitly-denied', 'not-proven'],
])('in a plan, an assignment to one of several by %s', (_, references, first, second) => {
  const world = plan({}, references);
  expect([writes(world, instance('a')), writes(world, instance('b')), proveReadOnly(instance('b'), world).verdict]).toEqual([
    first,
    'implicitly-denied',
    second,
  ]);
});
