import type { ControlCheck } from '../control-check';

/** Claims that together say: nothing but what was declared. */
const CLAIMS: readonly string[] = ['within-declared', 'no-undeclared-credentials', 'read-only', 'within-delegated'];

export const ACCESS_AS_DECLARED: ControlCheck = {
  id: 'access-as-declared',
  judge: ({ claims, roles, agent }) => {
    if (agent.access.length > 0 && roles.length === 0) return { missing: 'its role is not in the output' };
    const asked = claims.filter(({ claim }) => CLAIMS.includes(claim));
    if (!asked.some(({ claim }) => claim === 'within-declared'))
      return { missing: 'its access could not be compared with its declaration', evidence: roles };
    const open = asked.find(({ verdict }) => verdict !== 'proven');
    return open ? { missing: open.reason, evidence: roles } : { met: roles };
  },
};
