import type { AccessRequest, Decision } from '../core/review/access';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
import { findPrincipals } from './worlds';

/** A principal with the world that knows it. */
export interface Located {
  readonly world: AccessWorld;
  readonly principal: WorldPrincipal;
}

/**
 * The principals that a name may mean where a certain action is asked about. An agent has an identity on every cloud it is declared for; an
 * action that one cloud alone knows tells which is meant.
 */
export function locate(worlds: readonly AccessWorld[], name: string, action?: string): readonly Located[] {
  const found = findPrincipals(worlds, name).flatMap((principal) => {
    const world = worlds.find(({ principals }) => principals.includes(principal));
    return world ? [{ world, principal }] : [];
  });
  if (found.length < 2 || action === undefined) return found;
  const knowing = found.filter(({ world }) => world.facts.level(action) !== undefined);
  return knowing.length > 0 ? knowing : found;
}

/**
 * What becomes of a request. A policy whose text could not be read may allow what nothing else does, and may deny what something else
 * allows: then it depends on that text.
 */
export function answer({ world, principal }: Located, request: AccessRequest, missing?: 'absent' | 'unknown'): Decision {
  const decision = world.decide(principal.id, request, missing);
  if (decision.effect === 'explicitly-denied' || decision.effect === 'depends') return decision;
  const hidden = [...world.access(principal.id).unknowns, ...world.unknowns].filter(hidesStatements);
  const [first] = hidden;
  if (first === undefined) return decision;
  return {
    ...decision,
    effect: 'depends',
    reason: `${decision.reason} But not all of its policies were read. ${first}`,
    dependsOn: hidden,
  };
}

/** Whether a sentence tells of a text that was not read, rather than of a part that was read and is open. */
export function hidesStatements(unknown: string): boolean {
  return /is not at hand|could not be read|was left out/.test(unknown);
}
