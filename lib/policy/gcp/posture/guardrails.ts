import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Evidence } from '../../../core/governance/posture';
import { rowsOf } from '../../../core/json-fields';

/** Constraints that leave whoever administers the project no way to credentials of an account that outlive it. */
const NEEDED = ['iam.disableServiceAccountKeyCreation', 'iam.disableServiceAccountKeyUpload'];

/** Policies of the organisation that are enforced, and not just tried, on the project of the account. */
export function guardrailsOf(output: Output, account: OutputResource | undefined): readonly Evidence[] {
  const project = account?.values['project'];
  if (project === undefined) return [];
  const enforced = output
    .ofType('google_org_policy_policy')
    .filter(({ values }) => values['parent'] === `projects/${String(project)}`)
    .filter(({ values }) =>
      rowsOf(values['spec']).some((spec) =>
        rowsOf(spec['rules']).some(({ enforce, deny_all: denied }) => enforce === 'TRUE' || denied === 'TRUE'),
      ),
    );
  const has = (name: string): boolean => enforced.some(({ values }) => String(values['name']).endsWith(`/policies/${name}`));
  return NEEDED.every(has) ? enforced.map((one) => shows(one, String(one.values['name']).split('/').at(-1) ?? '')) : [];
}
