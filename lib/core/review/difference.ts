import type { AccessEntry } from './access';
import { partsBeyond } from './proof';

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
      found.push(cut);
      continue;
    }
    const left = list.filter((glob) => {
      const part: AccessEntry = { ...cut, region: { ...entry.region, resources: [[glob], ...others] } };
      return !partsBeyond([part], outer).next().done;
    });
    found.push({ ...cut, region: { ...entry.region, resources: [left.length > 0 ? left : list, ...others] } });
  }
  return found;
}

/** Whether `inner` may hold anything that `outer` does not. */
export function isBeyond(inner: readonly AccessEntry[], outer: readonly AccessEntry[]): boolean {
  return !partsBeyond(inner, outer).next().done;
}
