import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { App, TerraformStack } from 'cdktf';
import { AgentMode } from '../../lib';
import { Agent, AgentResource, AgentReview, AgentTrust } from '../../lib/azure';
import { MANIFEST_FILE } from '../../lib/core/manifest';
import { messageOf, reader } from '../fixtures/agents';
import { SAMPLES } from './resource-samples';

const ROLES = { write: 'Storage Blob Data Contributor', escalate: 'User Access Administrator', more: 'Virtual Machine Contributor' };
const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';

function newStack(app: App, id = 'desk'): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AzurermProvider(stack, 'Azure', { features: [{}] });
  return stack;
}

function agentIn(stack: TerraformStack, mode: AgentMode, name: string): Agent {
  return new Agent(stack, name, {
    agent: reader({ name, mode }),
    trust: AgentTrust.azureCompute(),
    resourceGroup: { name: 'agents', location: 'westeurope' },
    resources: { invoices: AgentResource.storageContainer({ resourceId: SAMPLES.storageContainer?.resourceId ?? '' }) },
  });
}

/** What somebody's own code grants past the library. */
function grant({ identity, node }: Agent, role: string): void {
  new RoleAssignment(TerraformStack.of(identity), `${node.id}-${role.replaceAll(' ', '')}`, {
    scope: SUBSCRIPTION,
    roleDefinitionName: role,
    principalId: identity.principalId,
  });
}

interface Desk {
  readonly mode?: AgentMode;
  readonly context?: Record<string, unknown>;
  readonly name?: string;
}

function desk({ mode = AgentMode.READ_WRITE, context = {}, name = 'invoice-reader' }: Desk = {}) {
  const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), 'agentic-iam-review-')) });
  const stack = newStack(app);
  return { app, stack, agent: agentIn(stack, mode, name) };
}

const failure = (app: App) => messageOf(() => app.synth());
const idsIn = (text: string) => [...text.matchAll(/acknowledge with: 'agentic-iam::(.*)'/g)].map(([, id]) => id ?? '');
const warningsOf = (stack: TerraformStack) =>
  stack.node.findAll().flatMap(({ node }) => node.metadata.flatMap(({ type, data }) => (/warn/.test(type) ? [String(data)] : [])));

/** Ids of everything that an agent with the role for an escalation is refused for. */
function refusedFor(): string[] {
  const { app, agent } = desk();
  grant(agent, ROLES.escalate);
  return idsIn(failure(app));
}

test('a clean agent passes, and nothing is said', () => {
  const { app, stack } = desk({ mode: AgentMode.READ_ONLY });
  app.synth();
  expect(warningsOf(stack)).toEqual([]);
});

test('a read-only agent that may write is refused with a request, the statement, the construct and what to change', () => {
  const { app, agent } = desk({ mode: AgentMode.READ_ONLY });
  grant(agent, ROLES.write);
  const text = failure(app);
  expect(text.split('\n  [')[1]).toMatchInlineSnapshot(`
"desk] agent 'invoice-reader' breaks the claim that it reads only: it may do Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action on /subscriptions/00000000-0000-0000-0000-000000000001
  request: Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action on /subscriptions/00000000-0000-0000-0000-000000000001
  allowed by: azurerm_role_assignment.invoice-reader-StorageBlobDataContributor (assignment), put there by desk/invoice-reader-StorageBlobDataContributor
  what to change: take the action out of the statement that is named, or declare the agent READ_WRITE
  acknowledge with: 'agentic-iam::read-only[rormlfn7x6]'"
`);
});

test('a way to more than was given stops synth', () => {
  const { app, agent } = desk();
  grant(agent, ROLES.escalate);
  const paths = failure(app)
    .split('\n  [')
    .filter((text) => text.includes('escalation-path['));
  expect(paths[0]).toMatchInlineSnapshot(`
"desk] agent 'invoice-reader' assigns itself a role, Owner for one
  request: Microsoft.Authorization/roleAssignments/write on /subscriptions/00000000-0000-0000-0000-000000000001 where @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] = 8e3af657-a8ff-443c-a75c-2fe8c4bcb635 and @Request[Microsoft.Authorization/roleAssignments:PrincipalType] = ServicePrincipal
  allowed by: azurerm_role_assignment.invoice-reader-UserAccessAdministrator (assignment), put there by desk/invoice-reader-UserAccessAdministrator
  what to change: take one action of the path out of the statement that allows it, or name the exact resource it is meant for
  acknowledge with: 'agentic-iam::escalation-path[xiahta5nbz]'"
`);
});

describe('acknowledged findings', () => {
  test('let synth pass, and stay in the manifest with the reason', () => {
    const { app, agent } = desk();
    grant(agent, ROLES.escalate);
    for (const id of refusedFor()) AgentReview.acknowledge(agent, { id, reason: 'the deployer' });
    app.synth();
    const { acknowledged } = JSON.parse(readFileSync(join(app.outdir, MANIFEST_FILE), 'utf8'));
    expect(acknowledged[0]).toEqual({
      id: expect.stringMatching(/^agentic-iam::[a-z-]+\[[a-z2-7]{10}\]$/),
      reason: 'the deployer',
      construct: 'desk/invoice-reader',
    });
    expect(acknowledged).toHaveLength(refusedFor().length);
  });

  test('do not hide a different one that comes later', () => {
    const { app, agent } = desk();
    grant(agent, ROLES.escalate);
    const accepted = refusedFor();
    AgentReview.acknowledge(app, ...accepted.map((id) => ({ id, reason: 'the deployer' })));
    grant(agent, ROLES.more);
    const ids = idsIn(failure(app));
    expect(ids.some((id) => id.startsWith('escalation-path['))).toBe(true);
    expect(ids.filter((id) => accepted.includes(id))).toEqual([]);
  });

  test('do not hide the same of another agent', () => {
    const { app, stack, agent } = desk();
    const other = agentIn(stack, AgentMode.READ_WRITE, 'other');
    for (const one of [agent, other]) grant(one, ROLES.escalate);
    const accepted = refusedFor();
    AgentReview.acknowledge(app, ...accepted.map((id) => ({ id, reason: 'the deployer' })));
    const text = failure(app);
    expect(text).toContain("agent 'other'");
    expect(idsIn(text).filter((id) => accepted.includes(id))).toEqual([]);
  });

  test('that are no longer found are a warning, wherever they were made', () => {
    const { app, stack, agent } = desk();
    const second = newStack(app, 'second');
    agentIn(second, AgentMode.READ_ONLY, 'second-reader');
    const [first = '', next = first] = refusedFor();
    AgentReview.acknowledge(agent, { id: first, reason: 'the deployer' });
    AgentReview.acknowledge(app, { id: next, reason: 'the deployer' });
    app.synth();
    const unused = [...new Set([stack, second].flatMap((one) => one.node.root.node.findAll()))]
      .flatMap(({ node }) => node.metadata)
      .filter(({ data }) => String(data).includes('is acknowledged at'));
    expect(unused).toHaveLength(2);
  });
});

describe('the context switch', () => {
  test.each([
    ['off', 0],
    ['warn', 1],
  ])('%s lets synth pass', (value, least) => {
    const { app, stack, agent } = desk({ context: { 'agentic-iam:review': value } });
    grant(agent, ROLES.escalate);
    app.synth();
    const warnings = warningsOf(stack).filter((text) => text.includes('escalation-path['));
    expect(warnings.length).toBeGreaterThanOrEqual(least);
    if (least === 0) expect(warningsOf(stack)).toEqual([]);
  });

  test('refuses any other value', () => {
    const { app } = desk({ context: { 'agentic-iam:review': 'none' } });
    expect(failure(app)).toContain("context 'agentic-iam:review' must be 'off', 'warn' or 'fail', got: 'none'");
  });
});
