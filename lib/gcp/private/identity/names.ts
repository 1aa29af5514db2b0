import { identityName, shortHash } from '../../../core/names';
import { limit } from './limits';

/**
 * Account id of the agent's service account. The shortest pair of names is one character below what Google asks for;
 * it is made longer by a second join, which no other pair can have.
 *
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create
 */
export function accountId(fleet: string, agent: string): string {
  const name = identityName(fleet, agent, limit('accountIdMax'));
  return name.length < limit('accountIdMin') ? `${name}--0` : name;
}

/**
 * Id of the fleet's workload identity pool. The prefix keeps clear of the reserved `gcp-`; the hash tells apart the
 * pools that several stacks make for one fleet in one project.
 *
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools/create
 */
export function poolId(fleet: string, stack: string): string {
  const hash = shortHash(fleet, stack);
  const head = `agents-${fleet}`.slice(0, limit('poolIdMax') - hash.length - 1).replace(/-+$/, '');
  return `${head}-${hash}`;
}

/** Id of the provider that admits one subject. A pool holds each subject once, so the subject alone tells providers apart. */
export function providerId(prefix: string, subject: string): string {
  return `${prefix}-${shortHash(subject)}`;
}
