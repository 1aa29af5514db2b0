import { NotContained, NotEligible } from '../../../core/containment/step';
import type { JsonObject } from '../../../core/json';
import type { GoogleApi } from '../google-api';
import type { SharedPool } from './agent';
import type { Switch } from './switches';

/** @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools#WorkloadIdentityPool */
interface Pool {
  readonly displayName?: string;
  readonly state?: string;
  readonly disabled?: boolean;
}

const ID = /\/workloadIdentityPools\/[^/]+$/;

/**
 * Disabling the pool: nobody gets a token by it, and those that were got are refused. All who come in by it are stopped; so that it is enabled again only when none of the
 * agents that were stopped by it still must be.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools
 */
export const POOL: Switch<SharedPool> = {
  evidence: async (pool, { api, agent }) => ({ pool: (await eligible(api, pool, agent.fleet)) as unknown as JsonObject }),
  off: async (pool, { api, agent }) => {
    const { disabled } = await eligible(api, pool, agent.fleet);
    if (!disabled) await set(api, pool, true);
    return `${pool.displayName}: the pool is disabled, and its tokens are refused${others(pool.sharedWith)}`;
  },
  on: async (pool, { api, agent, contained }) => {
    const { disabled } = await eligible(api, pool, agent.fleet);
    const still = await contained(pool.sharedWith);
    if (still.length > 0) return `the pool stays disabled, since ${still.join(', ')} ${still.length > 1 ? 'are' : 'is'} contained by it`;
    if (disabled) await set(api, pool, false);
    return `${pool.displayName}: the pool is enabled`;
  },
  expectOff: async (pool, { api, agent }) => {
    if (!(await eligible(api, pool, agent.fleet)).disabled) throw new NotContained('the pool is not disabled');
    return `the pool is disabled${others(pool.sharedWith)}`;
  },
  expectOn: async (pool, { api, agent, contained }) => {
    if (!(await eligible(api, pool, agent.fleet)).disabled) return 'the pool is enabled';
    const still = await contained(pool.sharedWith);
    if (still.length === 0) throw new NotContained('the pool is still disabled');
    return `the pool is still disabled for ${still.join(', ')}`;
  },
};

const others = (names: readonly string[]): string => (names.length > 0 ? `, for ${names.join(', ')} as well` : '');

const set = (api: GoogleApi, { name }: SharedPool, disabled: boolean): Promise<unknown> =>
  api.service('iam').call('PATCH', `/v1/${name}?updateMask=disabled`, { disabled });

/** The pool of the agent's fleet, by what it is called: pools of others are called otherwise. */
async function eligible(api: GoogleApi, { name, displayName }: SharedPool, fleet: string): Promise<Pool> {
  if (!ID.test(name)) throw new NotEligible(`'${name}' is no pool.`);
  const pool = await api.service('iam').call<Pool>('GET', `/v1/${name}`);
  if (pool.displayName !== displayName || displayName !== `agents of ${fleet}`)
    throw new NotEligible(`The pool '${name}' is called '${pool.displayName ?? ''}', and not 'agents of ${fleet}'.`);
  if (pool.state === 'DELETED') throw new NotEligible(`The pool '${name}' is deleted.`);
  return pool;
}
