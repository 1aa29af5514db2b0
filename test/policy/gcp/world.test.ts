import { proveReadOnly } from '../../../lib/core/review/read-only';
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

test('a role of AWS that a pool lets in may become the account', () => {
  const pool = 'projects/acme/locations/global/workloadIdentityPools/agents';
  const role = 'arn:aws:iam::111122223333:role/reader';
  const world = worldOf(
    stack({
      google_iam_workload_identity_pool_provider: {
        aws: {
          project: 'acme',
          workload_identity_pool_id: 'agents',
          workload_identity_pool_provider_id: 'aws',
          aws: [{ account_id: '111122223333' }],
        },
      },
      google_service_account_iam_member: {
        use: {
          service_account_id: '${google_service_account.dev.name}',
          role: 'roles/iam.workloadIdentityUser',
          member: `principalSet://iam.googleapis.com/${pool}/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/reader`,
        },
      },
    }),
  );
  const steps = (from: string) => world.steps(from, new Set([from])).map(({ to, toId, technique }) => [to, toId, technique]);
  expect(steps(role)).toEqual([['principal', DEV, 'workload-identity-federation']]);
  expect(steps('arn:aws:iam::111122223333:role/other')).toEqual([]);
  expect(steps('arn:aws:iam::444455556666:role/reader')).toEqual([]);
});
