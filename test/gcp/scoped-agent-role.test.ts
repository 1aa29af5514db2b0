import { FirestoreDatabase } from '@cdktf/provider-google/lib/firestore-database';
import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { AgentMode, type AgentSpec, Capability } from '../../lib';
import { AgentIdentity, type IAgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentResource } from '../../lib/gcp/agent-resource';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { CATALOG } from '../../lib/gcp/catalog';
import { CustomRoles } from '../../lib/gcp/private/custom-roles';
import { ScopedAgentRole, type ScopedAgentRoleProps } from '../../lib/gcp/scoped-agent-role';
import type { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { newStack, ofType, PROJECT, resourcesOf } from './identity-stack';
import { bucket, SAMPLES } from './resource-samples';

type Props = Omit<ScopedAgentRoleProps, 'identity'>;

const WINDOW = { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' };
const EMAIL = 'invoice-reader@finance-prod.iam.gserviceaccount.com';
const BOOKS = { name: 'books' };

/** An identity that adds nothing to the template, so that snapshots show the role alone. */
const identityOf = (stack: TerraformStack, agent: AgentSpec, fleet = 'prod'): IAgentIdentity =>
  AgentIdentity.fromIdentityAttributes(stack, `${fleet}-${agent.name}`, {
    agent,
    fleet,
    project: PROJECT,
    email: EMAIL.replace('invoice-reader', agent.name),
  });

const scoped = (stack: TerraformStack, agent: AgentSpec, props: Props): ScopedAgentRole =>
  new ScopedAgentRole(stack, `Role-${agent.name}`, { identity: identityOf(stack, agent), ...props });

const reading = (...capabilities: Capability[]): AgentSpec => reader({ mode: AgentMode.READ_WRITE, capabilities });
const membersOf = (stack: TerraformStack) => Object.entries(resourcesOf(stack)).filter(([type]) => type.endsWith('_iam_member'));
const rolesOf = (stack: TerraformStack) => ofType(stack, 'google_project_iam_custom_role');
const permissionsOf = (stack: TerraformStack) => rolesOf(stack).map((role) => role['permissions']);

test('a reader of one folder becomes one custom role and one member of the folder, and nothing else', () => {
  const stack = newStack();
  scoped(stack, reader(), { resources: { invoices: AgentResource.managedFolder({ bucket: 'books', name: 'invoices/' }) } });
  expect(resourcesOf(stack)).toMatchInlineSnapshot(`
{
  "google_project_iam_custom_role": {
    "AgenticIamRoles_agentic_iamprodmzxd63iagb_4DBBD959": {
      "description": "Made by agentic-iam. Shared by the agents of fleet prod that need exactly these permissions.",
      "permissions": [
        "storage.objects.get",
        "storage.objects.list",
      ],
      "role_id": "agentic_iam.prod.mzxd63iagb",
      "title": "agentic-iam prod: storage.objects.get and 1 more",
    },
  },
  "google_storage_managed_folder_iam_member": {
    "prod__invoice_reader__storage_managed_folder_nun4yiatmx": {
      "bucket": "books",
      "managed_folder": "invoices/",
      "member": "serviceAccount:invoice-reader@finance-prod.iam.gserviceaccount.com",
      "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprodmzxd63iagb_4DBBD959.name}",
    },
  },
}
`);
});

test('a prefix holds for reading alone: without a way to limit listing, listing is asked for by name', () => {
  const stack = newStack();
  scoped(stack, reader(), { resources: { invoices: AgentResource.bucket(bucket(stack), { prefix: 'invoices/', listAll: true }) } });
  expect(membersOf(stack)).toMatchInlineSnapshot(`
[
  [
    "google_storage_bucket_iam_member",
    {
      "prod__invoice_reader__storage_bucket_gmyykzcqj7": {
        "bucket": "\${google_storage_bucket.Bucket.name}",
        "condition": {
          "expression": "resource.name.startsWith("projects/_/buckets/\${google_storage_bucket.Bucket.name}/objects/invoices/")",
          "title": "agentic-iam: prefix",
        },
        "member": "serviceAccount:invoice-reader@finance-prod.iam.gserviceaccount.com",
        "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprod5auh625ujs_A0CD9B9F.name}",
      },
      "prod__invoice_reader__storage_bucket_lzsvpdhtmh": {
        "bucket": "\${google_storage_bucket.Bucket.name}",
        "member": "serviceAccount:invoice-reader@finance-prod.iam.gserviceaccount.com",
        "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprodsr4jwafapx_C7AB321E.name}",
      },
    },
  ],
]
`);
  const refused = () => scoped(newStack(), reader(), { resources: { invoices: AgentResource.bucket(BOOKS, { prefix: 'invoices/' }) } });
  expect(messageOf(refused)).toMatchInlineSnapshot(
    `"agent 'invoice-reader' cannot use capability 'objects:list' on 'invoices', because it is bound to kind 'bucket-prefix'; bind it to one of: 'bucket', 'managed-folder' [wrong-kind]"`,
  );
});

test('a window bounds every grant, joined with what limits it otherwise', () => {
  const stack = newStack();
  const database = new FirestoreDatabase(stack, 'Db', { name: 'ledger', locationId: 'eur3', type: 'FIRESTORE_NATIVE' });
  scoped(stack, reader({ capabilities: [Capability.readTable('ledger'), Capability.readSecret('token')] }), {
    resources: { ledger: AgentResource.firestoreDatabase(database), token: AgentResource.secret({ secretId: 'erp' }) },
    ...WINDOW,
  });
  expect(membersOf(stack).flatMap(([, members]) => Object.values(members).map((member) => member['condition']))).toMatchInlineSnapshot(`
[
  {
    "expression": "resource.name == "projects/\${google_firestore_database.Db.project}/databases/\${google_firestore_database.Db.name}" && request.time >= timestamp("2027-01-01T00:00:00Z") && request.time <= timestamp("2027-02-01T00:00:00Z")",
    "title": "agentic-iam: database, window",
  },
  {
    "expression": "request.time >= timestamp("2027-01-01T00:00:00Z") && request.time <= timestamp("2027-02-01T00:00:00Z")",
    "title": "agentic-iam: window",
  },
]
`);
});

test('what is granted at one place becomes one role, and what is granted elsewhere another', () => {
  const stack = newStack();
  const capabilities = [
    Capability.listObjects('invoices'),
    Capability.readObjects('invoices'),
    Capability.deleteObjects('invoices'),
    Capability.queryWarehouse('books'),
  ];
  scoped(stack, reading(...capabilities), {
    resources: { invoices: AgentResource.bucket(BOOKS), books: AgentResource.bigQueryDataset({ datasetId: 'books', project: 'data' }) },
  });
  expect(rolesOf(stack).map(({ permissions, project }) => ({ permissions, project }))).toMatchInlineSnapshot(`
[
  {
    "permissions": [
      "bigquery.tables.getData",
    ],
    "project": "data",
  },
  {
    "permissions": [
      "storage.objects.delete",
      "storage.objects.get",
      "storage.objects.list",
    ],
    "project": undefined,
  },
  {
    "permissions": [
      "bigquery.jobs.create",
    ],
    "project": "finance-prod",
  },
]
`);
  expect(membersOf(stack).map(([type, members]) => [type, Object.keys(members).length])).toMatchInlineSnapshot(`
[
  [
    "google_bigquery_dataset_iam_member",
    1,
  ],
  [
    "google_project_iam_member",
    1,
  ],
  [
    "google_storage_bucket_iam_member",
    1,
  ],
]
`);
});

test('two names for one thing are one member', () => {
  const stack = newStack();
  const books = bucket(stack);
  scoped(stack, reader({ capabilities: [Capability.readObjects('invoices'), Capability.readObjects('orders')] }), {
    resources: { invoices: AgentResource.bucket(books), orders: AgentResource.bucket(books) },
  });
  expect(ofType(stack, 'google_storage_bucket_iam_member')).toHaveLength(1);
});

test('agents of one fleet share a role of the same permissions; other fleets and projects do not', () => {
  const stack = newStack();
  const grant = (name: string, fleet: string, project?: string): void => {
    const agent = reader({ name, capabilities: [Capability.readObjects('invoices')] });
    const resources = { invoices: AgentResource.bucket({ name: 'books', ...(project ? { project } : {}) }) };
    new ScopedAgentRole(stack, `Role-${name}`, { identity: identityOf(stack, agent, fleet), resources });
  };
  grant('one', 'prod');
  grant('two', 'prod');
  expect(rolesOf(stack)).toHaveLength(1);
  grant('three', 'dev');
  grant('four', 'prod', 'data');
  const ids = rolesOf(stack).map((role) => String(role['role_id']));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
});

test('the id of a role follows from fleet, stack and permissions, so that it never means others', () => {
  const idOf = (name: string, fleet: string, permissions: string[]): string => {
    const stack = newStack(name);
    CustomRoles.of(stack).nameFor({ fleet, permissions });
    return String(rolesOf(stack)[0]?.['role_id']);
  };
  const id = idOf('a', 'prod-eu', ['storage.objects.get']);
  expect(id).toMatchInlineSnapshot(`"agentic_iam.prod_eu.z3b7zipq5o"`);
  expect(idOf('a', 'prod-eu', ['storage.objects.get'])).toBe(id);
  expect(idOf('b', 'prod-eu', ['storage.objects.get'])).not.toBe(id);
  expect(idOf('a', 'prod-eu', ['storage.objects.get', 'storage.objects.list'])).not.toBe(id);
});

test('members keep their addresses when capabilities and other constructs come first', () => {
  const addresses = (crowded: boolean): string[] => {
    const stack = newStack();
    if (crowded) new Construct(stack, 'Unrelated');
    const wanted = [Capability.readObjects('invoices')];
    const added = crowded ? [Capability.readSecret('token'), Capability.deleteObjects('invoices')] : [];
    const token: Props['resources'] = crowded ? { token: AgentResource.secret({ secretId: 't' }) } : {};
    scoped(stack, reading(...added, ...wanted), { resources: { invoices: AgentResource.bucket(BOOKS), ...token } });
    return Object.keys(resourcesOf(stack)['google_storage_bucket_iam_member'] ?? {});
  };
  expect(addresses(true)).toEqual(addresses(false));
});

const CASES = Object.entries(CATALOG.capabilities).flatMap(([id, entry]) =>
  [...new Set((entry.grants ?? []).flatMap((grant) => grant.kinds))].filter((kind) => kind !== 'agent').map((kind) => [id, kind] as const),
);

test.each(CASES)('%s on a %s grants exactly what the catalog says', (id, kind) => {
  const stack = newStack();
  const sample = SAMPLES[kind]?.elsewhere(stack);
  if (!sample) throw new Error(`no sample of ${kind}`);
  const role = scoped(stack, reading(Capability.of(id, 'thing')), { resources: { thing: sample } });
  const wanted = (CATALOG.capabilities[id]?.grants ?? [])
    .filter((grant) => grant.kinds.includes(kind))
    .flatMap((grant) => grant.permissions);
  expect([...new Set(permissionsOf(stack).flat())].sort()).toEqual([...new Set(wanted)].sort());
  expect(role.access.grants.flatMap((grant) => grant.permissions).sort()).toEqual([...wanted].sort());
  for (const [, members] of membersOf(stack)) {
    for (const member of Object.values(members)) expect(Object.values(member)).not.toContain(undefined);
  }
});

test('each kind of place has its own additive member, and none replaces what others were granted', () => {
  const stack = newStack();
  const kinds = Object.keys(SAMPLES).filter((kind) => kind !== 'agent');
  const capabilityOf = (kind: string): string => CASES.find(([, one]) => one === kind)?.[0] ?? '';
  const agent = reading(...kinds.map((kind) => Capability.of(capabilityOf(kind), kind)));
  const engine = { 'reasoning-engine': AgentResource.reasoningEngine({ name: '7', location: 'eu' }, { onEngine: true }) };
  const resources = Object.fromEntries(kinds.map((kind) => [kind, SAMPLES[kind]?.elsewhere(stack) as AgentResource]));
  scoped(stack, agent, { resources: { ...resources, ...engine } });
  const shown = membersOf(stack).map(
    ([type, members]) => `${type}: ${Object.keys(Object.values(members)[0] ?? {}).filter((key) => !['member', 'role'].includes(key))}`,
  );
  expect(shown).toMatchInlineSnapshot(`
[
  "google_bigquery_dataset_iam_member: dataset_id",
  "google_bigquery_table_iam_member: dataset_id,project,table_id",
  "google_bigtable_table_iam_member: instance_name,table",
  "google_cloud_run_v2_job_iam_member: location,name,project",
  "google_cloud_run_v2_service_iam_member: location,name,project",
  "google_cloud_tasks_queue_iam_member: location,name,project",
  "google_kms_crypto_key_iam_member: crypto_key_id",
  "google_logging_log_view_iam_member: bucket,location,name,parent",
  "google_project_iam_member: project",
  "google_pubsub_subscription_iam_member: project,subscription",
  "google_pubsub_topic_iam_member: project,topic",
  "google_secret_manager_regional_secret_iam_member: location,secret_id",
  "google_secret_manager_secret_iam_member: project,secret_id",
  "google_storage_bucket_iam_member: bucket,condition",
  "google_storage_managed_folder_iam_member: bucket,managed_folder",
  "google_vertex_ai_reasoning_engine_iam_member: project,reasoning_engine,region",
]
`);
  expect(Object.keys(resourcesOf(stack)).filter((type) => /_iam_(binding|policy)$/.test(type))).toEqual([]);
});

test('whatever is declared, exactly that is granted: nothing is lost or gained by joining', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...CASES), { minLength: 1, maxLength: 12 }), (cases) => {
      const stack = newStack();
      const named = cases.map(([id, kind], index) => ({ id, kind, name: `thing-${index}` }));
      const resources = Object.fromEntries(named.map(({ kind, name }) => [name, SAMPLES[kind]?.elsewhere(stack) as AgentResource]));
      const role = scoped(stack, reading(...named.map(({ id, name }) => Capability.of(id, name))), { resources });
      const wanted = role.access.grants.flatMap((grant) => grant.permissions);
      expect(new Set(permissionsOf(stack).flat())).toEqual(new Set(wanted));
      const made = membersOf(stack).flatMap(([, members]) => Object.values(members).map((member) => JSON.stringify(member)));
      expect(new Set(made).size).toBe(made.length);
    }),
    { numRuns: 30 },
  );
});

test('a grant on an engine moves the stack to a provider that has it, and no other grant does', () => {
  const versionWith = (onEngine: boolean): unknown => {
    const stack = newStack();
    new GoogleProvider(stack, 'Google', {});
    const engine = AgentResource.reasoningEngine({ name: '7', location: 'eu' }, { onEngine });
    scoped(stack, reading(Capability.invokeRuntime('desk')), { resources: { desk: engine } });
    return JSON.parse(Testing.synth(stack)).terraform.required_providers.google.version;
  };
  expect([versionWith(true), versionWith(false)]).toEqual(['>= 7.28.0, < 8.0.0', '6.50.0']);
});

test('delegation is the right to ask for a token of exactly the sub-agent', () => {
  const stack = newStack();
  const child = reader({ name: 'summariser', capabilities: [] });
  const childIdentity = new AgentIdentity(stack, 'Child', { agent: child, fleet: 'prod', project: 'agents', trust: AgentTrust.attached() });
  scoped(stack, reader({ delegatesTo: [child] }), {
    resources: { invoices: AgentResource.bucket(BOOKS), summariser: AgentResource.agent(childIdentity) },
  });
  expect(ofType(stack, 'google_service_account_iam_member')).toMatchInlineSnapshot(`
[
  {
    "member": "serviceAccount:invoice-reader@finance-prod.iam.gserviceaccount.com",
    "role": "\${google_project_iam_custom_role.AgenticIamRoles_agentic_iamprodaldezjsq3t_4CB99F96.name}",
    "service_account_id": "projects/agents/serviceAccounts/\${google_service_account.prod__summariser.email}",
  },
]
`);
  expect(permissionsOf(stack)).toContainEqual(['iam.serviceAccounts.getAccessToken']);
});

test('a deny policy holds every way to more access and, for a read-only agent, every write, but nothing that is granted', () => {
  const deniedTo = (agent: AgentSpec, resources: Props['resources']): string[] => {
    const stack = newStack();
    scoped(stack, agent, { resources, denyPolicy: true });
    const [policy] = ofType(stack, 'google_iam_deny_policy');
    const rules = policy?.['rules'] as [{ deny_rule: { denied_permissions: string[]; denied_principals: string[] } }];
    expect(policy).toMatchObject({
      parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Ffinance-prod',
      name: 'agentic-iam.prod--invoice-reader',
    });
    expect(rules[0].deny_rule.denied_principals).toEqual([`principal://iam.googleapis.com/projects/-/serviceAccounts/${EMAIL}`]);
    return rules[0].deny_rule.denied_permissions;
  };
  const readOnly = deniedTo(reader(), { invoices: AgentResource.bucket(BOOKS) });
  expect(readOnly).toEqual(expect.arrayContaining(['iam.googleapis.com/serviceAccounts.actAs', 'storage.googleapis.com/objects.delete']));
  const child = reader({ name: 'child' });
  const both = deniedTo(reader({ mode: AgentMode.READ_WRITE, delegatesTo: [child] }), {
    invoices: AgentResource.bucket(BOOKS),
    child: AgentResource.agent(identityOf(newStack(), child)),
  });
  expect(both).not.toContain('storage.googleapis.com/objects.delete');
  expect(both).not.toContain('iam.googleapis.com/serviceAccounts.getAccessToken');
  expect(both).toContain('iam.googleapis.com/serviceAccounts.signJwt');
});

test('a fence lists the projects an agent cannot leave, and holds for this agent alone', () => {
  const stack = newStack();
  scoped(stack, reader(), {
    resources: { invoices: AgentResource.bucket(BOOKS) },
    principalAccessBoundary: { organization: '123456789012', enforcementVersion: '3', projects: [PROJECT, 'data-prod'] },
  });
  const { google_iam_principal_access_boundary_policy: fence, google_iam_projects_policy_binding: binding } = resourcesOf(stack);
  expect([fence, binding]).toMatchInlineSnapshot(`
[
  {
    "prod__invoice_reader__fence": {
      "details": {
        "enforcement_version": "3",
        "rules": [
          {
            "effect": "ALLOW",
            "resources": [
              "//cloudresourcemanager.googleapis.com/projects/finance-prod",
              "//cloudresourcemanager.googleapis.com/projects/data-prod",
            ],
          },
        ],
      },
      "display_name": "agentic-iam: fence of invoice-reader",
      "location": "global",
      "organization": "123456789012",
      "principal_access_boundary_policy_id": "prod--invoice-reader--finance-prod",
    },
  },
  {
    "prod__invoice_reader__fence": {
      "condition": {
        "expression": "principal.type == "iam.googleapis.com/ServiceAccount" && principal.subject == "invoice-reader@finance-prod.iam.gserviceaccount.com"",
        "title": "agentic-iam: this agent",
      },
      "location": "global",
      "policy": "\${google_iam_principal_access_boundary_policy.prod__invoice_reader__fence.name}",
      "policy_binding_id": "prod--invoice-reader--finance-prod",
      "policy_kind": "PRINCIPAL_ACCESS_BOUNDARY",
      "project": "finance-prod",
      "target": {
        "principal_set": "//cloudresourcemanager.googleapis.com/projects/finance-prod",
      },
    },
  },
]
`);
});

test('a role of the user is granted as asked, recorded as native and found', () => {
  const stack = newStack();
  const books = bucket(stack);
  const role = scoped(stack, reader(), { resources: { invoices: AgentResource.bucket(books) } });
  role.addNativeGrant('Legacy', { role: 'roles/storage.legacyBucketReader', on: AgentResource.bucket(books, { prefix: 'old/' }) });
  const [agent] = manifestOf(stack).agents;
  expect(agent?.native).toMatchInlineSnapshot(`
[
  {
    "conditions": [
      {
        "expression": "resource.name.startsWith("projects/_/buckets/\${google_storage_bucket.Bucket.name}/objects/old/")",
        "title": "prefix",
      },
    ],
    "origin": "demo/Role-invoice-reader/Legacy",
    "permissions": [
      "roles/storage.legacyBucketReader",
    ],
    "scopes": [
      {
        "bucket": "\${google_storage_bucket.Bucket.name}",
        "type": "storage-bucket",
      },
    ],
  },
]
`);
  expect(agent?.findings.map(({ id }) => id)).toEqual(['native-grant']);
  expect(ofType(stack, 'google_storage_bucket_iam_member').map(({ role: name }) => name)).toContain('roles/storage.legacyBucketReader');
});

test('the manifest shows what was granted, the window and the ceiling', () => {
  const stack = newStack();
  scoped(stack, reader(), {
    resources: { invoices: AgentResource.bucket(BOOKS) },
    notAfter: WINDOW.notAfter,
    denyPolicy: true,
    principalAccessBoundary: { organization: '1', enforcementVersion: '3' },
  });
  const [agent] = manifestOf(stack).agents;
  expect(agent?.access).toMatchInlineSnapshot(`
[
  {
    "capability": "objects:list",
    "conditions": [],
    "kind": "bucket",
    "level": "list",
    "permissions": [
      "storage.objects.list",
    ],
    "resource": "invoices",
    "scopes": [
      {
        "bucket": "books",
        "type": "storage-bucket",
      },
    ],
  },
  {
    "capability": "objects:read",
    "conditions": [],
    "kind": "bucket",
    "level": "read",
    "permissions": [
      "storage.objects.get",
    ],
    "resource": "invoices",
    "scopes": [
      {
        "bucket": "books",
        "type": "storage-bucket",
      },
    ],
  },
]
`);
  expect(agent?.window).toEqual({ notAfter: WINDOW.notAfter });
  expect(agent?.ceiling).toMatchObject({
    deniedPermissions: expect.arrayContaining(['storage.googleapis.com/objects.create']),
    onlyWithin: ['//cloudresourcemanager.googleapis.com/projects/finance-prod'],
  });
});

test('a role of the app can be granted natively by reference', () => {
  const stack = newStack();
  const own = new ProjectIamCustomRole(stack, 'Own', { roleId: 'own', title: 'own', permissions: ['storage.buckets.get'] });
  const role = scoped(stack, reader(), { resources: { invoices: AgentResource.bucket(BOOKS) } });
  role.addNativeGrant('Own', { role: own.name, on: AgentResource.bucket(BOOKS) });
  const reference = '${google_project_iam_custom_role.Own.name}';
  expect(ofType(stack, 'google_storage_bucket_iam_member').map(({ role: name }) => name)).toContain(reference);
  expect(manifestOf(stack).agents[0]?.native[0]?.permissions).toEqual([reference]);
});
