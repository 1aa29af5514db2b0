import { byCodePoint } from '../json';
import type { AccessEntry } from './access';
import { showSymbols } from './glob';
import { harmsOf } from './harm';
import { principalsOf } from './known';
import type { PathSearch } from './paths';
import { sentenceOf } from './radius-sentence';
import { type BlastRadius, HARM_LEVELS, type HarmLevel, type HarmReach } from './result';
import type { AccessWorld, WorldPrincipal } from './world';

/** Everything that is reachable if a principal is taken over: what it and every principal that can be had from it may do. */
export function blastRadiusOf(principal: WorldPrincipal, { paths, reached }: PathSearch, worlds: readonly AccessWorld[]): BlastRadius {
  const tallies = new Map(HARM_LEVELS.map((level) => [level, new Tally()]));
  let unread = 0;
  for (const world of worlds) {
    for (const id of reached) {
      if (!principalsOf(world).has(id)) continue;
      const { entries, unknowns } = world.access(id);
      unread += unknowns.length;
      for (const entry of entries) addEntry(tallies, entry, world);
    }
  }
  const admin =
    paths.some(({ to }) => to === 'admin') || worlds.some((world) => principalsOf(world).has(principal.id) && world.isAdmin(principal.id));
  for (const { to, toArn, steps } of paths) {
    // What a path ends at is reachable, whoever's right it is.
    if (to === 'resource') tallies.get('read-data')?.mention(toArn, steps);
    if (to === 'credentials') tallies.get('read-credentials')?.mention(toArn, steps);
  }
  const levels = Object.fromEntries(HARM_LEVELS.map((level) => [level, admin ? EVERYTHING : (tallies.get(level)?.reach() ?? NOTHING)]));
  const others = [...reached].filter((id) => id !== principal.id).sort(byCodePoint);
  const radius = { levels: levels as Record<HarmLevel, HarmReach>, principals: others, admin, containedBy: principal.containedBy ?? [] };
  return { sentence: sentenceOf(principal.agent?.name ?? principal.name, radius, unread > 0), ...radius };
}

const NOTHING: HarmReach = { actions: 0, examples: [], resources: [] };
/** Full control is not counted action by action: whoever has it gives itself the rest. */
const EVERYTHING: HarmReach = { actions: 1, examples: ['*'], resources: ['*'] };

function addEntry(tallies: ReadonlyMap<HarmLevel, Tally>, entry: AccessEntry, world: AccessWorld): void {
  for (const action of entry.actions) {
    for (const harm of harmsOf(action, world.facts)) tallies.get(harm)?.add(action, entry, world);
  }
}

/** What is reached at one level. */
class Tally {
  private readonly actions = new Set<string>();
  private readonly resources = new Set<string>();
  private readonly counted = new Set<AccessEntry>();

  add(action: string, entry: AccessEntry, world: AccessWorld): void {
    this.actions.add(action);
    if (this.counted.has(entry)) return;
    this.counted.add(entry);
    for (const name of resourcesOf(entry, world)) this.resources.add(name);
  }

  mention(resource: string, steps: PathSearch['paths'][number]['steps']): void {
    this.resources.add(resource);
    for (const { action } of steps.at(-1)?.requests ?? []) this.actions.add(action);
  }

  reach(): HarmReach {
    const every = this.resources.has('*');
    return {
      actions: this.actions.size,
      examples: [...this.actions].sort(byCodePoint).slice(0, 3),
      resources: every ? ['*'] : [...this.resources].sort(byCodePoint),
    };
  }
}

/** The resources of an entry: those known by name, and patterns of others. Of several lists that all must match the shortest says most. */
export function resourcesOf({ region }: AccessEntry, world: AccessWorld): readonly string[] {
  const [lists = []] = [...region.resources].filter((list) => !list.includes('*')).sort((a, b) => a.length - b.length);
  return lists.length === 0 ? ['*'] : [...new Set(lists.map((glob) => nameOf(showSymbols(glob), world)))];
}

const names = new WeakMap<AccessWorld, ReadonlySet<string>>();

/** The known resource that a pattern is, or is about something in; else the pattern. */
function nameOf(pattern: string, world: AccessWorld): string {
  const known = names.get(world) ?? new Set(world.resources.map(({ id }) => id));
  names.set(world, known);
  const text = pattern.replace(/\\([\s\S])/g, '$1');
  for (let name = text; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('/'), name.lastIndexOf(':'), 0))) {
    if (known.has(name)) return name;
  }
  return text;
}
