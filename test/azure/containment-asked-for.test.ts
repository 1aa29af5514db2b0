import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataAzurermSubscription } from '@cdktf/provider-azurerm/lib/data-azurerm-subscription';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
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
import { AZURE_FACTS, knownNames } from '../../lib/policy/azure/facts';
import { holding, pathsOf } from '../policy/azure/stack';
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
/** Where the responder may deploy. */
const deploying = (resources: Resources): readonly string[] =>
  Object.entries(resources['azurerm_role_definition'] ?? {}).flatMap(([id, { permissions }]) =>
    JSON.stringify(permissions).includes('Microsoft.Resources/deployments/write')
      ? all(resources, 'azurerm_role_assignment')
          .filter(({ role_definition_id }) => String(role_definition_id).includes(`.${id}.`))
          .map(({ scope }) => String(scope))
      : [],
  );
const account = (stack: TerraformStack, group: ResourceGroup, id: string): StorageAccount =>
  new StorageAccount(stack, id, {
    name: id.toLowerCase(),
    resourceGroupName: group.name,
    location: group.location,
    accountTier: 'Standard',
    accountReplicationType: 'LRS',
  });
const nativeOf = (resources: Resources): Readonly<Record<string, unknown>> => {
  const blob = all(resources, 'azurerm_storage_blob').find(({ name }) => name === 'contain/main/writer.json');
  return (JSON.parse(String(blob?.['source_content'])) as { readonly native: Readonly<Record<string, unknown>> }).native;
};

test('where nobody asks, the responder has no right to either, and the registry says nothing of it', () => {
  const resources = synth(make({}));
  for (const name of ['deny', 'deploy', 'secrets']) expect(given(resources, name)).toEqual([]);
  expect(JSON.stringify(resources)).not.toMatch(/denyAssignments|Resources\/deployments|vaults\/secrets\/(update|readMetadata)/);
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
  // A deployment to a subscription is kept in a region, that of the responder.
  expect(nativeOf(resources)['location']).toBe('westeurope');
  expect(given(resources, 'deploy')).toMatchInlineSnapshot(`
[
  {
    "condition": undefined,
    "permissions": [
      {
        "actions": [
          "Microsoft.Resources/deployments/read",
          "Microsoft.Resources/deployments/write",
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
          "Microsoft.Resources/deployments/read",
          "Microsoft.Resources/deployments/write",
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
});

const ACCOUNT = `${FINANCE}/providers/Microsoft.Storage/storageAccounts/data`;
const OPEN = (reference: string): string => `\${join("/", slice(split("/", ${reference}), 0, min(5, length(split("/", ${reference})))))}`;
test.each<[string, (stack: TerraformStack, group: ResourceGroup) => string, string]>([
  ['a subscription', () => SUBSCRIPTION, SUBSCRIPTION],
  ['a group', () => FINANCE, FINANCE],
  ['a resource', () => ACCOUNT, FINANCE],
  ['a resource inside of one', () => `${ACCOUNT}/blobServices/default/containers/c`, FINANCE],
  ['a group that is made here', (_, { id }) => id, '${azurerm_resource_group.Group.id}'],
  [
    'a resource in such a group',
    (_, { id }) => `${id}/providers/Microsoft.Storage/storageAccounts/data`,
    '${azurerm_resource_group.Group.id}',
  ],
  [
    'a group by its name',
    (_, { name }) => `${SUBSCRIPTION}/resourceGroups/${name}`,
    `${SUBSCRIPTION}/resourceGroups/\${azurerm_resource_group.Group.name}`,
  ],
  [
    'a resource in a group by its name',
    (_, { name }) => `${SUBSCRIPTION}/resourceGroups/${name}/providers/Microsoft.Storage/storageAccounts/data`,
    `${SUBSCRIPTION}/resourceGroups/\${azurerm_resource_group.Group.name}`,
  ],
  [
    'the subscription of the deployment',
    (stack) => new DataAzurermSubscription(stack, 'Here', {}).id,
    '${data.azurerm_subscription.Here.id}',
  ],
  [
    'a group of that subscription',
    (stack) => `${new DataAzurermSubscription(stack, 'Here', {}).id}/resourceGroups/finance`,
    '${data.azurerm_subscription.Here.id}/resourceGroups/finance',
  ],
  ['a resource that is made here', (stack, group) => account(stack, group, 'Data').id, OPEN('azurerm_storage_account.Data.id')],
  [
    'what is inside of it',
    (stack, group) => `${account(stack, group, 'Data').id}/blobServices/default`,
    OPEN('azurerm_storage_account.Data.id'),
  ],
])('the template is deployed to the subscription or the group of %s', (_, scope, container) => {
  const stack = make((made) => ({
    denyChangesIn: [scope(made, new ResourceGroup(made, 'Group', { name: 'made', location: 'westeurope' }))],
  }));
  expect(deploying(synth(stack))).toEqual([container]);
});

test('of two resources that are made here Azure is asked for two roles, since they may be in one group, and of what is written out for one', () => {
  const stack = make((made) => {
    const group = new ResourceGroup(made, 'Group', { name: 'made', location: 'westeurope' });
    const [one, two] = ['One', 'Two'].map((id) => account(made, group, id).id);
    return {
      denyChangesIn: [String(one), String(two), FINANCE.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'), FINANCE, ACCOUNT],
    };
  });
  const resources = synth(stack);
  const roles = all(resources, 'azurerm_role_assignment')
    .filter(({ scope }) => deploying(resources).includes(String(scope)))
    .map(({ scope, role_definition_id }) => `${String(scope).toLowerCase()} ${role_definition_id}`);
  expect(deploying(resources)).toHaveLength(3);
  expect(new Set(roles).size).toBe(roles.length);
  // Were both places one, the same role would be refused the second time.
  const open = roles.filter((one) => one.startsWith('${join')).map((one) => one.split(' ').at(-1));
  expect([open.length, new Set(open).size]).toEqual([2, 2]);
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
  const DEPLOY = ['Microsoft.Resources/deployments/read', 'Microsoft.Resources/deployments/write'];
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

  // A template makes what whoever deploys it may make, with the rights that the responder has without it, too.
  test('it deploys to the group of that scope alone, and may make nothing there but what a template is there for', async () => {
    const own = [...DENY, ...DEPLOY];
    const makes = knownNames('control').filter((one) => /\/(write|action|delete)$/i.test(one) && !one.includes('*') && !own.includes(one));
    expect(makes.length).toBeGreaterThan(2_000);
    expect(makes).toEqual(
      expect.arrayContaining(['Microsoft.Resources/deploymentScripts/write', 'Microsoft.Resources/deployments/cancel/action']),
    );
    const elsewhere = [SUBSCRIPTION, `${SUBSCRIPTION}/resourceGroups/other`];
    const lines = [...allow(DEPLOY, FINANCE), ...elsewhere.flatMap((scope) => deny(DEPLOY.slice(1), scope))];
    expect(await failuresIn(folder, principal, lines)).toEqual([]);
    const plain = new App({ outdir: mkdtempSync(join(tmpdir(), 'agentic-iam-plain-')), context });
    make({}, plain);
    plain.synth();
    const [asked, without] = await Promise.all(
      [folder, join(plain.outdir, 'stacks', 'desk')].map((one) => failuresIn(one, principal, deny([...own, ...makes], FINANCE))),
    );
    const more = asked?.filter((one) => !without?.includes(one)).map((one) => one.split(' ')[0]);
    expect(more).toEqual(expect.arrayContaining([...DENY.filter((one) => !one.endsWith('/read')), ...DEPLOY]));
    expect(more?.filter((one) => !own.includes(one ?? ''))).toEqual([]);
  });

  test('a deployment opens no way to more, and neither runs code by itself', () => {
    const steps = (actions: readonly string[]): readonly string[] => pathsOf(holding({ actions }));
    expect(AZURE_FACTS.runsCode('Microsoft.Resources/deployments/write')).toBe(false);
    expect(AZURE_FACTS.runsCode('Microsoft.Resources/deploymentScripts/write')).toBe(true);
    expect(steps(DEPLOY)).toEqual([]);
    // What whoever deploys may do is found all the same.
    const more = ['Microsoft.Authorization/roleAssignments/write'];
    expect(steps([...DEPLOY, ...more])).toEqual(steps(more));
    expect(steps(more)).not.toEqual([]);
  });
});

test.each<[string, string]>([
  ['a name', 'finance'],
  ['a management group', '/providers/Microsoft.Management/managementGroups/all'],
  ['everything', '/'],
  ['a path that ends in nothing', `${FINANCE}/`],
  ['what a provider has in a subscription', `${SUBSCRIPTION}/providers/Microsoft.Storage/locations/westeurope`],
  ['a provider', `${FINANCE}/providers/Microsoft.Storage`],
  ['a type', `${FINANCE}/providers/Microsoft.Storage/storageAccounts`],
  [
    'an extension of a resource',
    `${FINANCE}/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Insights/diagnosticSettings/d`,
  ],
  ['a path after a name', 'finance/providers/Microsoft.Storage/storageAccounts/a'],
])('changes are not denied in %s', (_, scope) => {
  expect(() => make({ denyChangesIn: [scope] })).toThrow(
    "agent 'writer' must name subscriptions, resource groups or resources in 'denyChangesIn', because changes are denied by a template",
  );
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
