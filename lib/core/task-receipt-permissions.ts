import type { AgentEvent } from './agent-event';
import type { ManifestAgent, ManifestTask } from './manifest';
import type { CallVerdict, IssuedAccess, IssuedGrant } from './task-receipt-types';

/**
 * What a task, or all of its agent, may do by the permissions that the manifest lists. Resources are not compared: their names may be
 * references of a template, and an issuance says more than the manifest does.
 */
export function accessByPermissions(agent: ManifestAgent, task?: ManifestTask): IssuedAccess {
  const wanted = task && new Set(task.capabilities.map(({ capability, resource }) => `${capability} ${resource}`));
  const grants: readonly IssuedGrant[] = agent.access
    .filter(({ capability, resource }) => wanted?.has(`${capability} ${resource}`) ?? true)
    .flatMap(({ capability, resource, permissions }) =>
      permissions.map((permission) => ({ permission, resources: [], capability: `${capability} on '${resource}'` })),
    );
  const what = task ? `task '${task.name}'` : `agent '${agent.name}'`;
  return {
    grants,
    judge: (call) => judge(grants, call),
    note: `No issued policy is at hand: calls are judged by what the manifest lists for ${what}, without their resources.`,
  };
}

/** Cloud providers compare names of actions without regard to case, or write each in one way only. */
function judge(grants: readonly IssuedGrant[], { action }: AgentEvent): CallVerdict {
  const asked = action.toLowerCase();
  const covering = grants.flatMap(({ permission }, index) => (permission.toLowerCase() === asked ? [index] : []));
  return { answer: covering.length > 0 ? 'granted' : 'outside', grants: covering };
}
