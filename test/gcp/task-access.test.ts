import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import type { TerraformStack } from 'cdktf';
import { AgentMode, type AgentSpec, Capability, minutes, TaskParameter, TaskTemplate } from '../../lib';
import { type Fetch, TaskTokens } from '../../lib/client/gcp-task-tokens';
import { AgentIdentity, type IAgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import tasks from '../../lib/gcp/catalog/tasks.json';
import { ScopedAgentRole } from '../../lib/gcp/scoped-agent-role';
import { TaskAccess, type TaskOffer } from '../../lib/gcp/task-access';
import { resolveTokens } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { makeFederated, newStack, ofType, PROJECT } from './identity-stack';

const OBJECTS = [Capability.listObjects('invoices'), Capability.readObjects('invoices')];

const answer = (changes: Partial<ConstructorParameters<typeof TaskTemplate>[0]> = {}): TaskTemplate =>
  new TaskTemplate({
    name: 'answer',
    allows: OBJECTS,
    parameters: { customerId: TaskParameter.identifier() },
    within: { invoices: '{customerId}/' },
    lasts: minutes(20),
    ...changes,
  });

const CALLER = { member: 'serviceAccount:worker@finance-prod.iam.gserviceaccount.com' };

interface Made {
  readonly agent?: AgentSpec;
  readonly resources?: ConstructorParameters<typeof ScopedAgentRole>[2]['resources'];
  readonly offer?: Partial<TaskOffer>;
}

const identityOf = (stack: TerraformStack, agent: AgentSpec): IAgentIdentity =>
  new AgentIdentity(stack, 'Identity', { agent, trust: AgentTrust.attached(), project: PROJECT });

function make(stack: TerraformStack, { agent = reader({ tasks: [answer()] }), resources, offer }: Made = {}): TaskAccess {
  const identity = identityOf(stack, agent);
  new ScopedAgentRole(stack, 'Role', {
    identity,
    resources: resources ?? { invoices: AgentResource.bucket({ name: 'books', project: 'data' }) },
  });
  const access = new TaskAccess(stack, 'Tasks');
  access.offer(identity, { callers: [CALLER], ...offer });
  return access;
}

const nativeOf = (stack: TerraformStack): unknown => manifestOf(stack).agents[0]?.tasks?.map(({ native }) => native);

test('a task becomes a boundary on its part of the bucket, listing included, with roles of exactly its permissions', () => {
  const stack = newStack();
  make(stack);
  expect(nativeOf(stack)).toMatchInlineSnapshot(`
[
  {
    "accessBoundary": {
      "accessBoundaryRules": [
        {
          "availabilityCondition": {
            "expression": "api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("{customerId}/")",
            "title": "listing",
          },
          "availablePermissions": [
            "inRole:\${google_project_iam_custom_role.AgenticIamRoles_agentic_iammainal3uzvunjg_134AE22A.name}",
          ],
          "availableResource": "//storage.googleapis.com/projects/_/buckets/books",
        },
        {
          "availabilityCondition": {
            "expression": "resource.name.startsWith("projects/_/buckets/books/objects/{customerId}/")",
            "title": "objects",
          },
          "availablePermissions": [
            "inRole:\${google_project_iam_custom_role.AgenticIamRoles_agentic_iammain4kbuhhoynx_371328D4.name}",
          ],
          "availableResource": "//storage.googleapis.com/projects/_/buckets/books",
        },
      ],
    },
    "seconds": 1200,
    "serviceAccount": "\${google_service_account.main__invoice_reader.email}",
  },
]
`);
  const roles = ofType(stack, 'google_project_iam_custom_role').map(({ permissions, project }) => [project, permissions]);
  expect(roles).toMatchInlineSnapshot(`
[
  [
    "data",
    [
      "storage.objects.get",
    ],
  ],
  [
    "data",
    [
      "storage.objects.list",
    ],
  ],
  [
    "finance-prod",
    [
      "iam.serviceAccounts.getAccessToken",
    ],
  ],
  [
    "data",
    [
      "storage.objects.get",
      "storage.objects.list",
    ],
  ],
]
`);
});

test('callers may ask for tokens of exactly the agent, by the one permission that takes', () => {
  const stack = newStack();
  make(stack);
  expect(ofType(stack, 'google_service_account_iam_member')).toMatchInlineSnapshot(`
[
  {
    "member": "serviceAccount:worker@finance-prod.iam.gserviceaccount.com",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iammaine6mtcp7byj_DE1B9520.name}",
    "service_account_id": "projects/finance-prod/serviceAccounts/\${google_service_account.main__invoice_reader.email}",
  },
]
`);
});

test('a task is cut to a part of the prefix, or of the folder, that the bucket is bound with', () => {
  const prefixed = newStack();
  const agent = reader({
    capabilities: [Capability.readObjects('invoices')],
    tasks: [answer({ allows: [Capability.readObjects('invoices')] })],
  });
  make(prefixed, { agent, resources: { invoices: AgentResource.bucket({ name: 'books' }, { prefix: 'eu/' }) } });
  expect(JSON.stringify(nativeOf(prefixed))).toContain('projects/_/buckets/books/objects/eu/{customerId}/');
  const folder = newStack();
  make(folder, { resources: { invoices: AgentResource.managedFolder({ bucket: 'books', name: 'eu/' }) } });
  expect(JSON.stringify(nativeOf(folder))).toContain('projects/_/buckets/books/objects/eu/{customerId}/');
  expect(JSON.stringify(nativeOf(folder))).toContain('.startsWith(\\"eu/{customerId}/\\")');
});

test('a task without a narrower part still reaches the prefix alone, and a whole bucket needs no condition', () => {
  const prefixed = newStack();
  const agent = reader({
    capabilities: [Capability.readObjects('invoices')],
    tasks: [answer({ allows: [Capability.readObjects('invoices')], within: {}, parameters: {} })],
  });
  make(prefixed, { agent, resources: { invoices: AgentResource.bucket({ name: 'books' }, { prefix: 'eu/' }) } });
  expect(JSON.stringify(nativeOf(prefixed))).toContain('objects/eu/\\")');
  const whole = newStack();
  make(whole, { agent: reader({ tasks: [answer({ within: {}, parameters: {} })] }) });
  expect(JSON.stringify(nativeOf(whole))).not.toContain('availabilityCondition');
});

test('a bucket that is listed as a whole is listed by a task below its prefix alone', () => {
  const stack = newStack();
  make(stack, { resources: { invoices: AgentResource.bucket({ name: 'books' }, { prefix: 'eu/', listAll: true }) } });
  expect(JSON.stringify(nativeOf(stack))).toContain('.startsWith(\\"eu/{customerId}/\\")');
});

test('braces of a bound prefix are no parameters', () => {
  const resources = { invoices: AgentResource.bucket({ name: 'books' }, { prefix: '{customerId}/', listAll: true }) };
  expect(messageOf(() => make(newStack(), { resources }))).toMatch(/holds braces.*'\{customerId\}\/'.*\[invalid-task-access\]/);
});

test('what is handed out is what the client reads', async () => {
  const { configuration } = make(newStack());
  const sent: string[] = [];
  const fetch: Fetch = async (url, { body }) => {
    sent.push(body);
    return {
      ok: true,
      status: 200,
      json: async () => (url.includes('sts.') ? { access_token: 'x' } : { accessToken: 'y', expireTime: '2026-11-25T06:00:00Z' }),
    };
  };
  const request = { agent: 'invoice-reader', template: 'answer', task: 't1', parameters: { customerId: '7' } };
  await new TaskTokens({ configuration, ownToken: async () => 'own', fetch }).issue(request);
  const { accessBoundary } = JSON.parse(new URLSearchParams(sent[1]).get('options') ?? '');
  expect(
    accessBoundary.accessBoundaryRules.map(
      (rule: { availabilityCondition: { expression: string } }) => rule.availabilityCondition.expression,
    ),
  ).toEqual([
    'api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("7/")',
    'resource.name.startsWith("projects/_/buckets/books/objects/7/")',
  ]);
});

test('a bucket of the stack stays a reference', () => {
  const stack = newStack();
  const bucket = new StorageBucket(stack, 'Bucket', { name: 'books', location: 'EU', uniformBucketLevelAccess: true });
  const access = make(stack, { resources: { invoices: AgentResource.bucket(bucket) } });
  expect(JSON.stringify(nativeOf(stack))).toContain('//storage.googleapis.com/projects/_/buckets/${google_storage_bucket.Bucket.name}');
  expect(resolveTokens(stack, access.configuration)).toContain('${google_storage_bucket.Bucket.name}');
});

test.each([
  ['models', Capability.invokeModel('assistant'), AgentResource.model({ name: 'gemini', project: PROJECT } as never)],
  ['secrets', Capability.readSecret('assistant'), AgentResource.secret({ secretId: 'erp' })],
  ['tables', Capability.readTable('assistant'), AgentResource.firestoreDatabase({ name: 'db', project: PROJECT })],
])('access past Cloud Storage is refused by name, with the nearest alternative: %s', (_, capability, resource) => {
  const agent = reader({
    mode: AgentMode.READ_WRITE,
    capabilities: [capability],
    tasks: [answer({ allows: [capability], within: {}, parameters: {} })],
  });
  const message = messageOf(() => make(newStack(), { agent, resources: { assistant: resource } }));
  expect(message).toContain(
    `task 'answer' of agent 'invoice-reader' cannot have credentials on Google Cloud that are bounded to '${capability.id}'`,
  );
  expect(message).toMatch(/nearest alternative: .{20,} \[task-unbounded\]$/);
});

test('eleven rules are one too many', () => {
  const names = Array.from({ length: 11 }, (_, index) => `store-${index}`);
  const capabilities = names.map((name) => Capability.readObjects(name));
  const agent = reader({ capabilities, tasks: [answer({ allows: capabilities, within: {}, parameters: {} })] });
  const resources = Object.fromEntries(names.map((name) => [name, AgentResource.bucket({ name })]));
  expect(messageOf(() => make(newStack(), { agent, resources }))).toMatch(/at most 10 rules of an access boundary.*11.*\[too-many\]/);
  const ten = reader({
    capabilities: capabilities.slice(1),
    tasks: [answer({ allows: capabilities.slice(1), within: {}, parameters: {} })],
  });
  const { ['store-0']: _, ...less } = resources;
  expect(() => make(newStack(), { agent: ten, resources: less })).not.toThrow();
});

test.each<[string, Made, RegExp]>([
  ['a task that is not declared', { offer: { tasks: ['other'] } }, /\[task-beyond-agent\]/],
  ['an agent without tasks', { agent: reader() }, /must declare 'tasks'.*\[invalid-task-access\]/],
  ['nobody who may ask', { offer: { callers: [] } }, /\[empty-field\]/],
  ['everybody', { offer: { callers: [{ member: 'allUsers' }] } }, /exactly one workload.*'allUsers'/],
  ['a set of workloads', { offer: { callers: [{ member: 'principalSet://iam.googleapis.com/x/*' }] } }, /exactly one workload/],
])('%s is refused', (_, made, message) => {
  expect(messageOf(() => make(newStack(), made))).toMatch(message);
});

test('an agent may not ask, and one without role, service account or of another fleet is not served', () => {
  const agent = reader({ tasks: [answer()] });
  const stack = newStack();
  const identity = identityOf(stack, agent);
  const access = new TaskAccess(stack, 'Tasks');
  expect(messageOf(() => access.offer(identity, { callers: [CALLER] }))).toMatch(/needs a ScopedAgentRole first/);
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket({ name: 'books' }) } });
  expect(messageOf(() => access.offer(identity, { callers: [identity] }))).toMatch(/that is no agent.*got: 'an agent'/);
  const other = new TaskAccess(stack, 'Other', { fleet: 'test' });
  expect(messageOf(() => other.offer(identity, { callers: [CALLER] }))).toMatch(/must be of fleet 'test'/);
});

test('an identity without service account is not served', () => {
  const stack = newStack();
  const github = AgentTrust.gitHubActions({ repository: 'acme/invoices', tag: 'v1' });
  const identity = makeFederated(stack, { agent: reader({ tasks: [answer()] }), trust: github });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket({ name: 'books' }) } });
  expect(messageOf(() => new TaskAccess(stack, 'Tasks').offer(identity, { callers: [CALLER] }))).toMatch(/needs a service account/);
});

test('tasks may be offered one after the other, and to the same caller', () => {
  const stack = newStack();
  const both = [answer(), answer({ name: 'audit', within: {}, parameters: {} })];
  const identity = identityOf(stack, reader({ tasks: both }));
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket({ name: 'books' }) } });
  const access = new TaskAccess(stack, 'Tasks');
  for (const tasks of [['answer'], ['audit'], ['audit']]) access.offer(identity, { callers: [CALLER], tasks });
  expect((nativeOf(stack) as unknown[]).map((native) => native !== undefined)).toEqual([true, true]);
  expect(JSON.parse(String(resolveTokens(stack, access.configuration))).map(({ template }: { template: string }) => template)).toEqual([
    'answer',
    'audit',
  ]);
  expect(ofType(stack, 'google_service_account_iam_member')).toHaveLength(1);
});

test('every gap says why and what is nearest, with a source', () => {
  for (const gap of [tasks.gap, ...Object.values(tasks.gaps)]) {
    expect(gap).toMatchObject({ source: expect.stringMatching(/^https:/), checked: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    expect(gap.reason.length).toBeGreaterThan(20);
  }
});
