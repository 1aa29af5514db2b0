import type { AccessRegion } from './access';
import { holdsFor, type KeyValue, type Literal, readable, solveKey } from './constraint-values';
import { compileGlob, findString, type Ternary } from './glob';
import { allOf, anyOf, not } from './ternary';

/** A point of a region: a resource, and what each condition key is. */
export interface Point {
  readonly resource: string;
  /** Values by key; keys that are absent are not listed. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** A region and what is taken out of it. */
export interface Cell {
  readonly region: AccessRegion;
  readonly except: readonly AccessRegion[];
}

/** States that one search visits before it is given up; policies need a few. */
const MOST_STATES = 2_000;

/** What a point must be so far. */
interface Demand {
  readonly all: readonly (readonly string[])[];
  readonly none: readonly string[];
  readonly literals: readonly Literal[];
}

/**
 * A point that is in `inside` and in none of `outside`; `none` where there is certainly no such point, and why it is not known otherwise.
 *
 * Each region to stay out of can be left in a few ways: by the resource, by one of its conditions, or through one of its exceptions. The
 * ways are tried one after the other, all regions at once.
 */
export function findPoint(inside: Cell, outside: readonly Cell[]): { readonly point: Point } | 'none' | { readonly unsure: string } {
  const search = new Search();
  const avoid = [...inside.except.map((region): Cell => ({ region, except: [] })), ...outside];
  const { resources, notResources, when } = inside.region;
  const literals = when.map((constraint): Literal => ({ constraint, holds: true }));
  for (const all of product(resources)) {
    const point = search.run({ all, none: notResources, literals }, avoid);
    if (point) return { point };
  }
  return search.unsure === undefined ? 'none' : { unsure: search.unsure };
}

/** One list of each glob alone, so that symbols can be compared; the lists as they are where that would be too many. */
function product(lists: readonly (readonly string[])[]): readonly (readonly (readonly string[])[])[] {
  const size = lists.reduce((sum, list) => sum * list.length, 1);
  if (size > 256) return [lists];
  return lists.reduce<readonly (readonly (readonly string[])[])[]>(
    (made, list) => made.flatMap((one) => list.map((glob) => [...one, [glob]])),
    [[]],
  );
}

class Search {
  unsure: string | undefined;
  private states = 0;

  /** Depth first: stay out of the first cell in each way, then of the rest. */
  run(demand: Demand, avoid: readonly Cell[]): Point | undefined {
    if (++this.states > MOST_STATES) {
      this.unsure = 'the policies are too large to compare in full';
      return undefined;
    }
    const [cell, ...rest] = avoid;
    if (!cell) return this.settle(demand);
    if (resourceOf(demand) === 'none') return undefined;
    if (isApart(demand, cell.region)) return this.run(demand, rest);
    for (const next of waysOut(demand, cell)) {
      const point = this.run(next, rest);
      if (point) return point;
    }
    return undefined;
  }

  private settle(demand: Demand): Point | undefined {
    const resource = resourceOf(demand);
    if (resource === 'none') return undefined;
    const context: Record<string, readonly string[]> = {};
    let open: string | undefined;
    for (const [key, literals] of byKey(demand.literals)) {
      const solved = solveKey(literals);
      if (solved === 'none') return undefined;
      if (solved === 'maybe')
        open ??= `it was not decided whether ${literals.map(({ constraint }) => constraint.text).join(' and ')} can decide`;
      else if (solved.value !== 'absent') context[key] = solved.value;
    }
    if (resource === 'maybe') open ??= 'it depends on what a reference stands for';
    if (open !== undefined || typeof resource !== 'object') {
      this.unsure ??= open;
      return undefined;
    }
    return { resource: resource.found, context };
  }
}

/** Every way for a point to be outside a cell. */
function waysOut(demand: Demand, { region, except }: Cell): readonly Demand[] {
  return [
    ...region.resources.filter((list) => !list.includes('*')).map((list) => ({ ...demand, none: [...demand.none, ...list] })),
    ...region.notResources.map((glob) => ({ ...demand, all: [...demand.all, [glob]] })),
    ...region.when.map((constraint) => ({ ...demand, literals: [...demand.literals, { constraint, holds: false }] })),
    ...except.map((hole) => ({
      all: [...demand.all, ...hole.resources.filter((list) => !list.includes('*'))],
      none: [...demand.none, ...hole.notResources],
      literals: [...demand.literals, ...hole.when.map((constraint): Literal => ({ constraint, holds: true }))],
    })),
  ];
}

/** Whether no point can be in a region: plain to see, without looking at conditions. */
function isApart({ all }: Demand, { resources }: AccessRegion): boolean {
  return all.some((list) =>
    resources.some(
      (other) => !other.includes('*') && (beginApart(list, other) || resourceOf({ all: [list, other], none: [], literals: [] }) === 'none'),
    ),
  );
}

/** Whether the globs of two lists begin with different letters: plain to see, and most that are apart are so. */
function beginApart(list: readonly string[], other: readonly string[]): boolean {
  return list.every((one) =>
    other.every((glob) => {
      const [a, b] = [plainStart(one), plainStart(glob)];
      return a.length < b.length ? !b.startsWith(a) : !a.startsWith(b);
    }),
  );
}

/** The letters before the first wildcard, reference or literal sign. */
function plainStart(glob: string): string {
  const end = glob.search(/[*?\\\uE000\uE002]/);
  return end < 0 ? glob : glob.slice(0, end);
}

type Found = ReturnType<typeof findString>;
const found = new Map<string, Found>();
const SIZE_OF_CACHE = 50_000;

/** A resource that meets the demand; the same question is asked often. */
function resourceOf({ all, none }: Demand): Found {
  const lists = all.filter((list) => !list.includes('*'));
  if (none.includes('*')) return 'none';
  if (lists.length === 0 && none.length === 0) return { found: 'example' };
  const key = JSON.stringify([lists, none]);
  const known = found.get(key);
  if (known) return known;
  if (found.size >= SIZE_OF_CACHE) found.clear();
  const made = search(lists, none);
  found.set(key, made);
  return made;
}

function search(lists: readonly (readonly string[])[], none: readonly string[]): Found {
  if (lists.some((list) => list.every((glob) => none.includes(glob)))) return 'none';
  // A resource without a name would be true, and tell nobody anything.
  for (const glob of lists.length > 0 ? lists.flat() : ['*']) {
    const guess = readable(glob);
    const fits = lists.every((list) => anyOf(list, (one) => compileGlob(one).matches(guess)) === 'yes');
    if (fits && allOf(none, (one) => (compileGlob(one).matches(guess) === 'no' ? 'yes' : 'no')) === 'yes') return { found: guess };
  }
  if (lists.length === 0) return findString({ all: [['*']], none });
  const answer = findString({ all: lists, none });
  // Fewer lists admit more: where even one alone leaves nothing, nothing is left.
  if (answer === 'maybe' && lists.length > 1 && lists.some((list) => findString({ all: [list], none }) === 'none')) return 'none';
  return answer;
}

function byKey(literals: readonly Literal[]): ReadonlyMap<string, readonly Literal[]> {
  const groups = new Map<string, Literal[]>();
  const names = new Map<string, string>();
  for (const literal of literals) {
    const { key } = literal.constraint;
    const name = names.get(key.toLowerCase()) ?? key;
    names.set(key.toLowerCase(), name);
    groups.set(name, [...(groups.get(name) ?? []), literal]);
  }
  return groups;
}

/** Whether a point lies in a cell: the check that the search was right. */
export function isInside({ region, except }: Cell, point: Point): Ternary {
  const inside = holdsIn(region, point);
  const out = anyOf(except, (one) => holdsIn(one, point));
  return allOf([inside, not(out)], (one) => one);
}

/** Whether a point lies in a region. */
export function holdsIn({ resources, notResources, when }: AccessRegion, { resource, context }: Point): Ternary {
  const matches = (glob: string): Ternary => compileGlob(glob).matches(resource);
  const named = allOf(resources, (list) => anyOf(list, matches));
  const left = not(anyOf(notResources, matches));
  const met = allOf(when, (constraint) => holdsFor(constraint, keyValue(context, constraint.key)));
  return allOf([named, left, met], (one) => one);
}

function keyValue(context: Point['context'], key: string): KeyValue {
  const name = Object.keys(context).find((one) => one.toLowerCase() === key.toLowerCase());
  return (name === undefined ? undefined : context[name]) ?? 'absent';
}
