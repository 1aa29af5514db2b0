import { Signal } from '../../enums';
import { evidenceOf, gapIn } from '../../governance/posture';
import type { ControlCheck } from '../control-check';

export const SIGNALS_WATCHED: ControlCheck = {
  id: 'signals-watched',
  judge: ({ signals, watched }) => {
    const way = gapIn(watched, 'no detector knows the agent');
    if (way !== undefined) return { missing: way, evidence: evidenceOf(watched) };
    const unseen = Object.values(Signal).filter((signal) => (signals[signal] ?? []).length === 0);
    if (unseen.length > 0) return { missing: `nothing watches for ${unseen.join(', ')}`, evidence: evidenceOf(watched) };
    return { met: [...evidenceOf(watched), ...Object.values(signals).flat()] };
  },
};
