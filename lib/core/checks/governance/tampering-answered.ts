import { type ControlCheck, judgePoints } from '../control-check';

export const TAMPERING_ANSWERED: ControlCheck = {
  id: 'tampering-answered',
  judge: ({ tamper }) => judgePoints(tamper, 'nothing answers to who stops the recording'),
};
