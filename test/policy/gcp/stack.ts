import { findPaths } from '../../../lib/core/review/paths';
import type { AccessWorld } from '../../../lib/core/review/world';
import { gcpWorldOf } from '../../../lib/policy/gcp';

export const DEV = 'serviceAccount:dev@acme.iam.gserviceaccount.com';

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A stack with the service account `dev`, which holds a custom role with these permissions on its project. */
export function holding(permissions: readonly string[], more: { readonly condition?: string; readonly resources?: Blocks } = {}): object {
  const condition = more.condition === undefined ? {} : { condition: [{ title: 'c', expression: more.condition }] };
  return stack({
    google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions } },
    google_project_iam_member: {
      dev: {
        project: 'acme',
        role: '${google_project_iam_custom_role.own.name}',
        member: '${google_service_account.dev.member}',
        ...condition,
      },
    },
    ...more.resources,
  });
}

/** A stack of the project `acme` with the service account `dev`. */
export function stack(resources: Blocks): object {
  const accounts = { dev: { account_id: 'dev', project: 'acme' }, ...resources.google_service_account };
  return { provider: { google: [{ project: 'acme' }] }, resource: { ...resources, google_service_account: accounts } };
}

export function worldOf(json: object): AccessWorld {
  const world = gcpWorldOf([{ kind: 'terraform-stack', file: 'cdk.tf.json', json }]);
  if (!world) throw new Error('the stack holds nothing');
  return world;
}

/** Every path of `dev`: its end and its techniques. */
export function pathsOf(json: object): readonly string[] {
  const { paths } = findPaths(DEV, [worldOf(json)]);
  return paths.map(
    ({ to, toArn, steps }) => `${to} ${toArn} by ${steps.map(({ technique, assumed }) => `${technique}${assumed ? '?' : ''}`).join(', ')}`,
  );
}
