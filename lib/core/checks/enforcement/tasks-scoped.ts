import { type ControlCheck, judgePoints } from '../control-check';

export const TASKS_SCOPED: ControlCheck = {
  id: 'tasks-scoped',
  judge: ({ agent, tasks }) =>
    (agent.tasks ?? []).length === 0
      ? { notApplicable: 'its spec has no kinds of tasks' }
      : judgePoints(tasks, 'no broker gives credentials for a task'),
};
