import type { ControlCheck } from '../control-check';

export const NO_ESCALATION: ControlCheck = {
  id: 'no-escalation',
  judge: ({ claims, roles }) => {
    const claim = claims.find((one) => one.claim === 'no-escalation');
    if (!claim) return { missing: 'ways to more access could not be looked for', evidence: roles };
    return claim.verdict === 'proven' ? { met: roles } : { missing: claim.reason, evidence: roles };
  },
};
