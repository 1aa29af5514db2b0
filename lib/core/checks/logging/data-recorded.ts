import { type ControlCheck, judgePoints } from '../control-check';

export const DATA_RECORDED: ControlCheck = {
  id: 'data-recorded',
  judge: ({ data, agent }) =>
    agent.access.length === 0 && agent.native.length === 0
      ? { notApplicable: 'it can reach nothing' }
      : judgePoints(data, 'nothing in the output records calls on what it reaches'),
};
