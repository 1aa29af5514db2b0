import type { IConstruct } from 'constructs';
import type { ManifestTrust } from '../../../core/manifest';
import { checkName, identityName } from '../../../core/names';
import { defaultFleet } from '../../../core/window';
import { resolveTokens } from '../../../terraform/core';
import type { IdentityBaseProps } from '../../agent-identity';
import { type Credential, planCredentials } from './credentials';
import { type AgentIdentityKind, FACTS } from './facts';
import { boundsOf } from './way';

/** Everything about an identity that can be said before it is made. */
export interface IdentityPlan {
  readonly fleet: string;
  /** Native name: `fleet--agent`. */
  readonly name: string;
  readonly credentials: readonly Credential[];
  readonly trust: readonly ManifestTrust[];
}

/** Checks what was asked for and names it; throws before any resource exists. */
export function planIdentity(scope: IConstruct, kind: AgentIdentityKind, { agent, trust, fleet }: IdentityBaseProps): IdentityPlan {
  const inFleet = checkName('fleet', fleet ?? defaultFleet(agent.scope.environment));
  const ways = trust.waysFor(agent.name);
  return {
    fleet: inFleet,
    name: identityName(inFleet, agent.name, FACTS.limits.identityName.max),
    credentials: planCredentials({ agent: agent.name, kind, resolve: (value) => resolveTokens(scope, value) }, ways),
    trust: ways.map((way) => ({ kind: way.kind, bounds: boundsOf(way) })),
  };
}

/**
 * Writes credentials one after another: Azure answers concurrent writes under one identity with 409.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations
 */
export function writeInTurn<T>(credentials: readonly Credential[], write: (credential: Credential, after: readonly T[]) => T): void {
  let after: readonly T[] = [];
  for (const credential of credentials) after = [write(credential, after)];
}
