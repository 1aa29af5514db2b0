import { byCodePoint } from '../json';
import type { AccessEntry } from './access';
import { containmentOf } from './containment';
import { harmsOf } from './harm';
import { isPattern, resourcesOf } from './named-resources';
import type { PathSearch } from './paths';
import { sentenceOf } from './radius-sentence';
import { type AccessPath, type BlastRadius, HARM_LEVELS, type HarmLevel, type HarmReach } from './result';
import type { AccessWorld, WorldPrincipal } from './world';

/** Everything that is reachable if a principal is taken over: what it and every principal that can be had from it may do. */
export function blastRadiusOf(
  principal: WorldPrincipal,
  { paths, reached, homes }: PathSearch,
  worlds: readonly AccessWorld[],
): BlastRadius {
  const others = new Set([...reached].filter((id) => id !== principal.id));
  const tally = new Tally(others);
  let unread = worlds.some(({ unknowns }) => unknowns.length > 0);
  let admin = paths.some(({ to }) => to === 'admin');
  for (const id of reached) {
    const world = homes.get(id);
    if (!world) continue;
    const { entries, unknowns } = world.access(id);
    unread ||= unknowns.length > 0;
    admin ||= world.isAdmin(id);
    for (const entry of entries) tally.add(entry, world);
  }
  for (const path of paths) {
    const world = homes.get(path.steps.at(-1)?.from ?? '') ?? worlds[0];
    if (world) tally.arrive(path, world);
  }
  const found = {
    levels: tally.levels(admin),
    principals: [...others].sort(byCodePoint),
    admin,
    containedBy: containmentOf(principal, homes.get(principal.id)?.access(principal.id).entries ?? []),
  };
  const sentence = sentenceOf(principal.agent?.name ?? principal.name, found, { unread: unread || tally.unknown, looks: tally.looks });
  return { sentence, ...found };
}

const NOTHING: HarmReach = { actions: 0, examples: [], resources: [] };
/** Full control is not counted action by action: whoever has it gives itself the rest. */
const EVERYTHING: HarmReach = { actions: 1, examples: ['*'], resources: ['*'] };

interface Reach {
  readonly actions: Set<string>;
  readonly resources: Set<string>;
}

/** What is reached, level by level. */
class Tally {
  /** Whether anything can be looked at that is neither data nor credentials: how things are set up. */
  looks = false;
  /** Whether there are actions of which nothing is known. */
  unknown = false;
  private readonly reaches = new Map<HarmLevel, Reach>();

  /** Credentials of these are counted as identities to act as. */
  constructor(private readonly counted: ReadonlySet<string>) {}

  add(entry: AccessEntry, world: AccessWorld): void {
    const names = resourcesOf(entry, world);
    const harmed = new Set<HarmLevel>();
    for (const action of entry.actions) {
      const harms = harmsOf(action, world.facts);
      if (harms.length === 0) this.looks = true;
      if (world.facts.level(action) === undefined) this.unknown = true;
      for (const harm of harms) {
        if (harm === 'read-credentials' && names.every((name) => this.counted.has(name))) continue;
        harmed.add(harm);
        this.reach(harm).actions.add(action);
      }
    }
    for (const harm of harmed) {
      const own = harm === 'read-credentials' ? names.filter((name) => !this.counted.has(name)) : names;
      for (const name of own) this.reach(harm).resources.add(name);
    }
  }

  /** What a path ends at is reachable, though no right of anybody may say so yet. */
  arrive({ to, toArn, steps }: AccessPath, { facts }: AccessWorld): void {
    if (to !== 'resource' && to !== 'credentials') return;
    const actions = (steps.at(-1)?.requests ?? []).map(({ action }) => action);
    const known = new Set(actions.flatMap((action) => harmsOf(action, facts)));
    const harms: readonly HarmLevel[] = to === 'credentials' ? ['read-credentials'] : known.size > 0 ? [...known] : ['read-data'];
    for (const harm of harms) {
      const reach = this.reach(harm);
      reach.resources.add(toArn);
      const own = actions.filter((action) => harmsOf(action, facts).includes(harm));
      for (const action of own.length > 0 ? own : actions.slice(-1)) reach.actions.add(action);
    }
  }

  levels(admin: boolean): Readonly<Record<HarmLevel, HarmReach>> {
    const levels = HARM_LEVELS.map((level) => [level, admin ? EVERYTHING : shownReach(this.reaches.get(level))] as const);
    return Object.fromEntries(levels) as Record<HarmLevel, HarmReach>;
  }

  private reach(harm: HarmLevel): Reach {
    const known = this.reaches.get(harm) ?? { actions: new Set(), resources: new Set() };
    this.reaches.set(harm, known);
    return known;
  }
}

function shownReach(reach: Reach | undefined): HarmReach {
  if (!reach) return NOTHING;
  const resources = [...reach.resources].sort(byCodePoint);
  return {
    actions: reach.actions.size,
    examples: [...reach.actions].sort(byCodePoint).slice(0, 3),
    resources: reach.resources.has('*') ? ['*'] : withoutCovered(resources),
  };
}

/** A name that a listed pattern takes in is not counted a second time. */
function withoutCovered(resources: readonly string[]): readonly string[] {
  const starts = resources.flatMap((one) => (one.endsWith('*') && !isPattern(one.slice(0, -1)) ? [one.slice(0, -1)] : []));
  if (starts.length === 0) return resources;
  return resources.filter((one) => !starts.some((start) => one !== `${start}*` && one.startsWith(start)));
}
