import { AgenticIamError } from './errors';

/** A task of which nothing is known: most likely another one was meant. */
export const unknownTask = (task: string, read: { readonly records: number; readonly entries: number }): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-task',
    subject: 'a task to make out a receipt for',
    rule: 'must be in the ledger or in the logs',
    reason: `it is in none of ${read.entries} entries and ${read.records} records`,
    value: task,
    fix: 'check the id, and that the logs cover the time of the task; log files come up to 15 minutes late',
  });

/** A task id that does not say which agent's task it is. */
export const ambiguousTask = (task: string, agents: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'ambiguous-task',
    subject: 'a task to make out a receipt for',
    rule: "must name its agent, as 'agent@task'",
    reason:
      agents.length > 1 ? `agents with a task of that id: ${agents.join(', ')}` : 'no ledger or manifest that was read says whose it is',
    value: task,
    fix: `write for example '${agents[0] ?? 'invoice-reader'}@${task}'`,
  });
