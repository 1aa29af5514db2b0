import { byCodePoint } from '../../../core/json';
import { compileGlob, type Glob } from '../../../core/review/glob';
import { readServiceData } from './service-data';

/** A set of actions: one bit for each action of a space. */
export type ActionSet = Uint32Array;

interface ActionData {
  readonly name: string;
  readonly resourceTypes: readonly { readonly name: string }[];
}

interface CatalogAction {
  readonly name: string;
  readonly lower: string;
  /** ARN formats of the resources it can name, as globs; empty for an action that only `*` grants. */
  readonly formats: readonly string[];
}

/** Every action of the service authorization data, sorted by name. */
class Catalog {
  readonly actions: readonly CatalogAction[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** First and last index of each service. */
  readonly services: ReadonlyMap<string, readonly [number, number]>;
  private readonly sets = new Map<string, ActionSet>();

  constructor() {
    this.actions = readServiceData<readonly string[]>('services.json')
      .flatMap(readService)
      .sort((a, b) => byCodePoint(a.name, b.name));
    this.indexOf = new Map(this.actions.map(({ lower }, index) => [lower, index]));
    const services = new Map<string, [number, number]>();
    for (const [index, { lower }] of this.actions.entries()) {
      const service = lower.slice(0, lower.indexOf(':'));
      const range = services.get(service);
      if (range) range[1] = index + 1;
      else services.set(service, [index, index + 1]);
    }
    this.services = services;
  }

  /** The actions that a pattern, in lower case, matches. Not to be changed: it is remembered. */
  matching(pattern: string): ActionSet {
    const known = this.sets.get(pattern);
    if (known) return known;
    const set = this.match(pattern);
    // Patterns come from users without end; a set is 3 kB.
    if (this.sets.size >= 2000) this.sets.clear();
    this.sets.set(pattern, set);
    return set;
  }

  private match(pattern: string): ActionSet {
    const { actions, indexOf, services } = this;
    const set = new Uint32Array(Math.ceil(actions.length / 32));
    const exact = indexOf.get(pattern);
    const service = pattern.slice(0, pattern.indexOf(':'));
    const [from, to] = /[*?]/.test(service) || service === '' ? [0, actions.length] : (services.get(service) ?? [0, 0]);
    if (exact !== undefined) add(set, exact);
    else if (pattern === '*' || pattern === `${service}:*`) fill(set, from, to);
    else {
      const glob = actionGlob(pattern);
      for (let index = from; index < to; index++) if (glob.matches(actions[index]?.lower ?? '') === 'yes') add(set, index);
    }
    return set;
  }
}

function actionGlob(pattern: string): Glob {
  return compileGlob(pattern.replaceAll('\\', '\\\\'));
}

function readService(service: string): CatalogAction[] {
  const actions = Object.values(readServiceData<Readonly<Record<string, ActionData>>>('actions', `${service}.json`));
  const types = readServiceData<Readonly<Record<string, { readonly arn: string } | undefined>>>('resourceTypes', `${service}.json`);
  return actions.map(({ name, resourceTypes }) => ({
    name: `${service}:${name}`,
    lower: `${service}:${name}`.toLowerCase(),
    formats: resourceTypes.flatMap((type) => types[type.name.toLowerCase()]?.arn.replace(/\$\{[^}]*\}/g, '*') ?? []),
  }));
}

let catalog: Catalog | undefined;

/** The catalog is read when first asked for: 15 MB that a decision does not need. */
export function actionCatalog(): Catalog {
  catalog ??= new Catalog();
  return catalog;
}

/** The actions that an enumeration is about: the catalog, and what the policies name that the catalog does not know. */
export class ActionSpace {
  readonly words: number;
  private readonly extras: readonly string[];
  private readonly sets = new Map<string, ActionSet>();

  /** @param named every pattern of the policies at hand; exact names that the catalog lacks are added */
  constructor(named: Iterable<string>) {
    const { indexOf } = actionCatalog();
    const extras = new Map<string, string>();
    for (const one of named) {
      const lower = one.toLowerCase();
      if (/^[a-z0-9-]+:[a-z0-9_.-]+$/.test(lower) && !indexOf.has(lower)) extras.set(lower, one);
    }
    this.extras = [...extras.values()].sort(byCodePoint);
    this.words = Math.ceil((actionCatalog().actions.length + this.extras.length) / 32);
  }

  name(index: number): string {
    const { actions } = actionCatalog();
    return actions[index]?.name ?? this.extras[index - actions.length] ?? '';
  }

  /** The actions that a pattern matches. Not to be changed: patterns that were asked for before are remembered. */
  matching(pattern: string): ActionSet {
    const lower = pattern.toLowerCase();
    const known = actionCatalog().matching(lower);
    if (this.extras.length === 0) return known;
    const remembered = this.sets.get(lower);
    if (remembered) return remembered;
    const set = new Uint32Array(this.words);
    set.set(known);
    const glob = actionGlob(lower);
    for (const [index, extra] of this.extras.entries()) {
      if (glob.matches(extra.toLowerCase()) === 'yes') add(set, actionCatalog().actions.length + index);
    }
    this.sets.set(lower, set);
    return set;
  }

  /** The actions that none of `set` is. */
  complement(set: ActionSet): ActionSet {
    return difference(this.matching('*'), set);
  }

  /** Names of a set, sorted. */
  names(set: ActionSet): string[] {
    const { actions } = actionCatalog();
    const names: string[] = [];
    // Written out, for this is where listing an administrator spends its time.
    for (let at = 0; at < set.length; at++) {
      for (let word = set[at] ?? 0; word !== 0; word &= word - 1) {
        const index = at * 32 + (31 - Math.clz32(word & -word));
        const action = actions[index];
        names.push(action === undefined ? this.name(index) : action.name);
      }
    }
    return this.extras.length > 0 ? names.sort(byCodePoint) : names;
  }
}

function add(set: ActionSet, index: number): void {
  set[index >>> 5] = (set[index >>> 5] ?? 0) | (1 << (index & 31));
}

function fill(set: ActionSet, from: number, to: number): void {
  for (let index = from; index < to; index++) add(set, index);
}

export function union(sets: readonly ActionSet[], words: number): ActionSet {
  const result = new Uint32Array(words);
  for (const set of sets) for (let at = 0; at < words; at++) result[at] = (result[at] ?? 0) | (set[at] ?? 0);
  return result;
}

export function intersection(a: ActionSet, b: ActionSet): ActionSet {
  const result = new Uint32Array(a.length);
  for (let at = 0; at < a.length; at++) result[at] = (a[at] ?? 0) & (b[at] ?? 0);
  return result;
}

export function difference(a: ActionSet, b: ActionSet): ActionSet {
  const result = new Uint32Array(a.length);
  for (let at = 0; at < a.length; at++) result[at] = (a[at] ?? 0) & ~(b[at] ?? 0);
  return result;
}

export function isEmpty(set: ActionSet): boolean {
  for (let at = 0; at < set.length; at++) if (set[at] !== 0) return false;
  return true;
}

export function overlaps(a: ActionSet, b: ActionSet): boolean {
  for (let at = 0; at < a.length; at++) if (((a[at] ?? 0) & (b[at] ?? 0)) !== 0) return true;
  return false;
}

export function forEachBit(set: ActionSet, visit: (index: number) => void): void {
  for (let at = 0; at < set.length; at++) {
    let word = set[at] ?? 0;
    while (word !== 0) {
      const low = word & -word;
      visit(at * 32 + (31 - Math.clz32(low)));
      word ^= low;
    }
  }
}
