import { evidenceOf, gapIn } from '../../governance/posture';
import type { ControlCheck } from '../control-check';

export const CONTAINMENT_ARMED: ControlCheck = {
  id: 'containment-armed',
  judge: ({ brake }) => {
    if (!brake) return { missing: 'nothing in the output can stop it' };
    const evidence = evidenceOf(brake.points);
    const gap = gapIn(brake.points, 'nothing in the output can stop it');
    if (gap !== undefined) return { missing: gap, evidence };
    return brake.armed ? { met: evidence } : { missing: 'detections only say what they would do: containment is not armed', evidence };
  },
};
