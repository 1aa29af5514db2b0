import { type ControlCheck, judgePoints } from '../control-check';

export const PEOPLE_TOLD: ControlCheck = {
  id: 'people-told',
  judge: ({ told }) => judgePoints(told, 'nobody is told of detections'),
};
