import type { ControlCheck } from '../control-check';

export const OWNER_KNOWN: ControlCheck = {
  id: 'owner-known',
  judge: ({ agent, owner }) => {
    if (!owner) return { missing: 'its identity does not say who owns it' };
    if (owner.value.trim() === '' || agent.owner.trim() === '') return { missing: 'its owner is empty', evidence: [owner.evidence] };
    return { met: [owner.evidence] };
  },
};
