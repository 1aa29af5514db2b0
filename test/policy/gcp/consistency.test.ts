import fc from 'fast-check';
import { holdsIn } from '../../../lib/core/review/region-search';
import type { AccessWorld } from '../../../lib/core/review/world';
import { DEV, stack, worldOf } from './stack';

const PERMISSIONS = ['storage.objects.get', 'storage.objects.delete', 'storage.buckets.setIamPolicy', 'secretmanager.versions.access'];
const PLACES = [
  'projects/acme',
  'projects/acme/buckets/a',
  'projects/acme/buckets/a/objects/in/1',
  'projects/acme/buckets/b',
  'projects/other/buckets/a',
];
const CONDITIONS = [
  undefined,
  'resource.name.startsWith("projects/_/buckets/a")',
  '!resource.name.endsWith("/1")',
  'request.time < timestamp("2026-06-01T00:00:00Z")',
  'resource.name.startsWith("projects/_/buckets/b") || request.time >= timestamp("2026-06-01T00:00:00Z")',
  'resource.matchTag("1/env", "prod")',
  'false',
];
const TIMES = ['2026-05-31T23:59:59Z', '2026-06-01T00:00:00Z'];

const some = fc.subarray(PERMISSIONS, { minLength: 1 });
const condition = fc.constantFrom(...CONDITIONS).map((expression) => (expression === undefined ? {} : { condition: [{ expression }] }));
const member = '${google_service_account.dev.member}';
const grant = fc.record({ permissions: some, bucket: fc.constantFrom(undefined, 'a', 'b'), condition });
const denial = fc.record({
  permissions: some,
  parent: fc.constantFrom('projects%2Facme', 'projects%2Fother', 'folders%2F7'),
  doubtful: fc.boolean(),
});

type Grant = { readonly permissions: readonly string[]; readonly bucket: string | undefined; readonly condition: object };
type Denial = { readonly permissions: readonly string[]; readonly parent: string; readonly doubtful: boolean };

function build(grants: readonly Grant[], denials: readonly Denial[]): AccessWorld {
  const numbered = <T>(rows: readonly T[], make: (row: T, at: number) => object | undefined): Record<string, object> =>
    Object.fromEntries(
      rows.flatMap((row, at) => {
        const made = make(row, at);
        return made ? [[`r${at}`, made] as const] : [];
      }),
    );
  const role = (at: number): string => `\${google_project_iam_custom_role.r${at}.name}`;
  return worldOf(
    stack({
      google_storage_bucket: { a: { name: 'a', project: 'acme' }, b: { name: 'b', project: 'acme' } },
      google_project_iam_custom_role: numbered(grants, ({ permissions }, at) => ({ role_id: `r${at}`, project: 'acme', permissions })),
      google_project_iam_member: numbered(grants, ({ bucket, condition: when }, at) =>
        bucket === undefined ? { project: 'acme', role: role(at), member, ...when } : undefined,
      ),
      google_storage_bucket_iam_member: numbered(grants, ({ bucket, condition: when }, at) =>
        bucket === undefined ? undefined : { bucket, role: role(at), member, ...when },
      ),
      google_iam_deny_policy: numbered(denials, ({ permissions, parent, doubtful }) => ({
        parent: `cloudresourcemanager.googleapis.com%2F${parent}`,
        rules: [
          {
            deny_rule: [
              {
                denied_principals: ['principal://iam.googleapis.com/projects/-/serviceAccounts/dev@acme.iam.gserviceaccount.com'],
                denied_permissions: permissions.map((one) => one.replace('.', '.googleapis.com/')),
                ...(doubtful ? { denial_condition: [{ expression: 'resource.matchTag("1/env", "prod")' }] } : {}),
              },
            ],
          },
        ],
      })),
    }),
  );
}

test('what is listed is what is allowed, request by request', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(grant, { minLength: 1, maxLength: 3 }), fc.array(denial, { maxLength: 2 }), (grants, denials) => {
      const world = build(grants, denials);
      const { entries } = world.access(DEV);
      for (const action of PERMISSIONS) {
        for (const resource of PLACES) {
          for (const time of TIMES) {
            const context = { 'request.time': [time] };
            const { effect } = world.decide(DEV, { action, resource, context });
            const inside = (region: Parameters<typeof holdsIn>[0]) => holdsIn(region, { resource, context });
            const listed = entries.flatMap(({ actions, region, except }) =>
              actions.includes(action) && !except.some((one) => inside(one) === 'yes') ? [inside(region)] : [],
            );
            seen.add(effect);
            if (effect === 'allowed') expect(listed).toContain('yes');
            if (effect === 'depends') expect(listed.some((answer) => answer !== 'no')).toBe(true);
            if (effect === 'implicitly-denied') expect(listed.every((answer) => answer === 'no')).toBe(true);
            if (effect === 'explicitly-denied') expect(listed).toEqual([]);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['allowed', 'depends', 'explicitly-denied', 'implicitly-denied']);
});
