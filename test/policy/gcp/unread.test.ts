import { proveNothingBeyond } from '../../../lib/core/review/claims';
import { findPaths } from '../../../lib/core/review/paths';
import { proveReadOnly } from '../../../lib/core/review/read-only';
import type { AccessWorld } from '../../../lib/core/review/world';
import { gcpWorldOf } from '../../../lib/policy/gcp';
import { DEV, stack, worldOf } from './stack';

const OF_DEV = '${google_service_account.dev.member}';
const OTHER = 'serviceAccount:other@acme.iam.gserviceaccount.com';
const member = (who: unknown, more: object = {}): object => ({
  google_project_iam_member: { m: { project: 'acme', role: 'roles/storage.admin', member: who, ...more } },
});
const policy = (data: unknown): object => ({ google_project_iam_policy: { p: { project: 'acme', policy_data: data } } });
const entitled = (principals: unknown, more: object = {}): object => ({
  google_privileged_access_manager_entitlement: {
    e: {
      entitlement_id: 'e',
      parent: 'projects/acme',
      eligible_users: [{ principals }],
      privileged_access: [
        {
          gcp_iam_access: [
            { resource: '//cloudresourcemanager.googleapis.com/projects/acme', role_bindings: [{ role: 'roles/storage.admin' }] },
          ],
        },
      ],
      ...more,
    },
  },
});
const inGroup = (group: unknown, who: unknown): object => ({
  google_cloud_identity_group: { g: { parent: 'customers/c', group_key: [{ id: 'ops@example.com' }] } },
  google_cloud_identity_group_membership: { m: { group, preferred_member_key: [{ id: who }] } },
});
const EMAIL = 'dev@acme.iam.gserviceaccount.com';
const G = '${google_cloud_identity_group.g.id}';

/** Grants of which it is not known that they are not those of `dev`. */
const UNTOLD: readonly (readonly [string, object])[] = [
  ['a variable', member('${var.who}')],
  ['a variable for an account', member('serviceAccount:${var.email}')],
  ['an output of a module', member('${module.agent.member}')],
  ['data', member('serviceAccount:${data.google_service_account.dev.email}')],
  ['a function', member('${join(":", ["serviceAccount", google_service_account.dev.email])}')],
  ['a function with braces', member('${format("serviceAccount:%s", { a = google_service_account.dev.email }.a)}')],
  ['the account of something that runs', member('serviceAccount:${google_cloud_run_v2_service.s.template[0].service_account}')],
  ['nothing', member(undefined)],
  ['members out of a variable', { google_project_iam_binding: { b: { project: 'acme', role: 'roles/owner', members: '${var.who}' } } }],
  ['a member of a list', { google_project_iam_binding: { b: { project: 'acme', role: 'roles/owner', members: ['user:a@b.c', null] } } }],
  ['a policy out of a file', policy('${file("policy.json")}')],
  ['a policy of data that is not here', policy('${data.google_iam_policy.other.policy_data}')],
  ['a policy with a member that is not told', policy('{"bindings":[{"role":"roles/owner","members":["user:a@b.c",null]}]}')],
  ['a policy with a role that is not told', policy('{"bindings":[{"role":null,"members":["user:a@b.c"]}]}')],
  ['something to ask for, for a variable', entitled(['${var.who}'])],
  ['something to ask for, for nobody knows whom', entitled(null)],
  ['something to ask for, out of a list', entitled(['user:a@b.c'], { dynamic: { eligible_users: {} } })],
  ['a member of a group, out of a variable', inGroup(G, '${var.who}')],
  ['a group that is not here', inGroup('groups/123', EMAIL)],
  ['a template', { google_deployment_manager_deployment: { d: { name: 'd' } } }],
  ['a grant of a type nobody knows', { google_new_thing_iam_member: { m: { member: 'user:a@b.c' } } }],
  ['an access list out of a list', { google_bigquery_dataset: { d: { dataset_id: 'd', dynamic: { access: {} } } } }],
  [
    'a role of its own that is only known in part',
    {
      google_project_iam_custom_role: { own: { project: 'acme', role_id: 'own', permissions: ['storage.objects.get', null] } },
      ...member(OF_DEV, { role: '${google_project_iam_custom_role.own.name}' }),
    },
  ],
  [
    'a role of its own out of a variable',
    {
      google_project_iam_custom_role: { own: { project: 'acme', role_id: 'own', permissions: '${var.permissions}' } },
      ...member(OF_DEV, { role: '${google_project_iam_custom_role.own.name}' }),
    },
  ],
];

test.each(UNTOLD)('%s keeps everything from being proven', (_, resources) => {
  const world = worldOf(stack(resources as never));
  expect(proveReadOnly(DEV, world).verdict).toBe('not-proven');
  expect(proveNothingBeyond(world.access(DEV), world.access(DEV)).verdict).toBe('not-proven');
});

/** What is of no concern to `dev`. */
const TOLD: readonly (readonly [string, object])[] = [
  ['another account', member(OTHER)],
  ['a user', member('user:anna@example.com')],
  ['a user out of a variable', member('user:${var.anna}')],
  ['a federated principal of a pool that is not here', member('principal://iam.googleapis.com/${var.pool}/subject/x')],
  ['a service that is made here', member('${google_logging_project_sink.s.writer_identity}')],
  ['a group that it is not in', { ...member('group:ops@example.com'), ...inGroup(G, 'anna@example.com') }],
  ['something that another may ask for', entitled(['user:anna@example.com'])],
];

test.each(TOLD)('%s keeps nothing from being proven', (_, resources) => {
  const made = { google_logging_project_sink: { s: { name: 's' } } };
  const world = worldOf(stack({ ...made, ...resources } as never));
  expect(proveReadOnly(DEV, world).verdict).toBe('proven');
});

test.each<readonly [string, object, string]>([
  ['asked for', entitled([OF_DEV]), 'refuted'],
  ['approved', entitled([OF_DEV], { approval_workflow: [{ manual_approvals: [{}] }] }), 'not-proven'],
  ['had through a group', { ...member('group:ops@example.com'), ...inGroup(G, '${google_service_account.dev.email}') }, 'refuted'],
  [
    'had through a group in a group',
    {
      ...member('group:all@example.com'),
      google_cloud_identity_group: {
        g: { group_key: [{ id: 'ops@example.com' }] },
        all: { group_key: [{ id: 'all@example.com' }] },
      },
      google_cloud_identity_group_membership: {
        m: { group: G, preferred_member_key: [{ id: EMAIL }] },
        n: { group: '${google_cloud_identity_group.all.name}', preferred_member_key: [{ id: 'ops@example.com' }] },
      },
    },
    'refuted',
  ],
])('a write that is %s', (_, resources, verdict) => {
  expect(proveReadOnly(DEV, worldOf(stack(resources as never))).verdict).toBe(verdict);
});

test('of who was there before it is not known which groups it is in', () => {
  const world = worldOf(
    stack({
      google_project_iam_member: {
        m: { project: 'acme', role: 'roles/storage.objectViewer', member: OTHER },
        g: { project: 'acme', role: 'roles/storage.admin', member: 'group:ops@example.com' },
      },
    }),
  );
  expect(proveReadOnly(OTHER, world).verdict).toBe('not-proven');
  expect(proveReadOnly(DEV, world).verdict).toBe('proven');
});

test.each<readonly [string, object, string]>([
  ['denied', {}, 'implicitly-denied'],
  ['denied under a condition that is not told', { denial_condition: [{ title: 'c' }] }, 'depends'],
  ['denied but for permissions that are not told', { exception_permissions: ['${var.permission}'] }, 'depends'],
  ['denied but for permissions of which one is not told', { exception_permissions: [null] }, 'depends'],
  ['denied but for members that are not told', { exception_principals: ['${var.who}'] }, 'depends'],
  ['denied with a block out of a list', { dynamic: { denial_condition: {} } }, 'depends'],
])('what is %s', (_, more, effect) => {
  const deny = {
    denied_principals: ['principalSet://goog/public:all'],
    denied_permissions: ['storage.googleapis.com/objects.delete'],
    ...more,
  };
  const world = worldOf(
    stack({
      ...member(OF_DEV),
      google_iam_deny_policy: {
        d: { parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Facme', name: 'd', rules: [{ deny_rule: [deny] }] },
      },
    } as never),
  );
  const { effect: got } = world.decide(DEV, { action: 'storage.objects.delete', resource: 'projects/acme/buckets/b/objects/o' });
  expect(got).toBe(effect === 'implicitly-denied' ? 'explicitly-denied' : effect);
  expect(proveReadOnly(DEV, world).verdict).toBe('refuted');
});

test.each<readonly [string, string, string]>([
  ['names the account', `principal.subject == "${EMAIL}"`, 'depends'],
  ['names all but the account', `!(principal.subject == "${EMAIL}")`, 'allowed'],
  ['is not told', '', 'allowed'],
])('a boundary whose condition %s', (_, expression, effect) => {
  const world = worldOf(
    stack({
      ...member(OF_DEV),
      google_iam_principal_access_boundary_policy: {
        p: { details: [{ rules: [{ effect: 'ALLOW', resources: ['//cloudresourcemanager.googleapis.com/projects/other'] }] }] },
      },
      google_iam_projects_policy_binding: {
        b: {
          policy_kind: 'PRINCIPAL_ACCESS_BOUNDARY',
          policy: '${google_iam_principal_access_boundary_policy.p.name}',
          target: [{ principal_set: '//cloudresourcemanager.googleapis.com/projects/acme' }],
          condition: [{ title: 'c', ...(expression === '' ? {} : { expression }) }],
        },
      },
    } as never),
  );
  expect(world.decide(DEV, { action: 'storage.objects.get', resource: 'projects/acme/buckets/b/objects/o' }).effect).toBe(effect);
});

interface Row {
  readonly address: string;
  readonly values: object;
  readonly unknown?: object;
}

/** A plan with these resources, and what the arguments of each block of the configuration refer to. */
function planOf(rows: readonly Row[], references: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): AccessWorld {
  const typeOf = (address: string): string => /(?:^|\.)(google_\w+)\./.exec(address)?.[1] ?? '';
  const json = {
    format_version: '1.2',
    planned_values: {
      root_module: { resources: rows.map(({ address, values }) => ({ address, mode: 'managed', type: typeOf(address), values })) },
    },
    resource_changes: rows.map(({ address, unknown = {} }) => ({ address, change: { after_unknown: unknown } })),
    configuration: {
      root_module: {
        resources: Object.entries(references).map(([address, named]) => ({
          address,
          expressions: Object.fromEntries(Object.entries(named).map(([key, names]) => [key, { references: names }])),
        })),
      },
    },
  };
  const world = gcpWorldOf([{ kind: 'terraform-plan', file: 'plan.json', json }]);
  if (!world) throw new Error('the plan holds nothing');
  return world;
}

const account = (key: string): Row => ({
  address: `google_service_account.a["${key}"]`,
  values: { account_id: key, project: 'acme' },
  unknown: { email: true, member: true },
});
const grant = (key: string, role: string): Row => ({
  address: `google_project_iam_member.m["${key}"]`,
  values: { project: 'acme', role },
  unknown: { member: true },
});
const writer = { key: 'writer', id: 'serviceAccount:writer@acme.iam.gserviceaccount.com' };
const reader = { key: 'reader', id: 'serviceAccount:reader@acme.iam.gserviceaccount.com' };

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['a key of the same name', ['google_service_account.a', 'each.key'], ['refuted', 'proven']],
  [
    'a key that is written',
    ['google_service_account.a["writer"].member', 'google_service_account.a["writer"]', 'google_service_account.a'],
    ['refuted', 'proven'],
  ],
  ['the values of a loop', ['each.value.member', 'each.value'], ['not-proven', 'not-proven']],
  ['a local', ['local.member'], ['not-proven', 'not-proven']],
  [
    'one of two',
    ['var.first', 'google_service_account.a["writer"].member', 'google_service_account.a["reader"].member'],
    ['not-proven', 'not-proven'],
  ],
  ['all of them', ['google_service_account.a'], ['not-proven', 'not-proven']],
])('accounts of for_each: a member by %s', (_, references, verdicts) => {
  const world = planOf(
    [account('writer'), account('reader'), grant('writer', 'roles/storage.admin'), grant('reader', 'roles/storage.objectViewer')],
    { 'google_project_iam_member.m': { member: references } },
  );
  expect(
    world.principals
      .filter(({ kind }) => kind === 'service-account')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([reader.id, writer.id]);
  expect([writer.id, reader.id].map((id) => proveReadOnly(id, world).verdict)).toEqual(verdicts);
});

test('accounts of count: each grant is that of its own account', () => {
  const world = planOf(
    [
      { address: 'google_service_account.a[0]', values: { account_id: 'first', project: 'acme' } },
      { address: 'google_service_account.a[1]', values: { account_id: 'second', project: 'acme' } },
      { address: 'google_project_iam_member.m[0]', values: { project: 'acme', role: 'roles/storage.admin' }, unknown: { member: true } },
    ],
    { 'google_project_iam_member.m': { member: ['google_service_account.a', 'count.index'] } },
  );
  const verdicts = ['first', 'second'].map((name) => proveReadOnly(`serviceAccount:${name}@acme.iam.gserviceaccount.com`, world).verdict);
  expect(verdicts).toEqual(['refuted', 'proven']);
});

test('a name that only apply makes up is one name wherever it is referred to', () => {
  const world = planOf(
    [
      { address: 'google_service_account.dev', values: { project: 'acme' }, unknown: { account_id: true, email: true, member: true } },
      { address: 'google_project_iam_member.m', values: { project: 'acme', role: 'roles/storage.admin' }, unknown: { member: true } },
    ],
    {
      'google_service_account.dev': { account_id: ['random_id.x.hex', 'random_id.x'] },
      'google_project_iam_member.m': { member: ['google_service_account.dev.member', 'google_service_account.dev'] },
    },
  );
  expect(world.principals.map(({ id }) => id)).toEqual(['serviceAccount:${google_service_account.dev.email}']);
  expect(proveReadOnly('serviceAccount:${google_service_account.dev.email}', world).verdict).toBe('refuted');
});

test('a member of a pool is not taken for an account', () => {
  const world = planOf(
    [
      { address: 'google_service_account.dev', values: { account_id: 'dev', project: 'acme' } },
      { address: 'google_iam_workload_identity_pool.p', values: { project: 'acme', workload_identity_pool_id: 'p' } },
      { address: 'google_project_iam_member.m', values: { project: 'acme', role: 'roles/storage.admin' }, unknown: { member: true } },
    ],
    { 'google_project_iam_member.m': { member: ['google_iam_workload_identity_pool.p.name', 'google_iam_workload_identity_pool.p'] } },
  );
  expect(world.principals.map(({ id }) => id)).toEqual([DEV]);
  expect(proveReadOnly(DEV, world).verdict).toBe('proven');
});

test('a list of members that is only known at apply is what it refers to, or anyone', () => {
  const rows: readonly Row[] = [
    { address: 'google_service_account.dev', values: { account_id: 'dev', project: 'acme' } },
    {
      address: 'google_project_iam_binding.b',
      values: { project: 'acme', role: 'roles/storage.admin', members: [null, null] },
      unknown: { members: [true, true] },
    },
  ];
  const named = ['google_service_account.dev.member', 'google_service_account.dev'];
  const verdict = (references: readonly string[]): string =>
    proveReadOnly(
      OTHER,
      planOf(
        [
          ...rows,
          { address: 'google_project_iam_member.m', values: { project: 'acme', role: 'roles/storage.objectViewer', member: OTHER } },
        ],
        {
          'google_project_iam_binding.b': { members: references },
        },
      ),
    ).verdict;
  expect(verdict([...named, 'google_service_account.x.member', 'google_service_account.x'])).toBe('not-proven');
  expect(verdict(named)).toBe('not-proven');
});

test('an account that is named by a variable may be one that is written out', () => {
  const world = worldOf({
    resource: {
      google_service_account: { dev: { account_id: 'dev', project: '${var.project}' } },
      google_project_iam_member: { m: { project: 'acme', role: 'roles/storage.admin', member: `serviceAccount:${EMAIL}` } },
    },
  });
  const [made] = world.principals;
  expect(made?.id).toBe('serviceAccount:dev@${var.project}.iam.gserviceaccount.com');
  expect(proveReadOnly(made?.id ?? '', world)).toMatchObject({ verdict: 'not-proven', reason: expect.stringContaining('Whether') });
});

test('a way to an account that only a variable names is not said to be none', () => {
  const world = worldOf(
    stack({
      google_service_account_iam_member: {
        m: { service_account_id: '${var.account}', role: 'roles/iam.serviceAccountTokenCreator', member: OF_DEV },
      },
      google_project_iam_member: { o: { project: 'acme', role: 'roles/owner', member: OTHER } },
    }),
  );
  expect(findPaths(DEV, [world]).paths).toEqual([]);
  expect(world.access(DEV).entries).toHaveLength(1);
});
