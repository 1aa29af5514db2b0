import type { IConstruct } from 'constructs';
import type { AccessPlan } from '../../core/access-plan';
import { type FleetMember, Fleets } from '../../core/fleet';
import type { IAgentIdentity } from '../agent-identity';
import { CATALOG } from '../catalog';
import { GrantedVia } from './translate-access';

/**
 * Sub-agents whose trust does not name this agent, as validation messages. Asked at synth: the sub-agent is usually
 * declared after the identity it trusts. An imported identity's trust is not known and passes.
 */
export function untrustedDelegates(scope: IConstruct, parent: IAgentIdentity, access: AccessPlan): string[] {
  return access.grants
    .filter((grant) => grant.via === GrantedVia.FEDERATION)
    .flatMap((grant) => {
      const child = scopeOf(grant.scopes[0]);
      const member = child && Fleets.of(scope.node.root).tryFind(CATALOG.cloud, child.fleet, child.agent);
      if (!child || !member || isTrusted(member, parent)) return [];
      return [
        `agent '${parent.agent.name}' delegates to '${child.agent}', whose trust does not name it, so it could not take on that identity; ` +
          'add AgentTrust.agent(...) with the identity of this agent to the trust of the sub-agent [untrusted-delegate]',
      ];
    });
}

/** Ways whose issuer is the tenant; from another issuer the same subject is somebody else. */
const BY_ENTRA: ReadonlySet<string> = new Set(['agent', 'managedIdentity']);

/** Resolved in the sub-agent's stack: across stacks the same principal reads differently. */
function isTrusted({ identity }: FleetMember, parent: IAgentIdentity): boolean {
  const subject = identity.resolve(parent.principalId);
  return identity.describe().trust.some((way) => way.kind === 'imported' || (BY_ENTRA.has(way.kind) && way.bounds.subject === subject));
}

interface DelegateScope {
  readonly agent: string;
  readonly fleet: string;
}

function scopeOf(scope: unknown): DelegateScope | undefined {
  return typeof scope === 'object' && scope !== null && 'agent' in scope ? (scope as DelegateScope) : undefined;
}
