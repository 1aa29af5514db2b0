import { permissionsOfRole } from '../../../lib/policy/gcp/facts';
import sets from '../../fixtures/gcp-privesc.json';
import { holding, pathsOf, stack } from './stack';

const SETS = sets.sets.map(({ id, required }) => [id, required] as const);
const denied = (permission: string): string => {
  const [service = '', ...rest] = permission.replace('serviceaccounts', 'serviceAccounts').split('.');
  return `${service === 'resourcemanager' ? 'cloudresourcemanager' : service}.googleapis.com/${rest.join('.')}`;
};
const denyPolicy = (permissions: readonly string[], more: object = {}): object => ({
  parent: 'cloudresourcemanager.googleapis.com%2Fprojects%2Facme',
  rules: [
    {
      deny_rule: [
        {
          denied_principals: ['principal://iam.googleapis.com/projects/-/serviceAccounts/dev@acme.iam.gserviceaccount.com'],
          denied_permissions: permissions.map(denied),
          ...more,
        },
      ],
    },
  ],
});

test('there are 23 known sets', () => {
  expect(new Set(SETS.map(([id]) => id)).size).toBe(23);
});

describe.each(SETS)('%s', (_, required) => {
  test('on the project leads on', () => {
    expect(pathsOf(holding(required))).not.toEqual([]);
  });

  test('is closed by a condition that is past', () => {
    expect(pathsOf(holding(required, { condition: 'request.time < timestamp("2020-01-01T00:00:00Z")' }))).toEqual([]);
  });

  test('is closed by a deny policy', () => {
    expect(pathsOf(holding(required, { resources: { google_iam_deny_policy: { no: denyPolicy(required) } } }))).toEqual([]);
  });

  test('is closed by being held on one bucket only', () => {
    const json = stack({
      google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions: required } },
      google_storage_bucket: { logs: { name: 'logs', project: 'acme' } },
      google_storage_bucket_iam_member: {
        dev: { bucket: 'logs', role: '${google_project_iam_custom_role.own.name}', member: '${google_service_account.dev.member}' },
      },
    });
    expect(pathsOf(json)).toEqual([]);
  });
});

test('a deny policy with an exception for the account denies it nothing', () => {
  const no = denyPolicy(['iam.serviceAccounts.getAccessToken'], {
    exception_principals: ['principal://iam.googleapis.com/projects/-/serviceAccounts/dev@acme.iam.gserviceaccount.com'],
  });
  expect(pathsOf(holding(['iam.serviceAccounts.getAccessToken'], { resources: { google_iam_deny_policy: { no } } }))).not.toEqual([]);
});

const TOKEN_ON = (member: string): object => ({
  google_service_account_iam_member: {
    use: { service_account_id: '${google_service_account.boss.name}', role: 'roles/iam.serviceAccountTokenCreator', member },
  },
});

test.each<readonly [string, object, readonly string[]]>([
  [
    'an account that holds more',
    {
      ...TOKEN_ON('${google_service_account.dev.member}'),
      google_project_iam_member: {
        boss: { project: 'acme', role: 'roles/storage.objectAdmin', member: '${google_service_account.boss.member}' },
      },
    },
    ['service-account-sign-blob', 'service-account-sign-jwt', 'service-account-token'].map(
      (technique) => `principal serviceAccount:boss@acme.iam.gserviceaccount.com by ${technique}`,
    ),
  ],
  ['an account that holds nothing', TOKEN_ON('${google_service_account.dev.member}'), []],
  [
    'an account that somebody else may use',
    {
      ...TOKEN_ON('user:anna@example.com'),
      google_project_iam_member: { boss: { project: 'acme', role: 'roles/owner', member: '${google_service_account.boss.member}' } },
    },
    [],
  ],
])('one account named exactly: %s', (_, resources, expected) => {
  const json = stack({
    google_service_account: { boss: { account_id: 'boss', project: 'acme' } },
    ...(resources as Record<string, Record<string, unknown>>),
  });
  expect(pathsOf(json)).toEqual(expected);
});

test('an owner is an administrator, and has nothing to gain', () => {
  const json = stack({
    google_project_iam_member: { dev: { project: 'acme', role: 'roles/owner', member: '${google_service_account.dev.member}' } },
  });
  expect(pathsOf(json)).toEqual([]);
});

const chain = (permissions: readonly string[], more: object = {}): object =>
  stack({
    google_service_account: { mid: { account_id: 'mid', project: 'acme' }, boss: { account_id: 'boss', project: 'acme' } },
    google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions } },
    google_service_account_iam_member: {
      dev: {
        service_account_id: '${google_service_account.mid.name}',
        role: '${google_project_iam_custom_role.own.name}',
        member: '${google_service_account.dev.member}',
      },
    },
    google_project_iam_member: {
      boss: { project: 'acme', role: 'roles/storage.objectAdmin', member: '${google_service_account.boss.member}' },
      mid: { project: 'acme', role: 'roles/storage.objectViewer', member: '${google_service_account.mid.member}' },
    },
    ...more,
  });

test('an account that may be asked to delegate yields what it may ask a token of, and not itself', () => {
  const permissions = ['iam.serviceAccounts.implicitDelegation'];
  expect(pathsOf(chain(permissions))).toEqual([]);
  const other = {
    google_service_account: {
      ...Object.fromEntries(['mid', 'boss', 'idle'].map((id) => [id, { account_id: id, project: 'acme' }])),
    },
    google_service_account_iam_binding: {
      mid: {
        service_account_id: '${google_service_account.idle.name}',
        role: 'roles/iam.serviceAccountTokenCreator',
        members: ['${google_service_account.mid.member}'],
      },
    },
  };
  expect(pathsOf(chain(permissions, other))).toEqual([]);
  const token = {
    google_service_account_iam_binding: {
      mid: {
        service_account_id: '${google_service_account.boss.name}',
        role: 'roles/iam.serviceAccountTokenCreator',
        members: ['${google_service_account.mid.member}'],
      },
    },
  };
  expect(pathsOf(chain(permissions, token))).toEqual([
    'principal serviceAccount:boss@acme.iam.gserviceaccount.com by service-account-implicit-delegation',
  ]);
});

test('a token of identity opens nothing that is in view', () => {
  expect(pathsOf(chain(['iam.serviceAccounts.getOpenIdToken']))).toEqual([]);
});

test('a virtual machine can not be started without a disk and a network', () => {
  const some = [
    'compute.instances.create',
    'compute.instances.setMetadata',
    'compute.instances.setServiceAccount',
    'iam.serviceAccounts.actAs',
  ];
  expect(pathsOf(holding(some))).toEqual([]);
  expect(pathsOf(holding([...some, 'compute.disks.create', 'compute.subnetworks.use']))).not.toEqual([]);
});

test('a custom role that is held on one bucket gives no more than the bucket, however wide it is made', () => {
  const json = stack({
    google_storage_bucket: { logs: { name: 'logs', project: 'acme' } },
    google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions: ['storage.objects.list'] } },
    google_project_iam_member: { dev: { project: 'acme', role: 'roles/iam.roleAdmin', member: '${google_service_account.dev.member}' } },
    google_storage_bucket_iam_member: {
      dev: { bucket: 'logs', role: '${google_project_iam_custom_role.own.name}', member: '${google_service_account.dev.member}' },
    },
  });
  expect(pathsOf(json)).toEqual(['resource projects/acme/buckets/logs by role-update']);
});

const denyAt = (parent: string): object => ({ no: { ...denyPolicy(['iam.serviceAccounts.getAccessToken']), parent } });

test.each<readonly [string, object, boolean]>([
  [
    'an unrelated folder, which the project is known not to be in',
    { google_iam_deny_policy: denyAt('cloudresourcemanager.googleapis.com%2Ffolders%2F9') },
    true,
  ],
  ['its folder', { google_iam_deny_policy: denyAt('cloudresourcemanager.googleapis.com%2Ffolders%2F7') }, false],
  ['the organization above', { google_iam_deny_policy: denyAt('cloudresourcemanager.googleapis.com%2Forganizations%2F1') }, false],
])('a deny policy on %s', (_, more, open) => {
  const resources = {
    google_project: { acme: { project_id: 'acme', name: 'acme', folder_id: '${google_folder.f.name}' } },
    google_folder: { f: { display_name: 'f', parent: 'organizations/1' } },
  };
  const json = JSON.stringify(holding(['iam.serviceAccounts.getAccessToken'], { resources: { ...resources, ...more } as never }));
  const named = json.replaceAll('"${google_folder.f.name}"', '"folders/7"').replace('"display_name":"f"', '"folder_id":"7"');
  expect(pathsOf(JSON.parse(named) as object).length > 0).toBe(open);
});

test('a boundary that leaves the project out closes what it may cover', () => {
  const fence = (inside: string) => ({
    google_iam_principal_access_boundary_policy: {
      fence: {
        principal_access_boundary_policy_id: 'fence',
        details: [{ rules: [{ effect: 'ALLOW', resources: [`//cloudresourcemanager.googleapis.com/projects/${inside}`] }] }],
      },
    },
    google_iam_projects_policy_binding: {
      fence: {
        project: 'acme',
        policy_kind: 'PRINCIPAL_ACCESS_BOUNDARY',
        policy: '${google_iam_principal_access_boundary_policy.fence.name}',
        target: [{ principal_set: '//cloudresourcemanager.googleapis.com/projects/acme' }],
      },
    },
  });
  const paths = (inside: string) => pathsOf(holding(['resourcemanager.projects.setIamPolicy'], { resources: fence(inside) }));
  expect(paths('acme')).not.toEqual([]);
  expect(paths('other')).toEqual([]);
});

test('predefined roles are known by their permissions', () => {
  expect(permissionsOfRole('roles/storage.objectViewer')).toMatchInlineSnapshot(`
    [
      "resourcemanager.projects.get",
      "resourcemanager.projects.list",
      "storage.folders.get",
      "storage.folders.list",
      "storage.managedFolders.get",
      "storage.managedFolders.list",
      "storage.objects.get",
      "storage.objects.list",
    ]
  `);
  expect(permissionsOfRole('roles/nobody.knows')).toBeUndefined();
});
