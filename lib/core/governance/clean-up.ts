import type { JsonObject } from '../json';

/** Identities that one sweep puts away at most: where more are due at once, it is rather what is written down of agents that is broken. Then none is. */
export const MOST_AT_ONCE = 5;
/** Between the sweep that finds something and the one that puts it away: a deployment may be on its way. Less than a day, since clocks drift. */
const GRACE_MS = 20 * 3_600_000;
/** A sweep may have failed for a day or two. */
const DAYS_BACK = 3;
const DAY_MS = 86_400_000;

/** Something that was forgotten. */
export interface Leftover {
  readonly kind: 'orphaned-identity' | 'expired-window' | 'old-secret' | 'old-version';
  readonly what: string;
  readonly said: string;
  /** Whether it gives nothing any more. @default false */
  readonly away?: boolean;
  /** Why no function does anything about it. @default - it may be put away */
  readonly stays?: string;
}

/** What a sweep found. */
export interface Found {
  readonly at: string;
  readonly keys: readonly string[];
}

/** What putting away needs of a cloud. Nothing is deleted that only a person can make again. */
export interface CleanUpPorts<Agent> {
  /** What the first sweep of a day found. `2026-11-26`. */
  readonly recall: (day: string) => Promise<Found | undefined>;
  /** Keeps what today's sweep found; where one of today is kept, nothing is done. */
  readonly remember: (day: string, found: Found) => Promise<void>;
  /** Agents of which only a part is written down: then nobody knows whose an identity is. */
  readonly partial: () => Promise<readonly string[]>;
  /** Puts one thing away; says what was done, and how that is undone. Throws where it was not done, or not wholly. */
  readonly putAway: (leftover: Leftover, agents: readonly Agent[]) => Promise<PutAway>;
}

export interface PutAway {
  readonly said: string;
  /** What it takes to give it back. @default - what is said is enough */
  readonly detail?: JsonObject;
}

/** What became of one leftover. */
export interface Cleared {
  readonly leftover: Leftover;
  readonly done: boolean;
  /** Whether it was put away before, and was told. */
  readonly known: boolean;
  readonly said: string;
  readonly detail?: JsonObject;
}

/** Puts away what an earlier sweep found, too, and nothing where that looks like a mistake. */
export async function cleanUp<Agent>(
  left: readonly Leftover[],
  agents: readonly Agent[],
  { ports, now }: { readonly ports: CleanUpPorts<Agent>; readonly now: Date },
): Promise<readonly Cleared[]> {
  await ports.remember(dayOf(now), { at: now.toISOString(), keys: left.map(keyOf) });
  const before = await foundBefore(ports, now);
  const isKnown = (one: Leftover): boolean => before.has(keyOf(one));
  const doubt = await doubtAbout(agents, ports);
  const due = left.filter((one) => !one.away && one.stays === undefined && isKnown(one));
  const tooMany = due.filter(isIdentity).length > MOST_AT_ONCE;
  /** Why one is left as it is; undefined for one that is put away now. */
  const reasonToLeave = (one: Leftover): string | undefined => {
    if (one.away) return 'it gives nothing any more';
    if (one.stays !== undefined) return one.stays;
    if (!isKnown(one)) return 'it is put away if it is still so tomorrow';
    if (doubt !== undefined) return doubt;
    return tooMany && isIdentity(one)
      ? `nothing is put away, since more than ${MOST_AT_ONCE} identities are due at once: look whether all agents are written down`
      : undefined;
  };
  const cleared: Cleared[] = [];
  for (const leftover of left) {
    const reason = reasonToLeave(leftover);
    if (reason === undefined) cleared.push(await put(leftover, agents, ports));
    else cleared.push({ leftover, done: false, known: leftover.away === true && isKnown(leftover), said: reason });
  }
  return cleared;
}

async function put<Agent>(leftover: Leftover, agents: readonly Agent[], { putAway }: CleanUpPorts<Agent>): Promise<Cleared> {
  try {
    return { leftover, done: true, known: false, ...(await putAway(leftover, agents)) };
  } catch (error) {
    return { leftover, done: false, known: false, said: `it could not be put away: ${(error as Error).name}: ${(error as Error).message}` };
  }
}

/** A reason to trust nothing that is said of identities. */
async function doubtAbout<Agent>(agents: readonly Agent[], { partial }: CleanUpPorts<Agent>): Promise<string | undefined> {
  if (agents.length === 0) return 'nothing is put away, since no agent of the fleet is written down';
  const parts = await partial();
  return parts.length > 0 ? `nothing is put away, since only a part is written down of ${parts.join(', ')}` : undefined;
}

/** What the last sweep found that was long enough ago. */
async function foundBefore<Agent>({ recall }: CleanUpPorts<Agent>, now: Date): Promise<ReadonlySet<string>> {
  for (let back = 1; back <= DAYS_BACK; back += 1) {
    const found = await recall(dayOf(new Date(now.getTime() - back * DAY_MS)));
    if (found && now.getTime() - Date.parse(found.at) >= GRACE_MS) return new Set(found.keys);
  }
  return new Set();
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const keyOf = ({ kind, what }: Leftover): string => `${kind} ${what}`;
const isIdentity = ({ kind }: Leftover): boolean => kind === 'orphaned-identity' || kind === 'expired-window';
