import type { AccessRegion, KeyConstraint } from '../../../core/review/access';
import { globIncludes, globsIntersect } from '../../../core/review/glob';

const EVERY_RESOURCE: readonly string[] = ['*'];
/** Every (resource, context) pair. */
export const EVERYWHERE: AccessRegion = { resources: [EVERY_RESOURCE], notResources: [], when: [] };

/** Whether a region is everything: known without comparing anything. */
export function isEverywhere({ resources, notResources, when }: AccessRegion): boolean {
  return when.length === 0 && notResources.length === 0 && resources.every((list) => list.includes('*'));
}

/** A name under which equal regions are found. */
export function regionKey({ resources, notResources, when }: AccessRegion): string {
  return JSON.stringify([resources, notResources, when.map(constraintKey)]);
}

function constraintKey({ key, test, whenAbsent, quantifier }: KeyConstraint): unknown {
  return [key, test, whenAbsent, quantifier];
}

/** What is inside both; undefined where that is nothing. */
export function intersectRegions(a: AccessRegion, b: AccessRegion): AccessRegion | undefined {
  if (isEverywhere(b)) return a;
  if (isEverywhere(a)) return b;
  let lists = a.resources;
  for (const list of b.resources) {
    const next = addList(lists, list);
    if (!next) return undefined;
    lists = next;
  }
  const notResources = [...new Set([...a.notResources, ...b.notResources])].filter((out) => mayMeet(lists, out));
  if (lists.some((list) => list.every((glob) => globIncludes(notResources, glob) === 'yes'))) return undefined;
  const seen = new Set(a.when.map((one) => JSON.stringify(constraintKey(one))));
  const when = [...a.when, ...b.when.filter((one) => !seen.has(JSON.stringify(constraintKey(one))))];
  return { resources: lists, notResources, when };
}

/** Adds a list that must match too. A list that takes nothing away is left out, and one that another lies within takes its place. */
function addList(lists: readonly (readonly string[])[], list: readonly string[]): readonly (readonly string[])[] | undefined {
  if (list.includes('*')) return lists;
  const kept: (readonly string[])[] = [];
  let added: readonly string[] = list;
  for (const other of lists) {
    if (other.includes('*')) continue;
    const meeting = other.filter((glob) => added.some((one) => globsIntersect(one, glob) !== 'no'));
    if (meeting.length === 0) return undefined;
    added = added.filter((glob) => meeting.some((one) => globsIntersect(one, glob) !== 'no'));
    if (meeting.every((glob) => globIncludes(added, glob) === 'yes')) added = meeting;
    else if (!added.every((glob) => globIncludes(meeting, glob) === 'yes')) kept.push(meeting);
  }
  return [...kept, added];
}

function mayMeet(lists: readonly (readonly string[])[], glob: string): boolean {
  return lists.every((list) => list.some((one) => globsIntersect(one, glob) !== 'no'));
}

/** Whether all of `inner` lies in `outer`: `true` only where it is certain. */
export function surelyWithin(inner: AccessRegion, outer: AccessRegion): boolean {
  if (isEverywhere(outer)) return true;
  const conditions = new Set(inner.when.map((one) => JSON.stringify(constraintKey(one))));
  if (!outer.when.every((one) => conditions.has(JSON.stringify(constraintKey(one))))) return false;
  if (!outer.notResources.every((out) => !mayMeet(inner.resources, out) || globIncludes(inner.notResources, out) === 'yes')) return false;
  return outer.resources.every(
    (list) => list.includes('*') || inner.resources.some((own) => own.every((glob) => globIncludes(list, glob) === 'yes')),
  );
}

/** Whether no resource can be in both: `true` only where it is certain. Conditions are not looked at. */
export function surelyApart(a: AccessRegion, b: AccessRegion): boolean {
  return a.resources.some((list) =>
    b.resources.some(
      (other) =>
        list.every((one) => other.every((glob) => globsIntersect(one, glob) === 'no')) ||
        list.every((one) => globIncludes(b.notResources, one) === 'yes'),
    ),
  );
}
