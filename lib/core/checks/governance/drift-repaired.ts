import { type ControlCheck, judgePoints } from '../control-check';

export const DRIFT_REPAIRED: ControlCheck = {
  id: 'drift-repaired',
  judge: ({ repair }) => judgePoints(repair, 'nothing puts back what was changed'),
};
