import { type ControlCheck, judgePoints } from '../control-check';

export const EVIDENCE_KEPT: ControlCheck = {
  id: 'evidence-kept',
  judge: ({ kept }) => judgePoints(kept, 'nothing keeps the evidence'),
};
