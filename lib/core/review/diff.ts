import { byCodePoint } from '../json';
import { VERSION } from '../version';
import type { AccessEntry, EffectiveAccess } from './access';
import { changesOf } from './access-changes';
import { proveNothingBeyond } from './claims';
import type { ClaimChange, DiffView, PrincipalChange } from './diff-result';
import { accessBeyond } from './difference';
import { principalsOf } from './listing';
import { keyOfPath } from './paths';
import { type AccessPath, type BlastRadius, type ClaimVerdict, HARM_LEVELS, type PrincipalReview, type Review } from './result';
import { shown } from './shown';
import { type Earlier, lessCovered } from './uncatalogued';
import type { AccessWorld } from './world';

/** One side of a comparison. */
export interface DiffSide {
  readonly worlds: readonly AccessWorld[];
  readonly review: Review;
}

/** A principal of one side with what is known of it. */
interface Seen {
  readonly review: PrincipalReview;
  readonly world: AccessWorld;
  readonly access: EffectiveAccess;
}

const NOBODY: EffectiveAccess = { principal: '', entries: [], unknowns: [] };

/**
 * The change of meaning between two reviews: who gained or lost which access, which paths opened or closed, and what became of each claim.
 * A text that says the same in other words is no change. Who did not change is not listed.
 */
export function diffReviews(base: DiffSide, head: DiffSide): DiffView {
  const before = seenIn(base);
  const after = seenIn(head);
  const pairs = pair(before, after);
  return shown({
    library: VERSION,
    compared: pairs.length,
    principals: pairs.flatMap(([old, now]) => compare(old, now)),
    unknowns: [...new Set([...base.review.unknowns, ...head.review.unknowns])],
  });
}

function seenIn({ worlds, review }: DiffSide): readonly Seen[] {
  return review.principals.flatMap((one) => {
    const world = worlds.find((candidate) => principalsOf(candidate).has(one.id));
    return world ? [{ review: one, world, access: world.access(one.id) }] : [];
  });
}

/** By id; those that are left by agent, where a cloud or a template made up another id; then by construct, where somebody gave it another name. */
function pair(before: readonly Seen[], after: readonly Seen[]): readonly (readonly [Seen | undefined, Seen | undefined])[] {
  const left = new Map(before.map((one) => [one.review.id, one]));
  const matched = new Map<Seen, Seen>();
  const match = (now: Seen, old: Seen | undefined): void => {
    if (!old || matched.has(now)) return;
    matched.set(now, old);
    left.delete(old.review.id);
  };
  for (const now of after) match(now, left.get(now.review.id));
  for (const now of after.filter((one) => !matched.has(one) && one.review.agent !== undefined)) {
    match(
      now,
      [...left.values()].find((old) => nameOf(old) === nameOf(now)),
    );
  }
  const [olds, nows] = [[...left.values()], after.filter((one) => !matched.has(one))].map(alone);
  for (const [construct, now] of nows ?? []) match(now, olds?.get(construct));
  const pairs = [...after.map((now) => [matched.get(now), now] as const), ...[...left.values()].map((old) => [old, undefined] as const)];
  const keyOf = ([old, now]: (typeof pairs)[number]): string =>
    [(now ?? old)?.review.cloud, nameOf(now ?? old), (now ?? old)?.review.id].join('\u0000');
  return pairs.sort((a, b) => byCodePoint(keyOf(a), keyOf(b)));
}

/** By construct, those that are the only ones of theirs: of two, nobody can say which was which. */
function alone(all: readonly Seen[]): ReadonlyMap<string, Seen> {
  const by = all.map((one) => [constructOf(one), one] as const);
  return new Map(
    by.flatMap(([construct, one]) =>
      construct !== undefined && by.filter(([other]) => other === construct).length === 1 ? [[construct, one]] : [],
    ),
  );
}

/** Where the app makes it; undefined where that is not known. */
function constructOf({ review, world }: Seen): string | undefined {
  const construct = principalsOf(world).get(review.id)?.construct;
  return construct === undefined ? undefined : `${review.cloud} ${construct}`;
}

function nameOf(seen: Seen | undefined): string {
  if (!seen) return '';
  const { review, world } = seen;
  const fleet = principalsOf(world).get(review.id)?.agent?.fleet ?? '';
  return [review.cloud, fleet, review.agent ?? review.name].join('\u0000');
}

function compare(old: Seen | undefined, now: Seen | undefined): PrincipalChange[] {
  const shown = (now ?? old)?.review;
  const world = (now ?? old)?.world;
  if (!shown || !world) return [];
  const [before, after] = [old?.access ?? NOBODY, now?.access ?? NOBODY];
  const gained = changesOf(beyond(after, before, old), world);
  const lost = changesOf(beyond(before, after, now), world);
  // Who has full control has no paths: none was closed by gaining it, and none is new where it was lost.
  const newPaths = isAdmin(old) ? [] : pathsBeyond(now?.review.paths ?? [], old?.review.paths ?? []);
  const closedPaths = isAdmin(now) ? [] : pathsBeyond(old?.review.paths ?? [], now?.review.paths ?? []);
  const claims = [...claimChanges(old?.review, now?.review), ...nothingNew(old, now, gained.length > 0)];
  const same = [gained, lost, newPaths, closedPaths, claims].every(({ length }) => length === 0);
  if (old && now && same && !radiusDiffers(old.review.blastRadius, now.review.blastRadius)) return [];
  return [
    {
      id: shown.id,
      name: shown.name,
      cloud: shown.cloud,
      kind: shown.kind,
      ...(old && now && old.review.name !== now.review.name ? { was: old.review.name } : {}),
      ...(shown.agent === undefined ? {} : { agent: shown.agent }),
      gained,
      lost,
      newPaths,
      closedPaths,
      claims,
      ...(old ? { before: old.review.blastRadius } : {}),
      ...(now ? { after: now.review.blastRadius } : {}),
    },
  ];
}

function isAdmin(seen: Seen | undefined): boolean {
  return seen?.review.blastRadius.admin === true && seen.review.paths.length === 0;
}

function beyond(inner: EffectiveAccess, outer: EffectiveAccess, seen: Seen | undefined): readonly AccessEntry[] {
  const found = accessBeyond(inner.entries, outer.entries);
  return seen ? lessCovered(found, { ...whoIn(seen), entries: outer.entries }) : found;
}

function whoIn({ world, review }: Seen): Omit<Earlier, 'entries'> {
  return { world, principal: review.id };
}

/** Whether more or less can be reached, through others too. Names and patterns are not compared: one resource has many. */
function radiusDiffers(before: BlastRadius, after: BlastRadius): boolean {
  const facts = ({ admin, principals, levels }: BlastRadius): string =>
    JSON.stringify([admin, principals, HARM_LEVELS.map((level) => levels[level].actions)]);
  return facts(before) !== facts(after);
}

/** Said only where something is new: a claim that holds needs no line. */
function nothingNew(old: Seen | undefined, now: Seen | undefined, gained: boolean): readonly ClaimChange[] {
  if (!gained) return [];
  const { claim, verdict, reason } = proveNothingBeyond(now?.access ?? NOBODY, old?.access ?? NOBODY, old && whoIn(old));
  return [{ claim, after: verdict, reason }];
}

function claimChanges(old: PrincipalReview | undefined, now: PrincipalReview | undefined): readonly ClaimChange[] {
  const verdicts = (review: PrincipalReview | undefined): ReadonlyMap<string, ClaimVerdict> =>
    new Map((review?.claims ?? []).map((one) => [one.claim, one]));
  const [before, after] = [verdicts(old), verdicts(now)];
  return [...new Map([...before, ...after]).values()].flatMap(({ claim }): ClaimChange[] => {
    const [was, is] = [before.get(claim), after.get(claim)];
    // A new principal's proven claims and a gone one's say nothing that a reviewer must act on.
    if (was?.verdict === is?.verdict || !now || (!was && is?.verdict === 'proven')) return [];
    if (!is) return was ? [{ claim, before: was.verdict, reason: 'It is no longer claimed.' }] : [];
    return [{ claim, ...(was ? { before: was.verdict } : {}), after: is.verdict, reason: is.reason }];
  });
}

function pathsBeyond(paths: readonly AccessPath[], others: readonly AccessPath[]): readonly AccessPath[] {
  const known = new Set(others.map(keyOfPath));
  return paths.filter((path) => !known.has(keyOfPath(path)));
}
