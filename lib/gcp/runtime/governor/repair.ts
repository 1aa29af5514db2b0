import { type Drift, putBackAll, type Repaired } from '../../../core/governance/look-after';
import { type GoogleApi, orNone } from '../google-api';

/**
 * Keys that nobody declared are disabled. All else on Google Cloud is written into policies, and who may write one may write anybody and any role into it: a
 * governor that could put bindings back could make itself an owner.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys/disable
 */
export function repair(
  api: GoogleApi,
  found: readonly Drift[],
  /** Enables the account that the governor put away. @default - it puts nothing away */
  giveBack?: () => Promise<string>,
): Promise<readonly Repaired[]> {
  return putBackAll(found, {
    rank: () => 0,
    putBack: async ({ what, problem }) => {
      if (what === 'account' && problem === 'changed' && giveBack) return giveBack();
      if (!what.startsWith('key ')) throw new Error('who may write a policy may write anything into it, so that only a deployment does');
      await orNone(api.service('iam').call('POST', `/v1/${what.slice('key '.length)}:disable`, {}));
      return 'it is disabled, and opens nothing any more';
    },
  });
}
