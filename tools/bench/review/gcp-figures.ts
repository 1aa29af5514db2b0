import { reviewWorlds } from '../../../lib/core/review/review';
import { worldsOf } from '../../../lib/policy/worlds';
import catalog from '../../../test/fixtures/gcp-privesc.json';
import type { Goal } from '../table';

/** Every known set of permissions, held on a project; and the same, closed. */
export function gcpGoals(): readonly Goal[] {
  const { sets } = catalog;
  const missed = sets.filter(({ required }) => pathsOf(required) === 0);
  const reported = sets.filter(({ required }) => pathsOf(required, 'request.time < timestamp("2000-01-01T00:00:00Z")') > 0);
  return [
    {
      goal: `known sets of Google Cloud, on a project: ${sets.length} of 23`,
      met: sets.length === 23 && missed.length === 0,
      found: `${sets.length - missed.length}${missed.map(({ id }) => ` -${id}`).join('')}`,
    },
    {
      goal: `the same under a condition that is past: 0 of ${sets.length}`,
      met: reported.length === 0,
      found: `${reported.length}${reported.map(({ id }) => ` ${id}`).join('')}`,
    },
  ];
}

function pathsOf(permissions: readonly string[], expression?: string): number {
  const json = {
    provider: { google: [{ project: 'acme' }] },
    resource: {
      google_service_account: { dev: { account_id: 'dev', project: 'acme' } },
      google_project_iam_custom_role: { own: { role_id: 'own', project: 'acme', permissions } },
      google_project_iam_member: {
        dev: {
          project: 'acme',
          role: '${google_project_iam_custom_role.own.name}',
          member: '${google_service_account.dev.member}',
          ...(expression && { condition: [{ title: 'when', expression }] }),
        },
      },
    },
  };
  const { principals } = reviewWorlds(worldsOf([{ kind: 'terraform-stack', file: 'cdk.tf.json', json }]), { sources: [] });
  return principals.reduce((sum, { paths }) => sum + paths.length, 0);
}
