import { type ControlCheck, judgePoints } from '../control-check';

export const MANAGEMENT_RECORDED: ControlCheck = {
  id: 'management-recorded',
  judge: ({ management }) => judgePoints(management, 'nothing in the output records calls that change the cloud'),
};
