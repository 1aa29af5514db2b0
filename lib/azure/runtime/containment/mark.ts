import type { ContainableAgent } from '../../../core/containment/types';
import { type AzureApi, AzureError } from '../azure-api';
import { nativeOf } from './agent';
import { checkEligible } from './identity';

/** Also what the plans of the agent's stack look for. */
export const CONTAINED_TAG = 'agentic-iam:contained';
const TAGS = '2021-04-01';

/**
 * Says on the identity that it is contained, by which a deployment that would give its roles again fails.
 * @see https://learn.microsoft.com/en-us/rest/api/resources/tags/update-at-scope
 */
export async function markContained(arm: AzureApi, agent: ContainableAgent, incident: string): Promise<string> {
  const { identityId } = nativeOf(agent);
  if (identityId === undefined) return 'an application has no tags: a deployment is not held up';
  await checkEligible(arm, agent);
  await change(arm, identityId, { operation: 'Merge', incident });
  return 'deployments that would give its roles again fail';
}

/** Lets deployments go on. */
export async function unmark(arm: AzureApi, agent: ContainableAgent, incident: string): Promise<string> {
  const { identityId } = nativeOf(agent);
  if (identityId === undefined) return 'nothing was marked';
  try {
    await change(arm, identityId, { operation: 'Delete', incident });
  } catch (error) {
    // It is not there any more.
    if (!(error instanceof AzureError) || error.status !== 404) throw error;
  }
  return 'deployments go on';
}

const change = (
  arm: AzureApi,
  id: string,
  { operation, incident }: { readonly operation: string; readonly incident: string },
): Promise<object> =>
  arm({
    method: 'PATCH',
    path: `${id}/providers/Microsoft.Resources/tags/default?api-version=${TAGS}`,
    body: { operation, properties: { tags: { [CONTAINED_TAG]: incident } } },
  });
