import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { App, TerraformStack, Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, MaturityLevel } from '../../lib';
import {
  AgentContainment,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AlertTarget,
  type ContainedAgentOptions,
  ScopedAgentRole,
} from '../../lib/azure';
import { knownNames } from '../../lib/policy/azure/facts';
import { deny, failuresIn, type Line } from '../terraform/proof';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
const FINANCE = `${SUBSCRIPTION}/resourceGroups/finance`;
const VAULT = `${FINANCE}/providers/Microsoft.KeyVault/vaults/finance`;
const ERP = `${VAULT}/secrets/erp`;
const resourceGroup = { name: 'agents', location: 'westeurope' };
const people = { tenantId: '00000000-0000-0000-0000-000000000001', clientId: '00000000-0000-0000-0000-000000000002' };

/** Two agents that read one secret. */
function make(asked: ContainedAgentOptions | ((stack: TerraformStack) => ContainedAgentOptions), app = new App({ context })) {
  const stack = new TerraformStack(app, 'desk');
  new AzurermProvider(stack, 'Azure', { features: [{}] });
  const identities = ['writer', 'reader'].map((name) => {
    const agent = new AgentSpec({
      name,
      owner: 'o@example.com',
      purpose: 'p',
      mode: AgentMode.READ_ONLY,
      capabilities: [Capability.readSecret('token')],
    });
    return new AgentIdentity(stack, name, { agent, trust: AgentTrust.azureCompute(), resourceGroup });
  });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: identities, resourceGroup, level: MaturityLevel.ALERTING });
  const notify = [AlertTarget.email('oncall@example.com')];
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify, people });
  const options = typeof asked === 'function' ? asked(stack) : asked;
  for (const identity of identities) containment.protect(identity, options);
  // Roles may be made after an agent was put under containment.
  const token = AgentResource.keyVaultSecret({ resourceId: ERP });
  for (const identity of identities) new ScopedAgentRole(stack, `${identity.node.id}-role`, { identity, resources: { token } });
  return stack;
}
const context = { 'agentic-iam:review': 'off' };

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const synth = (stack: TerraformStack): Resources => (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});

/** What the responder may do by roles of this name: where, and what. */
function given(resources: Resources, name: string): readonly object[] {
  const roles = Object.entries(resources['azurerm_role_definition'] ?? {}).filter(([, role]) =>
    String(role['name']).startsWith(`agentic-iam main responder ${name} `),
  );
  return roles.flatMap(([id, role]) =>
    all(resources, 'azurerm_role_assignment')
      .filter(({ role_definition_id }) => String(role_definition_id).includes(`.${id}.`))
      .map(({ scope, condition }) => ({ scope, condition, permissions: role['permissions'] })),
  );
}
const nativeOf = (resources: Resources): Readonly<Record<string, unknown>> => {
  const blob = all(resources, 'azurerm_storage_blob').find(({ name }) => name === 'contain/main/writer.json');
  return (JSON.parse(String(blob?.['source_content'])) as { readonly native: Readonly<Record<string, unknown>> }).native;
};

test('where nobody asks, the responder has no right to either, and the registry says nothing of it', () => {
  const resources = synth(make({}));
  expect(given(resources, 'deny')).toEqual([]);
  expect(given(resources, 'secrets')).toEqual([]);
  expect(JSON.stringify(resources)).not.toMatch(/denyAssignments|vaults\/secrets\/(update|readMetadata)/);
  expect(Object.keys(nativeOf(resources))).not.toEqual(expect.arrayContaining(['denyChangesIn']));
  expect(nativeOf(resources)['disableSecrets']).toBeUndefined();
});

test('changes are denied in the scopes that are named, and the responder may deny there alone', () => {
  const stack = make((scope) => {
    const group = new ResourceGroup(scope, 'Group', { name: 'made', location: 'westeurope' });
    return { denyChangesIn: [FINANCE, group.id, FINANCE] };
  });
  const resources = synth(stack);
  expect(nativeOf(resources)['denyChangesIn']).toEqual([FINANCE, '${azurerm_resource_group.Group.id}']);
  expect(given(resources, 'deny')).toMatchInlineSnapshot(`
[
  {
    "condition": undefined,
    "permissions": [
      {
        "actions": [
          "Microsoft.Authorization/denyAssignments/delete",
          "Microsoft.Authorization/denyAssignments/read",
          "Microsoft.Authorization/denyAssignments/write",
        ],
        "data_actions": [],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
    "scope": "\${azurerm_resource_group.Group.id}",
  },
  {
    "condition": undefined,
    "permissions": [
      {
        "actions": [
          "Microsoft.Authorization/denyAssignments/delete",
          "Microsoft.Authorization/denyAssignments/read",
          "Microsoft.Authorization/denyAssignments/write",
        ],
        "data_actions": [],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance",
  },
]
`);
  expect(given(resources, 'secrets')).toEqual([]);
});

test('secrets are disabled by a right that lies on each of them, once for all agents that read it', () => {
  const resources = synth(make({ disableSecrets: true }));
  expect(nativeOf(resources)).toMatchObject({ secrets: [ERP], disableSecrets: true });
  expect(given(resources, 'secrets')).toMatchInlineSnapshot(`
[
  {
    "condition": undefined,
    "permissions": [
      {
        "actions": [],
        "data_actions": [
          "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
          "Microsoft.KeyVault/vaults/secrets/update/action",
        ],
        "not_actions": [],
        "not_data_actions": [],
      },
    ],
    "scope": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.KeyVault/vaults/finance/secrets/erp",
  },
]
`);
  expect(given(resources, 'deny')).toEqual([]);
});

describe('by the policy engine', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-asked-'));
  const app = new App({ outdir, context });
  make({ denyChangesIn: [FINANCE], disableSecrets: true }, app);
  app.synth();
  const folder = join(outdir, 'stacks', 'desk');
  const principal = '${azurerm_user_assigned_identity.Containment_Responder_Function_Identity_42DECA13.principal_id}';
  const UPDATE = ['Microsoft.KeyVault/vaults/secrets/readMetadata/action', 'Microsoft.KeyVault/vaults/secrets/update/action'];
  const DENY = ['delete', 'read', 'write'].map((verb) => `Microsoft.Authorization/denyAssignments/${verb}`);
  const allow = (actions: readonly string[], resource: string): readonly Line[] =>
    actions.map((action) => ({ action, resource, expect: 'allowed' }));
  const others = [...knownNames('control'), ...knownNames('data')].filter(
    (one) => /^Microsoft\.KeyVault\//i.test(one) && !one.includes('*') && !UPDATE.includes(one),
  );

  test('the responder lists and disables versions of the secret, and neither reads it nor changes it', async () => {
    expect(others).toEqual(
      expect.arrayContaining(['Microsoft.KeyVault/vaults/secrets/getSecret/action', 'Microsoft.KeyVault/vaults/secrets/setSecret/action']),
    );
    expect(
      await failuresIn(folder, principal, [...allow(UPDATE, ERP), ...deny(others, ERP), ...deny(UPDATE, `${VAULT}/secrets/other`)]),
    ).toEqual([]);
  });

  test('it denies in the scope that was named, and nowhere else', async () => {
    const elsewhere = [SUBSCRIPTION, `${SUBSCRIPTION}/resourceGroups/other`];
    const changes = DENY.filter((one) => !one.endsWith('/read'));
    expect(await failuresIn(folder, principal, [...allow(DENY, FINANCE), ...elsewhere.flatMap((scope) => deny(changes, scope))])).toEqual(
      [],
    );
  });
});

test.each<[string, string]>([
  ['a name', 'finance'],
  ['a management group', '/providers/Microsoft.Management/managementGroups/all'],
  ['everything', '/'],
  ['a path that ends in nothing', `${FINANCE}/`],
])('changes are not denied in %s', (_, scope) => {
  expect(() => make({ denyChangesIn: [scope] })).toThrow("'denyChangesIn' of agent 'writer'");
});

test('secrets of an agent that reads none cannot be disabled', () => {
  const stack = new TerraformStack(new App({ context }), 'desk');
  new AzurermProvider(stack, 'Azure', { features: [{}] });
  const agent = new AgentSpec({
    name: 'lister',
    owner: 'o@example.com',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readObjects('files')],
  });
  const identity = new AgentIdentity(stack, 'Lister', { agent, trust: AgentTrust.azureCompute(), resourceGroup });
  const files = AgentResource.storageContainer({
    resourceId: `${FINANCE}/providers/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/c`,
  });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { files } });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], resourceGroup, level: MaturityLevel.ALERTING });
  const notify = [AlertTarget.email('oncall@example.com')];
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify, people });
  containment.protect(identity, { disableSecrets: true });
  expect(() => synth(stack)).toThrow(/agent 'lister' must read a secret of a key vault where 'disableSecrets' is asked for/);
});
