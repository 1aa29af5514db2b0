import type { AccessWorld, EscalationStep } from './world';

type Steps = readonly EscalationStep[];

const alone = new WeakMap<AccessWorld, Map<string, Steps>>();

/** What a principal can do by itself. A world is asked once, whoever's search it is. */
export function stepsAlone(world: AccessWorld, from: string): Steps {
  const known = memoryOf(alone, world);
  const found = known.get(from) ?? world.steps(from, new Set([from]));
  known.set(from, found);
  return found;
}

const together = new WeakMap<AccessWorld, Map<string, Map<string, Steps>>>();
const names = new WeakMap<ReadonlySet<string>, string>();
/** Sets that are kept for one world. Principals that can reach each other end with the same set, and most others with a small one. */
const MOST_SETS = 2_000;

/** What a principal can do where others are held too. */
export function stepsTogether(world: AccessWorld, from: string, held: ReadonlySet<string>): Steps {
  const sets = memoryOf(together, world);
  const name = names.get(held) ?? JSON.stringify([...held].sort());
  names.set(held, name);
  if (!sets.has(name) && sets.size >= MOST_SETS) sets.clear();
  const known = sets.get(name) ?? new Map<string, Steps>();
  sets.set(name, known);
  const found = known.get(from) ?? world.steps(from, held);
  known.set(from, found);
  return found;
}

function memoryOf<T>(all: WeakMap<AccessWorld, Map<string, T>>, world: AccessWorld): Map<string, T> {
  const known = all.get(world) ?? new Map<string, T>();
  all.set(world, known);
  return known;
}
