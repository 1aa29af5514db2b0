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

/** The resource is bound in a way of which no part can be named. */
export const taskUnnarrowable = (
  agent: string,
  task: string,
  { resource, kind, pattern }: { readonly resource: string; readonly kind: string; readonly pattern: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'task-unnarrowable',
    subject: `${taskNamed(task)} of ${agentNamed(agent)}`,
    rule: `cannot be kept to a part of '${resource}'`,
    reason: `it is bound to a ${kind} of which the cloud's policies name no part, or which is bound to a part already`,
    value: pattern,
    fix: 'bind the whole of a store of objects or a table, or take the resource out of within',
  });

export const taskPolicyTooLarge = (
  agent: string,
  task: string,
  found: { readonly size: number; readonly tagSize: number; readonly limit: number; readonly parts: readonly string[] },
): AgenticIamError =>
  new AgenticIamError({
    code: 'task-policy-too-large',
    subject: `${taskNamed(task)} of ${agentNamed(agent)}`,
    rule: `must fit its policy and session tags into ${found.limit} characters`,
    reason: 'a session holds no more, with the longest values its parameters take',
    value: `${found.size} for the policy and ${found.tagSize} for tags: ${found.parts.join('; ')}`,
    fix: 'allow less in one task, shorten patterns and parameters, or split the task',
  });

export const taskUnproven = (agent: string, task: string, what: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'task-unproven',
    subject: `${taskNamed(task)} of ${agentNamed(agent)}`,
    rule: "must be proven to stay within the agent's own policies",
    reason: 'credentials of a task are for less than the agent may do',
    value: what,
    fix: 'report this, with the spec and the bindings',
  });

/** What a broker is asked to give out, and cannot. */
export const taskNotOffered = (agent: string, { rule, value }: { readonly rule: string; readonly value: unknown }): AgenticIamError =>
  new AgenticIamError({
    code: 'task-not-offered',
    subject: `the tasks of ${agentNamed(agent)}`,
    rule,
    reason: 'a broker gives out a part of what an agent has, to code that has less',
    value,
    fix: 'offer tasks of an agent of the fleet that has a role, to roles of the code that runs them',
  });
