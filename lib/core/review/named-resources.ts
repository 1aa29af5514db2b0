import type { AccessEntry } from './access';
import { showSymbols } from './glob';
import { resourcesById } from './listing';
import type { AccessWorld } from './world';

const found = new WeakMap<AccessEntry, readonly string[]>();

/**
 * The resources of an entry: those known by name, patterns of others, `*` for every one. Of several lists that all must match the
 * shortest says most, and never too little.
 */
export function resourcesOf(entry: AccessEntry, world: AccessWorld): readonly string[] {
  const known = found.get(entry);
  if (known) return known;
  const [list] = entry.region.resources.filter((one) => !one.some(isEvery)).sort((a, b) => a.length - b.length);
  const names = list ? [...new Set(list.map((glob) => nameOf(glob, world)))] : ['*'];
  found.set(entry, names);
  return names;
}

/** Whether a name that is shown stands for more than one resource. */
export function isPattern(name: string): boolean {
  return /[*?]/.test(name.replace(/\$\{[^}]*\}/g, ''));
}

function isEvery(glob: string): boolean {
  return /^\*+$/.test(glob);
}

/** The known resource that a pattern is, or is about something in; else the pattern. */
function nameOf(glob: string, world: AccessWorld): string {
  const known = resourcesById(world);
  const text = showSymbols(glob).replace(/\\([\s\S])/g, '$1');
  // A wildcard before the end of a name takes in its neighbours; only what lies behind a whole name is inside it.
  for (let name = text; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('/'), name.lastIndexOf(':'), 0))) {
    if (known.has(name)) return name;
  }
  return text;
}
