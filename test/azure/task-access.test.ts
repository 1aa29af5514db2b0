import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { TerraformStack, Testing } from 'cdktf';
import { AgentMode, type AgentSpec, Capability, minutes, TaskParameter, TaskTemplate } from '../../lib';
import { AgentIdentity } from '../../lib/azure/agent-identity';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import tasks from '../../lib/azure/catalog/tasks.json';
import { ScopedAgentRole } from '../../lib/azure/scoped-agent-role';
import { TaskAccess, type TaskOffer } from '../../lib/azure/task-access';
import { TaskSignatures } from '../../lib/client';
import { resolveTokens } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';

const ACCOUNT_ID =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/books';
const CONTAINER = { resourceId: `${ACCOUNT_ID}/blobServices/default/containers/invoices` };
const STORE = { account: { id: ACCOUNT_ID, name: 'books' }, container: { name: 'invoices' }, hierarchicalNamespace: true };
const READS = [Capability.listObjects('invoices'), Capability.readObjects('invoices')];

const answer = (changes: Partial<ConstructorParameters<typeof TaskTemplate>[0]> = {}): TaskTemplate =>
  new TaskTemplate({
    name: 'answer',
    allows: READS,
    parameters: { customerId: TaskParameter.identifier() },
    within: { invoices: '{customerId}/' },
    lasts: minutes(20),
    ...changes,
  });
const WHOLE = { within: {}, parameters: {} };
const READ_ONLY = { allows: [Capability.readObjects('invoices')] };

interface Made {
  readonly agent?: AgentSpec;
  readonly resources?: ConstructorParameters<typeof ScopedAgentRole>[2]['resources'];
  readonly offer?: Partial<TaskOffer>;
  readonly stack?: TerraformStack;
}

const newStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');

function make({ agent = reader({ tasks: [answer()] }), resources, offer, stack = newStack() }: Made = {}) {
  const identity = new AgentIdentity(stack, 'Identity', {
    agent,
    trust: AgentTrust.azureCompute(),
    resourceGroup: { name: 'agents', location: 'westeurope' },
  });
  new ScopedAgentRole(stack, 'Role', { identity, resources: resources ?? { invoices: AgentResource.storageContainer(CONTAINER) } });
  const access = new TaskAccess(stack, 'Tasks');
  access.offer(identity, { stores: { invoices: STORE }, ...offer });
  return { stack, access };
}

const nativeOf = (stack: TerraformStack): unknown => manifestOf(stack).agents[0]?.tasks?.[0]?.native;

test('a task becomes a signature for its directory, with exactly its permissions', () => {
  expect(nativeOf(make().stack)).toMatchInlineSnapshot(`
{
  "parts": [
    {
      "account": "books",
      "container": "invoices",
      "hierarchical": true,
      "kind": "d",
      "permissions": "rl",
      "prefix": "{customerId}/",
      "resource": "invoices",
    },
  ],
  "seconds": 1200,
}
`);
});

test('the agent may ask for keys of the account, by the one action that takes, and the manifest shows it', () => {
  const { stack } = make();
  expect(manifestOf(stack).agents[0]?.native).toMatchInlineSnapshot(`
[
  {
    "conditions": [],
    "origin": "stack/Tasks/task-key-lx4bgt6k2y",
    "permissions": [
      "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
    ],
    "scopes": [
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/books",
    ],
  },
]
`);
  const { resource } = JSON.parse(Testing.synth(stack));
  const roles = Object.values<{ permissions: { actions: string[] }[] }>(resource.azurerm_role_definition);
  expect(roles.flatMap(({ permissions }) => permissions.map(({ actions }) => actions)).filter((actions) => actions.length > 0)).toEqual([
    [tasks.key.action],
  ]);
  const assigned = Object.values<{ scope: string }>(resource.azurerm_role_assignment).map(({ scope }) => scope);
  expect(assigned.filter((scope) => scope === ACCOUNT_ID)).toHaveLength(1);
});

test.each([
  ['below the bound prefix', READ_ONLY, { prefix: 'eu/' }, true, ['d', 'eu/{customerId}/', 'r']],
  ['the bound prefix alone', { ...READ_ONLY, ...WHOLE }, { prefix: 'eu/' }, true, ['d', 'eu/', 'r']],
  ['one blob where there are no directories', READ_ONLY, {}, false, ['b', '{customerId}/', 'r']],
  ['the whole container', WHOLE, {}, false, ['c', '', 'rl']],
])('signs for %s', (_, task, bound, hierarchicalNamespace, expected) => {
  const { stack } = make({
    agent: reader({ tasks: [answer(task)] }),
    resources: { invoices: AgentResource.storageContainer(CONTAINER, bound) },
    offer: { stores: { invoices: { ...STORE, hierarchicalNamespace } } },
  });
  const { parts } = nativeOf(stack) as { parts: { kind: string; prefix: string; permissions: string }[] };
  expect(parts.map(({ kind, prefix, permissions }) => [kind, prefix, permissions])).toEqual([expected]);
});

test('braces of a bound prefix are no parameters', () => {
  const resources = { invoices: AgentResource.storageContainer(CONTAINER, { prefix: '{customerId}/' }) };
  expect(messageOf(() => make({ resources }))).toMatch(/holds braces.*\[invalid-task-access\]/);
});

test('what is handed out is what the client reads', async () => {
  const { configuration } = make().access;
  const names = ['SignedOid', 'SignedTid', 'SignedStart', 'SignedExpiry', 'SignedService', 'SignedVersion', 'Value'];
  const text = async (): Promise<string> => names.map((name) => `<${name}>x</${name}>`).join('');
  const signatures = new TaskSignatures({
    configuration,
    ownToken: async () => 'own',
    fetch: async () => ({ ok: true, status: 200, text }),
  });
  const request = { agent: 'invoice-reader', template: 'answer', task: 't1', resource: 'invoices', parameters: { customerId: '7' } };
  expect((await signatures.issue(request)).url).toBe('https://books.blob.core.windows.net/invoices/7');
});

test('an account of the app says itself whether it has directories', () => {
  const hierarchical = [true, false].map((isHnsEnabled) => {
    const stack = newStack();
    const account = new StorageAccount(stack, 'Account', {
      name: 'books',
      resourceGroupName: 'data',
      location: 'westeurope',
      accountTier: 'Standard',
      accountReplicationType: 'LRS',
      isHnsEnabled,
    });
    const container = new StorageContainer(stack, 'Container', { name: 'invoices', storageAccountId: account.id });
    const { access } = make({
      stack,
      agent: reader({ tasks: [answer(READ_ONLY)] }),
      resources: { invoices: AgentResource.storageContainer(container) },
      offer: { stores: { invoices: { account, container } } },
    });
    return JSON.parse(String(resolveTokens(stack, access.configuration)))[0].parts[0];
  });
  expect(hierarchical.map(({ kind, account }) => [kind, account])).toEqual([
    ['d', '${azurerm_storage_account.Account.name}'],
    ['b', '${azurerm_storage_account.Account.name}'],
  ]);
});

test('every permission of objects has its letter, in the order Azure wants', () => {
  const all = [
    Capability.deleteObjects('invoices'),
    Capability.overwriteObjects('invoices'),
    Capability.createObjects('invoices'),
    ...READS,
  ];
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: all, tasks: [answer({ allows: all })] });
  const { parts } = nativeOf(make({ agent }).stack) as { parts: { permissions: string }[] };
  expect(parts.map(({ permissions }) => permissions)).toEqual(['rcwdl']);
});

test.each([
  [
    'tables',
    Capability.readTable('other'),
    AgentResource.storageTable({ resourceId: `${ACCOUNT_ID}/tableServices/default/tables/notes` }),
    /in preview/,
  ],
  [
    'queues',
    Capability.sendMessages('other'),
    AgentResource.storageQueue({ resourceId: `${ACCOUNT_ID}/queueServices/default/queues/jobs` }),
    /in preview/,
  ],
  [
    'secrets',
    Capability.readSecret('other'),
    AgentResource.keyVaultSecret({ resourceId: `${ACCOUNT_ID.replace(/Microsoft.*/, 'Microsoft.KeyVault/vaults/v/secrets/erp')}` }),
    /for blobs alone/,
  ],
])('access past blobs is refused by name, with the nearest alternative: %s', (_, capability, resource, reason) => {
  const agent = reader({ mode: AgentMode.READ_WRITE, capabilities: [capability], tasks: [answer({ allows: [capability], ...WHOLE })] });
  const message = messageOf(() => make({ agent, resources: { other: resource }, offer: { stores: {} } }));
  expect(message).toContain(`cannot have credentials on Azure that are bounded to '${capability.id}'`);
  expect(message).toMatch(reason);
  expect(message).toMatch(/nearest alternative: .{20,} \[task-unbounded\]$/);
});

test.each<[string, Made, RegExp]>([
  [
    'a listing where there are no directories',
    { offer: { stores: { invoices: { ...STORE, hierarchicalNamespace: false } } } },
    /'objects:list'.*no directories.*\[task-unbounded\]/,
  ],
  [
    'a prefix that is no directory',
    {
      agent: reader({ tasks: [answer({ ...READ_ONLY, ...WHOLE })] }),
      resources: { invoices: AgentResource.storageContainer(CONTAINER, { prefix: 'eu-' }) },
    },
    /does not end with '\/'.*\[task-unbounded\]/,
  ],
  ['a store that is missing', { offer: { stores: {} } }, /needs the store of each resource.*'invoices'/],
  [
    'another store than the bound one',
    { offer: { stores: { invoices: { ...STORE, container: { name: 'secrets' } } } } },
    /store that its resource is bound to/,
  ],
  [
    'a name that is a path',
    { offer: { stores: { invoices: { ...STORE, container: { name: 'a/b' } } } } },
    /needs the name of the container/,
  ],
  ['a task that is not declared', { offer: { tasks: ['other'] } }, /\[task-beyond-agent\]/],
  ['an agent without tasks', { agent: reader() }, /must declare 'tasks'/],
])('%s is refused', (_, made, message) => {
  expect(messageOf(() => make(made))).toMatch(message);
});

test('an agent without role, or of another fleet, is not served', () => {
  const stack = newStack();
  const identity = new AgentIdentity(stack, 'Identity', {
    agent: reader({ tasks: [answer()] }),
    trust: AgentTrust.azureCompute(),
    resourceGroup: { name: 'agents', location: 'westeurope' },
  });
  expect(messageOf(() => new TaskAccess(stack, 'Tasks').offer(identity, { stores: {} }))).toMatch(/needs a ScopedAgentRole first/);
  expect(messageOf(() => new TaskAccess(stack, 'Other', { fleet: 'test' }).offer(identity, { stores: {} }))).toMatch(
    /must be of fleet 'test'/,
  );
});

test('two containers of one account take one assignment, and tasks may be offered one after the other', () => {
  const stack = newStack();
  const second = { ...STORE, container: { name: 'reports' } };
  const capabilities = [Capability.readObjects('invoices'), Capability.readObjects('reports')];
  const both = [answer({ ...WHOLE, allows: capabilities }), answer({ ...READ_ONLY, name: 'audit' })];
  const agent = reader({ capabilities, tasks: both });
  const identity = new AgentIdentity(stack, 'Identity', {
    agent,
    trust: AgentTrust.azureCompute(),
    resourceGroup: { name: 'agents', location: 'westeurope' },
  });
  const reports = AgentResource.storageContainer({ resourceId: CONTAINER.resourceId.replace('invoices', 'reports') });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.storageContainer(CONTAINER), reports } });
  const access = new TaskAccess(stack, 'Tasks');
  for (const tasks of [['answer'], ['audit'], ['audit']]) access.offer(identity, { stores: { invoices: STORE, reports: second }, tasks });
  const [made] = manifestOf(stack).agents;
  expect(made?.native).toHaveLength(1);
  expect(made?.tasks?.map(({ native }) => native !== undefined)).toEqual([true, true]);
  expect(JSON.parse(access.configuration)).toHaveLength(2);
});

test('every gap says why and what is nearest, with a source', () => {
  for (const gap of [tasks.gap, tasks.directories, tasks.beginnings, ...Object.values(tasks.gaps)]) {
    expect(gap).toMatchObject({ source: expect.stringMatching(/^https:/), checked: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    expect([gap.reason.length > 20, gap.nearest.length > 20]).toEqual([true, true]);
  }
});
