import { type ControlCheck, judgePoints } from '../control-check';

export const DRIFT_FOUND: ControlCheck = {
  id: 'drift-found',
  judge: ({ drift }) => judgePoints(drift, 'nothing compares what is deployed with what was synthesised'),
};
