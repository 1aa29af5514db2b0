import { Construct } from 'constructs';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { ScopedAgentRole } from '../../lib/gcp/scoped-agent-role';
import { reader } from '../fixtures/agents';
import { makeIdentity, newStack, PROJECT, resourcesOf } from './identity-stack';

const GITHUB = AgentTrust.gitHubActions({ repository: 'example/site', environment: 'prod' });
const AWS = AgentTrust.aws({ accountId: '123456789012', roleName: 'runner' });
const BOOKS = AgentResource.bucket({ name: 'books' });
const FENCE = { organization: '1', enforcementVersion: '3' };

/** Every resource of a stack by its address. */
function addressesUnder(path: string): string[] {
  const stack = newStack();
  const scope = path === '' ? stack : new Construct(stack, path);
  const identity = new AgentIdentity(scope, `${path}Identity`, { agent: reader(), trust: AgentTrust.anyOf(GITHUB, AWS), project: PROJECT });
  const ceilings = { denyPolicy: true, principalAccessBoundary: FENCE };
  const role = new ScopedAgentRole(scope, `${path}Role`, { identity, resources: { invoices: BOOKS }, ...ceilings });
  role.addNativeGrant('Legacy', { role: 'roles/storage.objectViewer', on: BOOKS });
  return Object.entries(resourcesOf(stack)).flatMap(([type, made]) => Object.keys(made).map((name) => `${type}.${name}`));
}

test('moving an agent leaves its identity and its grants at their addresses', () => {
  expect(addressesUnder('Finance')).toEqual(addressesUnder(''));
  expect(addressesUnder('')).toMatchInlineSnapshot(`
[
  "google_iam_deny_policy.main__invoice_reader__deny",
  "google_iam_principal_access_boundary_policy.main__invoice_reader__fence",
  "google_iam_projects_policy_binding.main__invoice_reader__fence",
  "google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95",
  "google_iam_workload_identity_pool_provider.AgenticIamPool-main_aws-o77wydcqyf_66A73040",
  "google_iam_workload_identity_pool_provider.AgenticIamPool-main_github-bz3uqgeut3_8CEA6AD8",
  "google_project_iam_custom_role.AgenticIamRoles_agentic_iammainmzxd63iagb_A801122C",
  "google_service_account.main__invoice_reader",
  "google_service_account_iam_member.main__invoice_reader__admit_lmpdnwaryd",
  "google_service_account_iam_member.main__invoice_reader__admit_tbafx2sk6v",
  "google_storage_bucket_iam_member.main__invoice_reader__native_mbupiv4l34",
  "google_storage_bucket_iam_member.main__invoice_reader__storage_bucket_vbd2nk3ju3",
]
`);
});

test('an engine with an identity of its own stays when it moves, since a new one would be another identity', () => {
  const addressOf = (id: string): string[] => {
    const stack = newStack();
    AgentIdentity.agentEngine(stack, id, { agent: reader(), project: PROJECT, location: 'europe-west4' });
    return Object.keys(resourcesOf(stack)['google_vertex_ai_reasoning_engine'] ?? {});
  };
  expect(addressOf('Reader')).toEqual(['main__invoice_reader']);
  expect(addressOf('Moved')).toEqual(addressOf('Reader'));
});

test('who is admitted stays admitted at one address when another way in goes or the order changes', () => {
  const admittedBy = (...trusts: AgentTrust[]): Record<string, unknown> => {
    const stack = newStack();
    makeIdentity(stack, { trust: AgentTrust.anyOf(...trusts) });
    const made = Object.entries(resourcesOf(stack)['google_service_account_iam_member'] ?? {});
    return Object.fromEntries(made.map(([address, { member }]) => [address, member]));
  };
  const both = admittedBy(GITHUB, AWS);
  expect(Object.keys(both)).toHaveLength(2);
  expect(admittedBy(AWS, GITHUB)).toEqual(both);
  expect(both).toMatchObject(admittedBy(AWS));
});

test('two native grants of like names are two members', () => {
  const stack = newStack();
  const role = new ScopedAgentRole(stack, 'Role', { identity: makeIdentity(stack), resources: { invoices: BOOKS } });
  for (const id of ['a-b', 'a_b']) role.addNativeGrant(id, { role: 'roles/storage.objectViewer', on: BOOKS });
  expect(Object.keys(resourcesOf(stack)['google_storage_bucket_iam_member'] ?? {})).toHaveLength(3);
});
