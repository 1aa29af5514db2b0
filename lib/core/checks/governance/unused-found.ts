import { type ControlCheck, judgePoints } from '../control-check';

export const UNUSED_FOUND: ControlCheck = {
  id: 'unused-found',
  judge: ({ unused }) => judgePoints(unused, 'nothing looks for access that is not used'),
};
