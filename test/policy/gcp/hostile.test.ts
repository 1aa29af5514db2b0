import fc from 'fast-check';
import { AgenticIamError } from '../../../lib/core/errors';
import type { ReviewInput } from '../../../lib/core/review/input';
import { gcpWorldOf } from '../../../lib/policy/gcp';

const DEV = '${google_service_account.dev.member}';
const blocks = {
  google_service_account: { dev: { '//': { metadata: { path: 'a/b' } }, account_id: 'dev', project: 'acme' } },
  google_project: { p: { project_id: 'acme', folder_id: '${google_folder.f.folder_id}' } },
  google_folder: { f: { parent: 'organizations/1', display_name: 'f' } },
  google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions: ['storage.objects.get'] } },
  google_organization_iam_custom_role: { org: { role_id: 'org', org_id: '1', permissions: ['iam.roles.update'] } },
  google_project_iam_member: {
    a: {
      project: 'acme',
      role: '${google_project_iam_custom_role.own.name}',
      member: DEV,
      condition: [
        { title: 'c', expression: 'resource.name.startsWith("projects/_/buckets/b") || request.time < timestamp("2027-01-01T00:00:00Z")' },
      ],
    },
  },
  google_project_iam_binding: { b: { project: 'acme', role: 'roles/viewer', members: [DEV, 'group:g@example.com', 'allUsers'] } },
  google_project_iam_policy: { c: { project: 'acme', policy_data: '${data.google_iam_policy.d.policy_data}' } },
  google_folder_iam_member: { f: { folder: '${google_folder.f.name}', role: 'roles/owner', member: 'user:anna@example.com' } },
  google_storage_bucket: { s: { name: 's', project: 'acme' } },
  google_storage_bucket_iam_member: { s: { bucket: '${google_storage_bucket.s.name}', role: 'roles/storage.admin', member: DEV } },
  google_service_account_iam_member: {
    i: { service_account_id: '${google_service_account.dev.name}', role: 'roles/iam.serviceAccountTokenCreator', member: DEV },
  },
  google_cloud_identity_group: { g: { parent: 'customers/c', group_key: [{ id: 'g@example.com' }] } },
  google_cloud_identity_group_membership: {
    m: { group: '${google_cloud_identity_group.g.id}', preferred_member_key: [{ id: '${google_service_account.dev.email}' }] },
  },
  google_privileged_access_manager_entitlement: {
    e: {
      eligible_users: [{ principals: [DEV] }],
      privileged_access: [
        { gcp_iam_access: [{ resource: '//cloudresourcemanager.googleapis.com/projects/acme', role_bindings: [{ role: 'roles/owner' }] }] },
      ],
      approval_workflow: [{ manual_approvals: [{}] }],
    },
  },
  google_iam_deny_policy: {
    d: {
      parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Facme',
      rules: [
        {
          deny_rule: [
            {
              denied_principals: ['principalSet://goog/public:all'],
              denied_permissions: ['storage.googleapis.com/objects.*'],
              exception_principals: ['principal://goog/subject/anna@example.com'],
              exception_permissions: ['storage.googleapis.com/objects.get'],
              denial_condition: [{ expression: 'resource.matchTag("a", "b")' }],
            },
          ],
        },
      ],
    },
  },
  google_iam_principal_access_boundary_policy: {
    p: { details: [{ rules: [{ effect: 'ALLOW', resources: ['//cloudresourcemanager.googleapis.com/projects/acme'] }] }] },
  },
  google_iam_projects_policy_binding: {
    p: {
      policy_kind: 'PRINCIPAL_ACCESS_BOUNDARY',
      policy: '${google_iam_principal_access_boundary_policy.p.name}',
      target: [{ principal_set: '//cloudresourcemanager.googleapis.com/projects/acme' }],
      condition: [{ expression: 'principal.subject == "dev@acme.iam.gserviceaccount.com"' }],
    },
  },
  google_iam_workload_identity_pool: { p: { workload_identity_pool_id: 'p', project: 'acme' } },
  google_iam_workload_identity_pool_provider: {
    p: {
      workload_identity_pool_id: '${google_iam_workload_identity_pool.p.workload_identity_pool_id}',
      project: 'acme',
      aws: [{ account_id: '111122223333' }],
      attribute_mapping: { 'google.subject': 'assertion.arn' },
      attribute_condition: 'true',
    },
  },
  google_cloud_run_v2_service: {
    s: { name: 's', location: 'l', project: 'acme', template: [{ service_account: '${google_service_account.dev.email}' }] },
  },
  google_bigquery_dataset: { d: { dataset_id: 'd', access: [{ role: 'OWNER' }] } },
};
const stack = {
  provider: { google: [{ project: 'acme' }] },
  resource: blocks,
  data: { google_iam_policy: { d: { binding: [{ role: 'roles/editor', members: [DEV], condition: [{ expression: 'true' }] }] } } },
};

const rows = Object.entries(blocks).flatMap(([type, named]) =>
  Object.entries(named).map(([name, values]) => ({ address: `${type}.${name}`, mode: 'managed', type, values: values as object })),
);
const plan = {
  planned_values: { root_module: { resources: rows, child_modules: [{ address: 'module.x', resources: rows.slice(0, 3) }] } },
  resource_changes: rows.map(({ address }) => ({
    address,
    change: { after_unknown: { member: true, members: [false, true], rules: [{ deny_rule: [{ denied_permissions: false }] }] } },
  })),
  configuration: {
    provider_config: { google: { expressions: { project: { constant_value: 'acme' } } } },
    root_module: {
      resources: rows.map(({ address }) => ({
        address,
        expressions: { member: { references: ['google_service_account.dev.member', 'google_service_account.dev', 'each.key'] } },
      })),
      module_calls: { x: { module: { resources: [] } } },
    },
  },
};
const INPUTS: Readonly<Record<string, ReviewInput>> = {
  stack: { kind: 'terraform-stack', file: 's.json', json: stack },
  plan: { kind: 'terraform-plan', file: 'p.json', json: plan },
};

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    '',
    'x',
    '*',
    '${',
    '${}',
    '${x.y}',
    '${google_service_account.dev.member}',
    '\uE000',
    [],
    [[]],
    [null],
    {},
    '__proto__',
    'constructor',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** All places of a value. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => places(one, [...path, Array.isArray(value) ? Number(key) : key]))
      : [];
  return path.length > 0 ? [path, ...inner] : inner;
}

function put(value: unknown, [key, ...rest]: readonly (string | number)[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((one, index) => (index === key ? put(one, rest, replacement) : one));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: put((value as Record<string | number, unknown>)[key], rest, replacement) };
}

function judge(input: ReviewInput): void {
  try {
    const world = gcpWorldOf([input]);
    for (const { id } of world?.principals ?? []) {
      world?.touches(id);
      world?.isAdmin(id);
      world?.steps(id, new Set([id]));
      world?.decide(id, { action: 'storage.objects.get', resource: 'projects/acme/buckets/s/objects/x' });
    }
    const said = [...(world?.unknowns ?? []), ...(world?.principals ?? []).flatMap(({ id }) => world?.access(id).unknowns ?? [])];
    expect(said.filter((sentence) => !sentence.endsWith('.'))).toEqual([]);
  } catch (error) {
    if (!(error instanceof AgenticIamError)) throw error;
  }
}

test.each(Object.entries(INPUTS))('anything may be anywhere in a file: %s', (_, input) => {
  const change = fc.tuple(fc.constantFrom(...places(input.json)), junk);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      judge({ ...input, json: changes.reduce<unknown>((value, [path, replacement]) => put(value, path, replacement), input.json) });
    }),
    { numRuns: 80 },
  );
});

test('any JSON may be any file', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(INPUTS)), fc.jsonValue(), (input, json) => judge({ ...input, json })),
    { numRuns: 80 },
  );
});
