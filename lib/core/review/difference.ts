import type { AccessEntry, AccessRegion } from './access';
import { globIncludes } from './glob';
import { accessWithin, partsBeyond } from './proof';

/**
 * What `inner` holds and `outer` does not: the entries, cut down to the actions and resources that are beyond it. Says rather too much
 * than too little: empty only where it is certain that there is nothing.
 */
export function accessBeyond(inner: readonly AccessEntry[], outer: readonly AccessEntry[]): readonly AccessEntry[] {
  const found: AccessEntry[] = [];
  for (const { entry, actions } of partsBeyond(inner, outer)) {
    const [list, ...others] = entry.region.resources;
    const cut: AccessEntry = { ...entry, actions };
    if (!list || list.length === 1) {
      found.push(...throughHoles(cut, outer));
      continue;
    }
    const left = list.filter((glob) => {
      const part: AccessEntry = { ...cut, region: { ...entry.region, resources: [[glob], ...others] } };
      return isBeyond([part], outer);
    });
    found.push(...throughHoles({ ...cut, region: { ...entry.region, resources: [left.length > 0 ? left : list, ...others] } }, outer));
  }
  return found;
}

/** Whether `inner` may hold anything that `outer` does not. */
export function isBeyond(inner: readonly AccessEntry[], outer: readonly AccessEntry[]): boolean {
  return !partsBeyond(inner, outer).next().done;
}

/** Where only the exceptions of an outer entry keep it from holding all of a part, what is beyond lies in these. */
function throughHoles(part: AccessEntry, outer: readonly AccessEntry[]): readonly AccessEntry[] {
  const around = outer.find(
    (one) =>
      one.except.length > 0 && isSubset(part.actions, one.actions) && accessWithin([part], [{ ...one, except: [] }]).verdict === 'proven',
  );
  if (!around) return [part];
  const within = around.except.map((hole): AccessEntry => ({ ...part, region: meet(part.region, hole) }));
  const beyond = within.filter((one) => isBeyond([one], outer));
  return beyond.length > 0 ? beyond : [part];
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether every action of one list is in another; lists are long where a wildcard was written. */
function isSubset(actions: readonly string[], of: readonly string[]): boolean {
  if (actions.length > of.length) return false;
  const known = sets.get(of) ?? new Set(of);
  sets.set(of, known);
  return actions.every((action) => known.has(action));
}

function meet(a: AccessRegion, b: AccessRegion): AccessRegion {
  const lists = [...a.resources, ...b.resources];
  const narrow = lists.filter(
    (list, at) => !lists.some((other, index) => index !== at && isInside(other, list) && !(isInside(list, other) && at < index)),
  );
  return {
    resources: narrow.length > 0 ? narrow : lists,
    notResources: [...new Set([...a.notResources, ...b.notResources])],
    when: [...a.when, ...b.when],
  };
}

function isInside(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.every((glob) => globIncludes(outer, glob) === 'yes');
}
