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
    [
      'service-account-id-token',
      'service-account-implicit-delegation',
      'service-account-sign-blob',
      'service-account-sign-jwt',
      'service-account-token',
    ].map((technique) => `principal serviceAccount:boss@acme.iam.gserviceaccount.com by ${technique}`),
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
  expect(pathsOf(json).filter((path) => !path.includes('?'))).toEqual(
    expect.arrayContaining([expect.stringContaining('project-set-policy')]),
  );
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
