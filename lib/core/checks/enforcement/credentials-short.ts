import { formatSeconds } from '../../duration';
import type { ControlCheck } from '../control-check';

export const CREDENTIALS_SHORT: ControlCheck = {
  id: 'credentials-short',
  judge: ({ agent, identity }) => {
    const { credentialLifeSeconds: life, credentialLifeReason: reason } = agent.identity;
    if (identity.length === 0) return { missing: 'its identity is not in the output' };
    return life <= agent.maxSessionSeconds
      ? { met: identity.map((one) => ({ ...one, shows: `credentials of ${formatSeconds(life)} at most` })) }
      : {
          missing: `a credential lives ${formatSeconds(life)}, and the spec says ${formatSeconds(agent.maxSessionSeconds)}: ${reason}`,
          evidence: identity,
        };
  },
};
