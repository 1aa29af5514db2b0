import { type ControlCheck, judgePoints } from '../control-check';

export const PERIMETER: ControlCheck = {
  id: 'perimeter',
  judge: ({ perimeter }) => judgePoints(perimeter, 'nothing in the output holds it in any place'),
};
