/**
 * Turns at the API of deny policies. Google takes five reads and five writes of them a minute and project. A turn is one read and at most one write after it; one of the
 * five is left to whoever looks at the policy by hand, or deploys from the same project, while agents are being stopped. Nothing here does I/O.
 *
 * @see https://docs.cloud.google.com/iam/quotas
 */
export const TURNS = {
  /** In a minute. */
  most: 4,
  /** In a minute, of those that only look: the others are for agents that are to be stopped, or let go. */
  looks: 2,
  windowSeconds: 60,
  /** Between two: what was written is to be seen by the next, and whoever asks meanwhile is written with it. */
  apartSeconds: 5,
  /** After which one that did not end is taken for dead: longer than a read and a write can take. */
  leaseSeconds: 40,
  /** Into a turn after which it writes no more, so that it is surely over when it is taken for dead. */
  writeWithinSeconds: 20,
  /** How long what was read is believed. */
  freshSeconds: 60,
  /** How long agents are written one by one after Google refused to take several together: one of them is what it refuses. */
  aloneSeconds: 600,
} as const;

/** What a policy said, and when it was read: digests of the rules by their agents. */
export interface Seen {
  readonly at: number;
  readonly rules: Readonly<Record<string, string>>;
  /** Rules in it that are none of the fleet's agents. */
  readonly others: number;
}

/** What responders of a fleet know of turns; seconds since 1970. */
export interface Turns {
  /** When the last ones began, oldest first. */
  readonly taken: readonly number[];
  /** Whoever has the turn now. @default - nobody */
  readonly holder?: string;
  /** By policy, as the last turn left it; nothing of a policy while it is being changed. */
  readonly seen: Readonly<Record<string, Seen>>;
  /** By policy, until when agents are written one by one. */
  readonly alone: Readonly<Record<string, number>>;
}

export const NO_TURNS: Turns = { taken: [], seen: {}, alone: {} };

/** When a turn may begin: now, or later. @param most how many of a minute's turns may be taken before it */
export function nextTurn({ taken, holder }: Turns, now: number, most: number = TURNS.most): number {
  // A clock that was far ahead must not stop everybody until its time has come.
  const known = taken.filter((at) => at < now + TURNS.windowSeconds);
  const last = known.at(-1);
  const full = known.at(-most);
  return Math.max(
    now,
    last === undefined ? 0 : last + (holder === undefined ? TURNS.apartSeconds : TURNS.leaseSeconds),
    full === undefined ? 0 : full + TURNS.windowSeconds,
  );
}

/** A turn begins: what was seen of its policy holds no more, since it may change it. */
export function begun(
  turns: Turns,
  { now, holder, policy }: { readonly now: number; readonly holder: string; readonly policy: string },
): Turns {
  const { [policy]: _changes, ...seen } = turns.seen;
  const alone = Object.fromEntries(Object.entries(turns.alone).filter(([, until]) => until > now));
  return { taken: [...turns.taken, now].sort((a, b) => a - b).slice(-TURNS.most), holder, seen, alone };
}

/** What a turn came to. */
export interface TurnEnd {
  readonly policy: string;
  /** What was read, where nothing was changed after it. @default - nothing is known of the policy */
  readonly seen?: Seen;
  /** Until when its agents are written one by one. @default - together */
  readonly alone?: number;
}

export function ended({ holder: _over, ...turns }: Turns, { policy, seen, alone }: TurnEnd): Turns {
  return {
    ...turns,
    seen: seen ? { ...turns.seen, [policy]: seen } : turns.seen,
    alone: alone === undefined ? turns.alone : { ...turns.alone, [policy]: alone },
  };
}
