import { KeyVaultSecret } from '@cdktf/provider-azurerm/lib/key-vault-secret';
import { StorageQueue } from '@cdktf/provider-azurerm/lib/storage-queue';
import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import { Capability } from '../../lib';
import { Agent, type AgentProps } from '../../lib/azure/agent';
import { AgentIdentity, type AgentIdentityProps } from '../../lib/azure/agent-identity';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import { Fn, TerraformStack } from '../../lib/terraform/core';
import { messageOf, reader } from '../fixtures/agents';
import { PROVIDERS, SAMPLES, SUBSCRIPTION } from './resource-samples';

const STORAGE = `${PROVIDERS}/Microsoft.Storage/storageAccounts/books`;
const CONTAINER = `${STORAGE}/blobServices/default/containers/invoices`;
const resourceGroup = { name: 'agents', location: 'westeurope' };

const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');
const resourcesOf = (stack: TerraformStack) => JSON.parse(Testing.synth(stack)).resource;

function anIdentity(stack: TerraformStack, props: Partial<AgentIdentityProps> = {}): AgentIdentity {
  return new AgentIdentity(stack, 'Reader', { agent: reader(), trust: AgentTrust.azureCompute(), resourceGroup, ...props });
}

function anAgent(stack: TerraformStack, props: Partial<AgentProps> = {}): Agent {
  const resources = { invoices: AgentResource.storageContainer({ resourceId: CONTAINER }) };
  return new Agent(stack, 'Reader', { agent: reader(), trust: AgentTrust.azureCompute(), resourceGroup, resources, ...props });
}

/** A reader of two containers, bound to these ids. */
function twoContainers(stack: TerraformStack, ids: readonly [string, string], props: Partial<AgentProps> = {}): Agent {
  const agent = reader({ capabilities: [Capability.readObjects('one'), Capability.readObjects('two')] });
  const [one, two] = ids.map((resourceId, index) => AgentResource.storageContainer({ resourceId }, { prefix: `part-${index}/` }));
  return anAgent(stack, { agent, resources: { one, two } as AgentProps['resources'], ...props });
}

test('a name of a tag cannot open a template', () => {
  const stack = aStack();
  anIdentity(stack, { tags: { 'cost${x}': 'a' } });
  expect(resourcesOf(stack).azurerm_user_assigned_identity['main__invoice_reader'].tags).toHaveProperty(['cost$${x}'], 'a');
});

test('a tag of the library wins in whatever case the user writes it', () => {
  const stack = aStack();
  anIdentity(stack, { tags: { Owner: 'nobody', team: 'a' } });
  const { tags } = resourcesOf(stack).azurerm_user_assigned_identity['main__invoice_reader'];
  expect(Object.keys(tags).sort()).toEqual(['agent', 'fleet', 'owner', 'purpose', 'team']);
  expect(tags.owner).toBe('finance-platform@example.com');
});

test.each([
  [
    { Team: 'a', team: 'b' },
    "agent 'invoice-reader' needs 'tags' without names that differ in case alone, because to Azure they are one name, got: 'team'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [
    { AzureThing: 'a' },
    "agent 'invoice-reader' needs 'tags' without a name that begins with 'microsoft', 'azure' or 'windows', because Azure keeps those to itself, got: 'AzureThing'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [{ ' ': 'a' }, "agent 'invoice-reader' needs 'tags' not to be empty, because a tag needs a name; set 'tags' [empty-field]"],
])('tags %j are refused, as Azure would', (tags, message) => {
  expect(messageOf(() => anIdentity(aStack(), { tags }))).toBe(message);
});

test.each(['name', 'location'])('an empty %s of the resource group is refused', (field) => {
  expect(messageOf(() => anIdentity(aStack(), { resourceGroup: { ...resourceGroup, [field]: ' ' } }))).toBe(
    `agent 'invoice-reader' needs 'resourceGroup.${field}' not to be empty, because the identity would have no place; set 'resourceGroup.${field}' [empty-field]`,
  );
});

test('an owner of an application must be an id', () => {
  const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 'someone' });
  const make = (owner: string) => AgentIdentity.application(aStack(), 'Reader', { agent: reader(), trust, owners: [owner] });
  expect(messageOf(() => make('someone@example.com'))).toBe(
    "agent 'invoice-reader' needs 'owners' to be an id that Entra gave, because Entra tells objects apart by nothing else, got: 'someone@example.com'; write it like '00000000-0000-0000-0000-000000000000' [invalid-trust]",
  );
});

test('more sponsors than Entra takes are refused', () => {
  const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 'someone' });
  const users = Array.from({ length: 101 }, (_, index) => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`);
  expect(messageOf(() => AgentIdentity.agentId(aStack(), 'Reader', { agent: reader(), trust, sponsors: { users } }))).toBe(
    "agent 'invoice-reader' takes at most 100 sponsors, because the cloud refuses more, got: 101; remove some, or split the agent [too-many]",
  );
});

test.each(['principalId', 'clientId', 'tenantId'])('the %s of an imported identity must be an id', (field) => {
  const id = '00000000-0000-0000-0000-000000000000';
  const attributes = { agent: reader(), principalId: id, clientId: id, tenantId: id, [field]: 'reader' };
  expect(messageOf(() => AgentIdentity.fromIdentityAttributes(aStack(), 'Reader', attributes))).toContain(
    `needs '${field}' to be an id that Entra gave, because Entra tells objects apart by nothing else, got: 'reader'`,
  );
});

test('the fleet of an imported identity must be a name', () => {
  const id = '00000000-0000-0000-0000-000000000000';
  const attributes = { agent: reader(), principalId: id, clientId: id, fleet: 'Prod Fleet' };
  expect(messageOf(() => AgentIdentity.fromIdentityAttributes(aStack(), 'Reader', attributes))).toMatch(/\[invalid-name\]$/);
});

describe('what is known only at deployment', () => {
  const later = () => Fn.join('', ['a', 'b'.repeat(300)]);

  test('is taken as the value of a tag', () => {
    const stack = aStack();
    anIdentity(stack, { tags: { cost: Array.from({ length: 30 }, later).join('') } });
    expect(resourcesOf(stack).azurerm_user_assigned_identity['main__invoice_reader'].tags.cost).toMatch(/^(\$\{join\([^)]*\)\}){30}$/);
  });

  test('is refused as the name of a tag and as a table', () => {
    const { resourceId = '' } = SAMPLES.logAnalyticsWorkspace ?? {};
    expect(messageOf(() => anIdentity(aStack(), { tags: { [later()]: 'a' } }))).toContain("needs 'tags' as a literal");
    expect(messageOf(() => AgentResource.logAnalyticsWorkspace({ resourceId }, { tables: [later()] }))).toContain(
      "needs 'tables' as a literal",
    );
  });
});

test.each(['*', '?', '"', "'", '${x}', '%{x}'])('an id that holds %s is refused', (odd) => {
  expect(messageOf(() => AgentResource.storageContainer({ resourceId: `${CONTAINER}${odd}` }))).toMatch(
    /^AgentResource.storageContainer needs 'resourceId' without .*\[unsafe-value\]$/,
  );
});

test('the credentials of an application are written in turn', () => {
  const stack = aStack();
  const branches = ['a', 'b', 'c'].map((branch) => AgentTrust.gitHubActions({ repository: 'contoso/payments', branch }));
  AgentIdentity.application(stack, 'Reader', { agent: reader(), trust: AgentTrust.anyOf(...branches) });
  const credentials = resourcesOf(stack).azuread_application_federated_identity_credential as Record<string, { depends_on?: string[] }>;
  const after = Object.values(credentials).flatMap(({ depends_on = [] }) => depends_on);
  expect(after).toHaveLength(2);
  expect(new Set(after).size).toBe(2);
});

test.each([
  [{ scope: '', roleName: 'Reader' }, "needs 'scope' not to be empty"],
  [{ scope: SUBSCRIPTION, roleName: ' ' }, "needs 'role' not to be empty"],
  [{ scope: `${SUBSCRIPTION}/\${x}`, roleName: 'Reader' }, "needs 'scope' without '${'"],
  [{ scope: `${SUBSCRIPTION}/*`, roleName: 'Reader' }, "needs 'scope' without '*' or '?'"],
  [{ scope: SUBSCRIPTION, roleName: 'Rea"der' }, "needs 'role' without quotes or backslashes"],
])('the native grant %j is refused', (grant, rule) => {
  const { role } = anAgent(aStack());
  expect(messageOf(() => role.addNativeGrant('Odd', grant))).toContain(`native grant 'Odd' of agent 'invoice-reader' ${rule}, because `);
});

test.each(['AppTraces ', 'A, B', 'A}', '1st'])('a table named %j is refused', (table) => {
  const { resourceId = '' } = SAMPLES.logAnalyticsWorkspace ?? {};
  expect(messageOf(() => AgentResource.logAnalyticsWorkspace({ resourceId }, { tables: [table] }))).toBe(
    `AgentResource.logAnalyticsWorkspace needs 'tables' without anything but letters, digits and underscores, first a letter, because no table is named so, and the condition would match nothing, got: '${table}'; give the literal value; the library adds the patterns it needs [unsafe-value]`,
  );
});

describe('a declared resource of another kind', () => {
  const secretOf = (stack: TerraformStack) => new KeyVaultSecret(stack, 'Token', { name: 'token', keyVaultId: 'vault' });

  test('is refused although compilers let it pass', () => {
    expect(messageOf(() => AgentResource.storageContainer(secretOf(aStack())))).toBe(
      "AgentResource.storageContainer needs a declared azurerm_storage_container, or '{ resourceId }', because access is granted at its id, and the id of anything else is another place or none, got: 'azurerm_key_vault_secret'; pass the resource itself, or write { resourceId: ... } with its Resource Manager id [invalid-binding]",
    );
  });

  test.each(Object.keys(SAMPLES).filter((factory) => factory !== 'agent'))('is refused by %s', (factory) => {
    const stack = aStack();
    const odd = factory === 'keyVaultSecret' ? new StorageQueue(stack, 'X', { name: 'q', storageAccountId: STORAGE }) : secretOf(stack);
    const make = AgentResource[factory as 'sessionPool'] as (resource: object, options: object) => AgentResource;
    expect(messageOf(() => make.call(AgentResource, odd, { index: 'i', agent: 'a' }))).toMatch(/\[invalid-binding\]$/);
  });

  test('that is a construct of the user with a resource id is taken by that', () => {
    const wrapper = Object.assign(new Construct(aStack(), 'Wrapper'), { resourceId: CONTAINER });
    expect(AgentResource.storageContainer(wrapper).bound.targets.container?.scopes).toEqual([CONTAINER]);
    const wider = Object.assign(new Construct(aStack(), 'Wrapper'), { resourceId: STORAGE });
    expect(messageOf(() => AgentResource.storageContainer(wider))).toMatch(/\[invalid-resource-id\]$/);
  });
});

test('one container named in two cases is one place with one assignment', () => {
  const stack = aStack();
  twoContainers(stack, [CONTAINER, CONTAINER.replace('resourceGroups', 'resourcegroups')]);
  const assignments = Object.values(resourcesOf(stack).azurerm_role_assignment) as { condition: string }[];
  expect(assignments).toHaveLength(1);
  expect(assignments[0]?.condition).toContain("StringStartsWith 'part-0/' OR ");
});

describe('an assignable scope', () => {
  const elsewhere = CONTAINER.replace(SUBSCRIPTION, '/subscriptions/00000000-0000-0000-0000-000000000002');

  test('that does not hold a resource is refused', () => {
    expect(messageOf(() => anAgent(aStack(), { assignableScope: `${SUBSCRIPTION}/resourceGroups/dat` }))).toBe(
      `agent 'invoice-reader' needs all its resources inside its assignable scope '${SUBSCRIPTION}/resourceGroups/dat', because Azure assigns a custom role nowhere else, got: '${CONTAINER}'; name in 'assignableScope' the subscription or resource group that holds them all, or give the others to a second agent [invalid-binding]`,
    );
  });

  test('cannot hold two subscriptions', () => {
    expect(messageOf(() => twoContainers(aStack(), [CONTAINER, elsewhere]))).toContain(
      `needs all its resources inside one subscription, because Azure assigns a custom role nowhere else, got: '${elsewhere}'`,
    );
  });

  test('in another case, or known only at deployment, passes', () => {
    const scopes = [`${SUBSCRIPTION}/RESOURCEGROUPS/Data`, Fn.join('', ['/subscriptions/', 'x'])];
    for (const assignableScope of scopes) expect(anAgent(aStack(), { assignableScope }).role.access.grants).toHaveLength(2);
  });
});
