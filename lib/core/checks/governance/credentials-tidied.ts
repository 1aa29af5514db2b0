import { type ControlCheck, judgePoints } from '../control-check';

export const CREDENTIALS_TIDIED: ControlCheck = {
  id: 'credentials-tidied',
  judge: ({ hygiene }) => judgePoints(hygiene, 'nothing looks for old credentials and orphaned identities'),
};
