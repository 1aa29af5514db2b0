import type { IConstruct } from 'constructs';
import type { AccessPlan, BoundResource } from '../../core/access-plan';
import type { AgentSpec } from '../../core/agent-spec';
import { wrongDelegate } from '../../core/errors';
import { type FleetMember, Fleets } from '../../core/fleet';
import type { IAgentIdentity } from '../agent-identity';
import { AZURE_CATALOG } from '../catalog';
import { GrantedVia } from './translate-access';

/** Refuses a sub-agent's name that is bound to another agent. */
export function checkDelegates(agent: AgentSpec, resources: Readonly<Record<string, BoundResource>>): void {
  for (const child of agent.delegatesTo) {
    const bound = scopeOf(resources[child.name]?.targets.identity?.scopes[0]);
    if (bound && bound.agent !== child.name) throw wrongDelegate(agent.name, child.name, bound.agent);
  }
}

/**
 * Sub-agents whose trust does not name this agent, as validation messages. Asked at synth: the sub-agent is usually
 * declared after the identity it trusts. An imported identity's trust is not known and passes.
 */
export function untrustedDelegates(scope: IConstruct, parent: IAgentIdentity, access: AccessPlan): string[] {
  return access.grants
    .filter((grant) => grant.via === GrantedVia.FEDERATION)
    .flatMap((grant) => {
      const child = scopeOf(grant.scopes[0]);
      const member = child && Fleets.of(scope.node.root).tryFind(AZURE_CATALOG.cloud, child.fleet, child.agent);
      if (!child || !member || isTrusted(member, parent)) return [];
      return [
        `agent '${parent.agent.name}' delegates to '${child.agent}', whose trust does not name it, so it could not take on that identity; ` +
          'add AgentTrust.agent(...) with the identity of this agent to the trust of the sub-agent [untrusted-delegate]',
      ];
    });
}

/** Resolved in the sub-agent's stack: across stacks the same principal reads differently. */
function isTrusted({ identity }: FleetMember, parent: IAgentIdentity): boolean {
  const subject = identity.resolve(parent.principalId);
  return identity.describe().trust.some((way) => way.kind === 'imported' || way.bounds.subject === subject);
}

interface DelegateScope {
  readonly agent: string;
  readonly fleet: string;
}

function scopeOf(scope: unknown): DelegateScope | undefined {
  return typeof scope === 'object' && scope !== null && 'agent' in scope ? (scope as DelegateScope) : undefined;
}
