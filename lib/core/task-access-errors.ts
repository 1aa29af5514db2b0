import { AgenticIamError, agentNamed } from './errors';

const taskOf = (agent: string, task: string): string => `task '${task}' of ${agentNamed(agent)}`;

/** A cloud has no credentials that are bounded to something; nothing wider is given in their place. */
export const taskUnbounded = (
  agent: string,
  task: string,
  {
    capability,
    resource,
    cloud,
    reason,
    nearest,
  }: { readonly capability: string; readonly resource: string; readonly cloud: string; readonly reason: string; readonly nearest: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'task-unbounded',
    subject: taskOf(agent, task),
    rule: `cannot have credentials on ${cloud} that are bounded to '${capability}'`,
    reason,
    value: resource,
    fix: `nearest alternative: ${nearest}`,
  });

/** What an access to tasks is told of an agent, and cannot be. */
export const invalidTaskAccess = (
  agent: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError =>
  new AgenticIamError({ code: 'invalid-task-access', subject: `the tasks of ${agentNamed(agent)}`, rule, reason, value, fix });
