import { AgenticIamError, agentNamed } from './errors';

const taskNamed = (name: string): string => `task '${name}'`;

/** A template that does not hold together; `what` says of which part. */
export const invalidTask = (
  task: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-task', subject: taskNamed(task), rule, reason, value, fix });

export const taskBeyondAgent = (
  agent: string,
  task: string,
  { what, known }: { readonly what: string; readonly known: readonly string[] },
) =>
  new AgenticIamError({
    code: 'task-beyond-agent',
    subject: `${taskNamed(task)} of ${agentNamed(agent)}`,
    rule: 'may only allow what its agent declares',
    reason: 'a task gets less than its agent, never more',
    value: what,
    fix: `declare the capability, or allow one of: ${known.join(', ') || 'none'}`,
  });

/** A value of a request that a parameter does not take. The value is shown, since nothing in it is secret by what a parameter is for. */
export const invalidParameter = (
  task: string,
  { name, rule, value }: { readonly name: string; readonly rule: string; readonly value: unknown },
): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-parameter',
    subject: `parameter '${name}' of ${taskNamed(task)}`,
    rule,
    reason: 'it becomes part of a policy, and could otherwise widen it',
    value,
    fix: 'send a value of that form',
  });

export const unknownParameter = (task: string, name: string, known: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-parameter',
    subject: taskNamed(task),
    rule: `has no parameter '${name}'`,
    reason: 'a value that is not used would seem to narrow something',
    value: name,
    fix: `send exactly: ${known.join(', ') || 'none'}`,
  });
