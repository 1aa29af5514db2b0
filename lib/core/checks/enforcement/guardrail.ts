import type { ControlCheck } from '../control-check';

export const GUARDRAIL: ControlCheck = {
  id: 'guardrail',
  judge: ({ guardrails }) =>
    guardrails.length > 0 ? { met: guardrails } : { missing: 'nothing above its own account forbids the fleet anything' },
};
