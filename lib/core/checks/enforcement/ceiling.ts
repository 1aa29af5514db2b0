import { type ControlCheck, judgePoints } from '../control-check';

export const CEILING: ControlCheck = {
  id: 'ceiling',
  judge: ({ ceiling }) => judgePoints(ceiling, 'nothing holds it, whatever it is granted'),
};
