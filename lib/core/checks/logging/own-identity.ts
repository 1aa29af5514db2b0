import type { ControlCheck } from '../control-check';

export const OWN_IDENTITY: ControlCheck = {
  id: 'own-identity',
  judge: ({ agent, identity, sharedWith }) => {
    if (identity.length === 0) return { missing: `the output has no identity '${agent.identity.name}'` };
    if (sharedWith.length > 0) return { missing: `its identity is also that of ${sharedWith.join(', ')}`, evidence: identity };
    return { met: identity };
  },
};
