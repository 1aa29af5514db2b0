import type { AccessEntry, AccessRequest } from './access';
import { partsBeyond, requestAt } from './proof';
import type { AccessWorld } from './world';

/** Who may have been allowed an action already, by a pattern. */
export interface Earlier {
  readonly world: AccessWorld;
  readonly principal: string;
  readonly entries: readonly AccessEntry[];
}

/**
 * Entries without the actions that no catalog knows and that an earlier principal was allowed too. A wildcard is listed as the actions
 * that the catalog knows; that it covers others is only seen by asking for them.
 */
export function lessCovered(entries: readonly AccessEntry[], { world, principal, entries: outer }: Earlier): readonly AccessEntry[] {
  const isAllowed = (request: AccessRequest): boolean => world.decide(principal, request).effect === 'allowed';
  return entries.flatMap((entry): readonly AccessEntry[] => {
    const unlisted = entry.actions.filter((action) => world.facts.level(action) === undefined);
    if (unlisted.length === 0) return [entry];
    const covered = unlisted.filter((action) => {
      const parts = [...partsBeyond([{ ...entry, actions: [action] }], outer)];
      return parts.length > 0 && parts.every(({ outcome }) => 'point' in outcome && isAllowed(requestAt(action, outcome.point)));
    });
    const actions = entry.actions.filter((action) => !covered.includes(action));
    return actions.length === 0 ? [] : [{ ...entry, actions }];
  });
}
