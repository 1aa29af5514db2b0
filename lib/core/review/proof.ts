import type { AccessEntry, AccessOrigin, AccessRequest } from './access';
import { type Cell, findPoint, isInside, type Point } from './region-search';

/** Whether all of some access lies in some other: shown, or broken by one request, or not decided. */
export type Proof =
  | { readonly verdict: 'proven' }
  | { readonly verdict: 'refuted'; readonly request: AccessRequest; readonly origins: readonly AccessOrigin[] }
  | { readonly verdict: 'not-proven'; readonly reason: string };

/**
 * Whether every request that `inner` allows is allowed by `outer`. Exact over all resources and contexts; where conditions or references
 * leave it open, `not-proven`. What could not be read of either is the caller's to look at.
 */
export function accessWithin(inner: readonly AccessEntry[], outer: readonly AccessEntry[], likely?: LikelyResource): Proof {
  let open: string | undefined;
  for (const part of partsBeyond(inner, outer, likely)) {
    if ('unsure' in part.outcome) open ??= `${part.actions[0]} on ${part.entry.region.resources[0]?.[0] ?? '*'}: ${part.outcome.unsure}`;
    else return { verdict: 'refuted', request: requestAt(part.actions[0] ?? '', part.outcome.point), origins: part.entry.origins };
  }
  return open === undefined ? { verdict: 'proven' } : { verdict: 'not-proven', reason: open };
}

/** A resource like another that a wildcard left to choice: one of the action that may well be there. It is taken where it shows the same. */
export type LikelyResource = (resource: string, action: string) => string;

/** A request at a point of a region. */
export function requestAt(action: string, { resource, context }: Point): AccessRequest {
  const given = Object.entries(context).map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values] as const);
  return { action, resource, ...(given.length > 0 ? { context: Object.fromEntries(given) } : {}) };
}

/** Actions of one entry that the same outer entries allow, and whether something of them is beyond those. */
export interface PartBeyond {
  readonly entry: AccessEntry;
  readonly actions: readonly string[];
  readonly outcome: { readonly point: Point } | { readonly unsure: string };
}

/** Every part of `inner` that holds, or may hold, something that `outer` does not. */
export function* partsBeyond(
  inner: readonly AccessEntry[],
  outer: readonly AccessEntry[],
  likely: LikelyResource = (resource) => resource,
): Generator<PartBeyond> {
  const index = indexOf(outer);
  for (const entry of inner) {
    for (const [actions, others] of byOthers(entry, index)) {
      const outside = others.map(cellOf);
      const inside = cellOf(entry);
      if (outside.some((cell) => cell.except.length === 0 && isEverything(cell))) continue;
      const outcome = findPoint(inside, outside);
      if (outcome === 'none') continue;
      if ('unsure' in outcome) yield { entry, actions, outcome };
      else {
        const { point } = outcome;
        const better = verified({ ...point, resource: likely(point.resource, actions[0] ?? '') }, inside, outside);
        yield { entry, actions, outcome: 'point' in better ? better : verified(point, inside, outside) };
      }
    }
  }
}

/** The search promises a point that is inside and not outside; a second look keeps a mistake from becoming a verdict. */
function verified(point: Point, inside: Cell, outside: readonly Cell[]): PartBeyond['outcome'] {
  const fits = isInside(inside, point) === 'yes' && outside.every((cell) => isInside(cell, point) === 'no');
  return fits ? { point } : { unsure: 'it depends on what a reference stands for' };
}

function cellOf({ region, except }: AccessEntry): Cell {
  return { region, except };
}

function isEverything({ region: { resources, notResources, when } }: Cell): boolean {
  return when.length === 0 && notResources.length === 0 && resources.every((list) => list.includes('*'));
}

type Index = ReadonlyMap<string, readonly number[]>;
const indexes = new WeakMap<readonly AccessEntry[], { readonly index: Index; readonly entries: readonly AccessEntry[] }>();

/** Which entries allow an action. Made once for each list of entries. */
function indexOf(entries: readonly AccessEntry[]): { readonly index: Index; readonly entries: readonly AccessEntry[] } {
  const known = indexes.get(entries);
  if (known) return known;
  const index = new Map<string, number[]>();
  entries.forEach(({ actions }, at) => {
    for (const action of actions) {
      const list = index.get(action);
      if (list) list.push(at);
      else index.set(action, [at]);
    }
  });
  const made = { index, entries };
  indexes.set(entries, made);
  return made;
}

/** Actions of an entry in groups that the same others allow, so that each question is asked once. */
function byOthers(
  entry: AccessEntry,
  { index, entries }: ReturnType<typeof indexOf>,
): readonly (readonly [readonly string[], readonly AccessEntry[]])[] {
  const groups = new Map<string, { readonly actions: string[]; readonly at: readonly number[] }>();
  for (const action of entry.actions) {
    const at = index.get(action) ?? [];
    const key = at.join();
    const group = groups.get(key);
    if (group) group.actions.push(action);
    else groups.set(key, { actions: [action], at });
  }
  return [...groups.values()].map(({ actions, at }) => [actions, at.flatMap((one) => entries[one] ?? [])]);
}
