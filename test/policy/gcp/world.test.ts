import { proveReadOnly } from '../../../lib/core/review/read-only';
import { gcpWorldOf } from '../../../lib/policy/gcp';
import { DEV, holding, stack, worldOf } from './stack';

const member = '${google_service_account.dev.member}';

test.each<readonly [string, string, string, string]>([
  ['roles/storage.objectViewer', 'storage.objects.get', 'projects/acme/buckets/logs/objects/1', 'allowed'],
  ['roles/storage.objectViewer', 'storage.objects.delete', 'projects/acme/buckets/logs/objects/1', 'implicitly-denied'],
  ['roles/storage.objectViewer', 'storage.objects.get', 'projects/acme/buckets/other/objects/1', 'implicitly-denied'],
  ['roles/nobody.knows', 'storage.objects.get', 'projects/acme/buckets/logs/objects/1', 'depends'],
])('%s on a bucket: %s on %s is %s', (role, action, resource, effect) => {
  const world = worldOf(
    stack({
      google_storage_bucket: { logs: { name: 'logs', project: 'acme' } },
      google_storage_bucket_iam_member: { dev: { bucket: '${google_storage_bucket.logs.name}', role, member } },
    }),
  );
  expect(world.decide(DEV, { action, resource }).effect).toBe(effect);
});

test('what is granted on a project holds below it, and nowhere else', () => {
  const world = worldOf(holding(['secretmanager.versions.access']));
  const decide = (resource: string) => world.decide(DEV, { action: 'secretmanager.versions.access', resource }).effect;
  expect([
    decide('projects/acme/secrets/a/versions/1'),
    decide('projects/other/secrets/a/versions/1'),
    decide('projects/acme-2/secrets/a'),
  ]).toEqual(['allowed', 'implicitly-denied', 'implicitly-denied']);
});

test.each<readonly [string, readonly string[], string]>([
  ['reads', ['storage.objects.get', 'storage.objects.list'], 'proven'],
  ['a delete', ['storage.objects.get', 'storage.objects.delete'], 'refuted'],
  ['a token of an account', ['iam.serviceAccounts.getAccessToken'], 'refuted'],
  ['a permission that nobody knows', ['new.things.doSomething'], 'not-proven'],
])('read-only with %s is %s', (_, permissions, verdict) => {
  expect(proveReadOnly(DEV, worldOf(holding(permissions))).verdict).toBe(verdict);
});

test('a role that is not known keeps everything from being proven', () => {
  const world = worldOf(stack({ google_project_iam_member: { dev: { project: 'acme', role: 'roles/nobody.knows', member } } }));
  expect(proveReadOnly(DEV, world)).toEqual({
    claim: 'read-only',
    verdict: 'not-proven',
    reason: expect.stringContaining("What the role 'roles/nobody.knows' permits is not known"),
  });
});

test('members of groups are not guessed', () => {
  const world = worldOf(
    stack({ google_project_iam_member: { g: { project: 'acme', role: 'roles/editor', member: 'group:all@example.com' } } }),
  );
  expect(world.unknowns).toEqual(["Who is in 'group:all@example.com' is not known, so what it is granted is not counted for anyone."]);
});

const POOL = 'projects/acme/locations/global/workloadIdentityPools/agents';
const ROLE = 'arn:aws:iam::111122223333:role/reader';
const BY_ROLE = `principalSet://iam.googleapis.com/${POOL}/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/reader`;

function federated(provider: object, use: object = {}): ReturnType<typeof worldOf> {
  return worldOf(
    stack({
      google_iam_workload_identity_pool_provider: {
        aws: { project: 'acme', workload_identity_pool_id: 'agents', aws: [{ account_id: '111122223333' }], ...provider },
      },
      google_service_account_iam_member: {
        use: { service_account_id: '${google_service_account.dev.name}', role: 'roles/iam.workloadIdentityUser', member: BY_ROLE, ...use },
      },
    }),
  );
}

const entering = (world: ReturnType<typeof worldOf>, from = ROLE) =>
  world.steps(from, new Set([from])).map(({ to, toId, technique }) => [to, toId, technique]);
const IN = [['principal', DEV, 'workload-identity-federation']];

test('a role of AWS that a pool lets in may become the account', () => {
  const world = federated({});
  expect(entering(world)).toEqual(IN);
  expect(entering(world, 'arn:aws:iam::111122223333:role/other')).toEqual([]);
  expect(entering(world, 'arn:aws:iam::444455556666:role/reader')).toEqual([]);
});

test.each<readonly [string, object, object, boolean]>([
  ['a condition that it meets', { attribute_condition: "attribute.aws_role == 'arn:aws:sts::111122223333:assumed-role/reader'" }, {}, true],
  [
    'a condition that another role meets',
    { attribute_condition: "assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/writer/')" },
    {},
    false,
  ],
  ['a condition that can not be read', { attribute_condition: 'has(' }, {}, false],
  ['a mapping without its attribute', { attribute_mapping: { 'google.subject': 'assertion.arn' } }, {}, false],
  [
    'its subject',
    { attribute_mapping: { 'google.subject': "assertion.arn.extract('assumed-role/{role}/')" } },
    { member: `principal://iam.googleapis.com/${POOL}/subject/reader` },
    true,
  ],
  ['the number of the project', {}, { member: BY_ROLE.replace('projects/acme', 'projects/123456') }, true],
  ['another pool', {}, { member: BY_ROLE.replace('agents', 'people') }, false],
  ['a grant that is past', {}, { condition: [{ expression: 'request.time < timestamp("2020-01-01T00:00:00Z")' }] }, false],
])('a role of AWS by %s', (_, provider, use, open) => {
  expect(entering(federated(provider, use))).toEqual(open ? IN : []);
});

test.each<readonly [string, Parameters<typeof stack>[0]]>([
  ['a member that only shows later', { google_project_iam_member: { x: { project: 'acme', role: 'roles/editor', member: '${var.who}' } } }],
  ['a type that is not known', { google_data_fusion_instance_iam_member: { x: { role: 'roles/editor', member } } }],
  [
    'an access list',
    { google_bigquery_dataset_access: { x: { dataset_id: 'd', role: 'OWNER', user_by_email: 'dev@acme.iam.gserviceaccount.com' } } },
  ],
  ['a policy that is not at hand', { google_project_iam_policy: { x: { project: 'acme', policy_data: '${file("policy.json")}' } } }],
])('%s keeps everything from being proven', (_, resources) => {
  expect(proveReadOnly(DEV, worldOf(stack(resources))).verdict).toBe('not-proven');
});

test.each<readonly [string, string, 'refuted' | 'proven']>([
  ['a secret by the number of its project', 'resource.name.startsWith("projects/123456/secrets/a")', 'refuted'],
  ['a moment that is past', 'request.time < timestamp("2020-01-01T00:00:00Z") && false', 'proven'],
])('a write on %s: read-only is %s', (_, condition, verdict) => {
  expect(proveReadOnly(DEV, worldOf(holding(['secretmanager.versions.destroy'], { condition }))).verdict).toBe(verdict);
});

test('what is denied in doubt is not taken out', () => {
  const rule = (more: object) => ({
    parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Facme',
    rules: [
      {
        deny_rule: [
          {
            denied_principals: ['principal://iam.googleapis.com/projects/-/serviceAccounts/dev@acme.iam.gserviceaccount.com'],
            denied_permissions: ['storage.googleapis.com/objects.delete'],
            ...more,
          },
        ],
      },
    ],
  });
  const verdict = (more: object, parent?: string) =>
    proveReadOnly(
      DEV,
      worldOf(
        holding(['storage.objects.delete'], {
          resources: { google_iam_deny_policy: { no: { ...rule(more), ...(parent ? { parent } : {}) } } },
        }),
      ),
    ).verdict;
  expect(verdict({})).toBe('proven');
  expect(verdict({ exception_principals: ['principalSet://goog/group/all@example.com'] })).not.toBe('proven');
  expect(verdict({ denial_condition: [{ expression: 'resource.matchTag("1/env", "prod")' }] })).not.toBe('proven');
  expect(verdict({}, 'cloudresourcemanager.googleapis.com%2Ffolders%2F7')).not.toBe('proven');
});

test.each<[string, object, string]>([
  ['is made here and put on nothing', { google_tags_tag_value: { stop: {} } }, 'allowed'],
  [
    'is put on something',
    {
      google_tags_tag_value: { stop: {} },
      google_tags_tag_binding: { on: { parent: 'p', tag_value: '${google_tags_tag_value.stop.id}' } },
    },
    'depends',
  ],
  [
    'may be the one that is put on something',
    { google_tags_tag_value: { stop: {} }, google_tags_location_tag_binding: { on: { parent: 'p', tag_value: null } } },
    'depends',
  ],
  ['is made elsewhere', {}, 'depends'],
])('a deny policy that waits for a tag: the tag %s', (_, more, effect) => {
  const no = {
    parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Facme',
    rules: [
      {
        deny_rule: [
          {
            denied_principals: ['principalSet://goog/public:all'],
            denied_permissions: ['storage.googleapis.com/objects.get'],
            denial_condition: [{ expression: 'resource.matchTagId("tagKeys/1", "${google_tags_tag_value.stop.id}")' }],
          },
        ],
      },
    ],
  };
  const world = worldOf(holding(['storage.objects.get'], { resources: { google_iam_deny_policy: { no }, ...more } }));
  expect(world.decide(DEV, { action: 'storage.objects.get', resource: 'projects/acme/buckets/b/objects/o' }).effect).toBe(effect);
});

test('a request depends on a denial that is in doubt', () => {
  const no = {
    parent: 'cloudresourcemanager.googleapis.com%2Ffolders%2F7',
    rules: [
      {
        deny_rule: [{ denied_principals: ['principalSet://goog/public:all'], denied_permissions: ['storage.googleapis.com/objects.get'] }],
      },
    ],
  };
  const world = worldOf(holding(['storage.objects.get', 'storage.objects.list'], { resources: { google_iam_deny_policy: { no } } }));
  const effects = ['storage.objects.get', 'storage.objects.list', 'storage.objects.delete'].map(
    (action) => world.decide(DEV, { action, resource: 'projects/acme/buckets/b' }).effect,
  );
  expect(effects).toEqual(['depends', 'allowed', 'implicitly-denied']);
  expect(world.decide(DEV, { action: 'storage.objects.get', resource: 'projects/acme/buckets/b' }).dependsOn).toEqual([
    'whether folders/7 holds the project',
  ]);
});

test('a plan names members by what it refers to', () => {
  const row = (type: string, name: string, values: object) => ({ address: `${type}.${name}`, type, name, mode: 'managed', values });
  const json = {
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: [
          row('google_service_account', 'dev', { account_id: 'dev', project: 'acme' }),
          row('google_project_iam_member', 'one', { project: 'acme', role: 'roles/storage.objectViewer' }),
          row('google_project_iam_binding', 'two', {
            project: 'acme',
            role: 'roles/pubsub.viewer',
            members: ['user:anna@example.com', null],
          }),
        ],
      },
    },
    configuration: {
      root_module: {
        resources: [
          {
            address: 'google_project_iam_member.one',
            expressions: { member: { references: ['google_service_account.dev.email', 'google_service_account.dev'] } },
          },
          {
            address: 'google_project_iam_binding.two',
            expressions: { members: { references: ['google_service_account.dev.member', 'google_service_account.dev'] } },
          },
        ],
      },
    },
  };
  const world = gcpWorldOf([{ kind: 'terraform-plan', file: 'plan.json', json }]);
  const effects = ['storage.objects.get', 'pubsub.topics.get'].map(
    (action) => world?.decide(DEV, { action, resource: 'projects/acme/x' }).effect,
  );
  expect(effects).toEqual(['allowed', 'allowed']);
});
