import { AgentMode, type AgentSpec, Capability } from '../../lib';
import { AgentIdentity, type IAgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { CustomRoles } from '../../lib/gcp/private/custom-roles';
import { ScopedAgentRole, type ScopedAgentRoleProps } from '../../lib/gcp/scoped-agent-role';
import type { TerraformStack } from '../../lib/terraform/core';
import { messageOf, reader } from '../fixtures/agents';
import { newStack, PROJECT } from './identity-stack';

const FROM = '2027-01-01T00:00:00Z';
const TO = '2027-02-01T00:00:00Z';
const FENCE = { organization: '1', enforcementVersion: '3' };
const BUCKET = AgentResource.bucket({ name: 'books' });
const invoices = { invoices: BUCKET };

const identityOf = (stack: TerraformStack, agent: AgentSpec): IAgentIdentity =>
  AgentIdentity.fromIdentityAttributes(stack, agent.name, {
    agent,
    project: PROJECT,
    email: `${agent.name}@finance-prod.iam.gserviceaccount.com`,
  });

const federated = (stack: TerraformStack, agent: AgentSpec): IAgentIdentity =>
  AgentIdentity.fromIdentityAttributes(stack, agent.name, {
    agent,
    project: PROJECT,
    member: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s',
  });

const engine = (stack: TerraformStack, agent: AgentSpec): IAgentIdentity =>
  AgentIdentity.agentEngine(stack, agent.name, { agent, project: PROJECT, location: 'europe-west4' });

const scoped = (identity: IAgentIdentity, props: Omit<ScopedAgentRoleProps, 'identity'>): ScopedAgentRole =>
  new ScopedAgentRole(identity.node.root.node.findChild('demo') as TerraformStack, `Role-${identity.agent.name}`, { identity, ...props });

const writing = (...capabilities: Capability[]): AgentSpec => reader({ mode: AgentMode.READ_WRITE, capabilities });
const child = reader({ name: 'child' });

function manyFences(stack: TerraformStack, count: number): void {
  for (let index = 0; index < count; index++) {
    scoped(identityOf(stack, reader({ name: `reader-${index}` })), { resources: invoices, principalAccessBoundary: FENCE });
  }
}

function manyDatabases(stack: TerraformStack, count: number): void {
  const names = Array.from({ length: count }, (_, index) => `db-${index}`);
  const resources = Object.fromEntries(names.map((name) => [name, AgentResource.firestoreDatabase({ name })]));
  scoped(identityOf(stack, reader({ capabilities: names.map((name) => Capability.readTable(name)) })), { resources });
}

function manyRoles(stack: TerraformStack, count: number): void {
  for (let index = 0; index < count; index++)
    CustomRoles.of(stack).nameFor({ fleet: 'prod', permissions: [`storage.objects.get${index}`] });
}

function twoRoles(stack: TerraformStack): void {
  const identity = identityOf(stack, reader());
  for (const id of ['One', 'Two']) new ScopedAgentRole(stack, id, { identity, resources: invoices });
}

test.each<[string, (stack: TerraformStack) => unknown, string]>([
  [
    'an unbound resource',
    (stack) => scoped(identityOf(stack, reader()), { resources: {} }),
    "agent 'invoice-reader' needs every resource it names to be bound, got: 'invoices'; add 'invoices' to 'resources' (bound: none) [unbound-resource]",
  ],
  [
    'a surplus resource',
    (stack) => scoped(identityOf(stack, reader()), { resources: { ...invoices, more: BUCKET } }),
    "agent 'invoice-reader' must not be bound to a resource it does not name, because a binding without a capability is a mistake in one of the two, got: 'more'; remove it from 'resources', or add a capability (named: 'invoices') [surplus-resource]",
  ],
  [
    'a kind the capability cannot use',
    (stack) => scoped(identityOf(stack, reader()), { resources: { invoices: AgentResource.pubsubTopic({ name: 't' }) } }),
    "agent 'invoice-reader' cannot use capability 'objects:list' on 'invoices', because it is bound to kind 'pubsub-topic'; bind it to one of: 'bucket', 'managed-folder' [wrong-kind]",
  ],
  [
    'a prefix that cannot be listed',
    (stack) => scoped(identityOf(stack, reader()), { resources: { invoices: AgentResource.bucket({ name: 'b' }, { prefix: 'in/' }) } }),
    "agent 'invoice-reader' cannot use capability 'objects:list' on 'invoices', because it is bound to kind 'bucket-prefix'; bind it to one of: 'bucket', 'managed-folder' [wrong-kind]",
  ],
  [
    'an unsupported capability',
    (stack) => scoped(identityOf(stack, writing(Capability.strandsSessions('invoices'))), { resources: invoices }),
    "agent 'invoice-reader' cannot use capability 'sessions:strands' on gcp, because Strands Agents has an object-storage session manager for Amazon S3 only, so there are no Google Cloud calls to take permissions from; nearest alternative: objects:list, objects:read, objects:overwrite and objects:delete on a managed folder for a session manager of your own, or memory:read and memory:write on an agent's sessions [unsupported-capability]",
  ],
  [
    'a window on a topic',
    (stack) =>
      scoped(identityOf(stack, writing(Capability.publishMessages('orders'))), {
        resources: { orders: AgentResource.pubsubTopic({ name: 'orders' }) },
        notBefore: FROM,
      }),
    "agent 'invoice-reader' cannot bound its access to 'orders' in time, because the access policy of a topic takes no conditions; leave out 'notBefore' and 'notAfter', or move this resource to an agent without them [window-unsupported]",
  ],
  [
    'a window that ends before it starts',
    (stack) => scoped(identityOf(stack, reader()), { resources: invoices, notBefore: TO, notAfter: FROM }),
    "agent 'invoice-reader' needs 'notBefore' to lie before 'notAfter', got: '2027-02-01T00:00:00Z .. 2027-01-01T00:00:00Z'; swap or correct the dates [window-reversed]",
  ],
  [
    'a date without a time',
    (stack) => scoped(identityOf(stack, reader()), { resources: invoices, notAfter: '2027-01-01' }),
    "agent 'invoice-reader' needs 'notAfter' as an ISO 8601 instant in UTC, got: '2027-01-01'; write it like '2027-01-31T00:00:00Z' [invalid-date]",
  ],
  [
    'a second role',
    twoRoles,
    "agent 'invoice-reader' takes exactly one ScopedAgentRole, got: 'demo/invoice-reader'; declare all its resources there [role-already-scoped]",
  ],
  [
    'an identity of another app',
    (stack) => new ScopedAgentRole(stack, 'Role', { identity: identityOf(newStack(), reader()), resources: invoices }),
    "agent 'invoice-reader' needs its identity in the same app as its role, because the manifest is made of both, got: 'demo/invoice-reader'; make it with AgentIdentity, or import it with AgentIdentity.fromIdentityAttributes() [unregistered-identity]",
  ],
  [
    'another agent under the name of a sub-agent',
    (stack) =>
      scoped(identityOf(stack, reader({ delegatesTo: [child] })), {
        resources: { ...invoices, child: AgentResource.agent(identityOf(stack, reader({ name: 'other' }))) },
      }),
    "agent 'invoice-reader' needs 'child' bound to the identity of that sub-agent, because it would be let into an identity it never declared, got: 'other'; pass the identity of 'child' to AgentResource.agent() [wrong-delegate]",
  ],
  [
    'a fence around a federated principal',
    (stack) => scoped(federated(stack, reader()), { resources: invoices, principalAccessBoundary: FENCE }),
    "agent 'invoice-reader' needs a service account to be fenced in, because the fence is tied to the address of a service account, got: 'federated-principal'; leave out 'principalAccessBoundary', or make the identity with new AgentIdentity(...) [invalid-binding]",
  ],
  [
    'a fence around every project',
    (stack) => scoped(identityOf(stack, reader()), { resources: invoices, principalAccessBoundary: { ...FENCE, projects: ['*'] } }),
    "agent 'invoice-reader' needs 'projects' without '*' or '?', because it would be read as a wildcard and widen the grant, got: '*'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [
    'an eleventh fence in a project',
    (stack) => manyFences(stack, 11),
    "project 'finance-prod' takes at most 10 principal access boundaries, because the cloud refuses more, got: 11; remove some, or split the agent [too-many]",
  ],
  [
    'a 21st condition for one role',
    (stack) => manyDatabases(stack, 21),
    "agent 'invoice-reader' takes at most 20 conditional grants of one role on one project, because the cloud refuses more, got: 21; remove some, or split the agent [too-many]",
  ],
  [
    'a 301st custom role',
    (stack) => manyRoles(stack, 301),
    "the provider's project takes at most 300 custom roles, because the cloud refuses more, got: 301; remove some, or split the agent [too-many]",
  ],
  [
    'a native role without its full name',
    (stack) => scoped(identityOf(stack, reader()), { resources: invoices }).addNativeGrant('All', { role: 'storage.admin', on: BUCKET }),
    "agent 'invoice-reader' needs the full name of a role in a native grant, because Google knows roles by no other, got: 'storage.admin'; write it as 'roles/NAME', 'projects/PROJECT/roles/ID' or 'organizations/NUMBER/roles/ID' [invalid-binding]",
  ],
  [
    'a basic role under a condition',
    (stack) => {
      const on = AgentResource.firestoreDatabase({ name: 'db' });
      scoped(identityOf(stack, reader()), { resources: invoices }).addNativeGrant('All', { role: 'roles/viewer', on });
    },
    "agent 'invoice-reader' cannot hold a basic role on a thing that is reached under a condition, because Google takes no condition on a basic role, got: 'roles/viewer'; name a predefined role, or bind a thing that has an access policy of its own [invalid-binding]",
  ],
  [
    'a legacy bucket role for an engine',
    (stack) =>
      scoped(engine(stack, reader()), { resources: invoices }).addNativeGrant('All', {
        role: 'roles/storage.legacyBucketReader',
        on: BUCKET,
      }),
    "agent 'invoice-reader' cannot hold a legacy bucket role, because Google grants those to no agent identity, got: 'roles/storage.legacyBucketReader'; name another role, for example 'roles/storage.objectViewer' [invalid-binding]",
  ],
  [
    'a native role with a wildcard',
    (stack) => scoped(identityOf(stack, reader()), { resources: invoices }).addNativeGrant('All', { role: 'roles/*', on: BUCKET }),
    "agent 'invoice-reader' needs 'role' without '*' or '?', because it would be read as a wildcard and widen the grant, got: 'roles/*'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
])('%s is refused', (_title, make, message) => {
  expect(messageOf(() => make(newStack()))).toBe(message);
});

test('as many as the cloud takes are not refused', () => {
  expect(() => manyDatabases(newStack(), 20)).not.toThrow();
  expect(() => manyRoles(newStack(), 300)).not.toThrow();
  expect(() => manyFences(newStack(), 10)).not.toThrow();
});
