import type { AccessPlan, PlannedGrant } from './access-plan';
import type { AgentSpec } from './agent-spec';
import { invalidTaskAccess } from './task-access-errors';
import { taskBeyondAgent } from './task-errors';
import type { TaskTemplate } from './task-template';

/**
 * The tasks of an agent that are offered: those named, or all.
 * @throws AgenticIamError `task-beyond-agent` for a task that the agent does not declare, `invalid-task-access` where there is none
 */
export function offeredTasks(agent: AgentSpec, names?: readonly string[]): readonly TaskTemplate[] {
  const known = agent.tasks.map(({ name }) => name);
  const offered = (names ?? known).map((name) => {
    const found = agent.tasks.find((task) => task.name === name);
    if (!found) throw taskBeyondAgent(agent.name, name, { what: name, known });
    return found;
  });
  if (offered.length > 0) return offered;
  throw invalidTaskAccess(agent.name, {
    rule: "must declare 'tasks'",
    reason: 'nothing could be asked for',
    value: [],
    fix: 'add a TaskTemplate to the spec',
  });
}

/** What an agent's plan grants for a task, in the order of the plan. */
export function grantsOfTask(plan: AccessPlan, { capabilities, delegatesTo }: TaskTemplate): readonly PlannedGrant[] {
  const allowed = new Set([
    ...capabilities.map(({ id, resource }) => `${id} ${resource}`),
    ...delegatesTo.map((child) => `agents:delegate ${child}`),
  ]);
  return plan.grants.filter(({ capability, resource }) => allowed.has(`${capability} ${resource}`));
}

/**
 * The beginning of names that a task is about: what the resource is bound under, and the part of it that the template names.
 * @throws AgenticIamError `invalid-task-access` where the bound part would itself be read as a parameter
 */
export function prefixOf(
  agent: string,
  { within }: TaskTemplate,
  { resource, bound }: { readonly resource: string; readonly bound: string },
): string {
  if (/[{}]/.test(bound))
    throw invalidTaskAccess(agent, {
      rule: `cannot have a part of '${resource}'`,
      reason: 'the prefix it is bound under holds braces, which stand for parameters here',
      value: bound,
      fix: 'bind it under a prefix without braces',
    });
  return `${bound}${Object.hasOwn(within, resource) ? (within[resource] ?? '') : ''}`;
}
