/** How many events count, and within how many seconds. */
export interface WindowLimit {
  /** More than this many is too many. */
  readonly most: number;
  readonly seconds: number;
}

/** Seconds that a window holds before the old ones among them are cleared. */
const CLEARED_FROM = 64;

/** A window as it is kept: seconds and how many events each had, oldest first, and the whole windows that were too full already. */
export interface WindowRecord {
  readonly at: number[];
  readonly count: number[];
  readonly told: number[];
}

/**
 * Counts events in a sliding window of event time, whatever order they come in. An event that comes late may fill windows that end after it,
 * and a window only ever gets fuller: so the windows that were too full in the end are the same for every order.
 *
 * Records of audit logs have whole seconds, and so have these.
 */
export class SlidingWindow {
  static revive(record: WindowRecord): SlidingWindow {
    const made = new SlidingWindow();
    made.at = [...record.at];
    made.count = [...record.count];
    made.told = [...record.told];
    made.total = made.count.reduce((sum, one) => sum + one, 0);
    return made;
  }

  private at: number[] = [];
  private count: number[] = [];
  private told: number[] = [];
  private total = 0;

  /** The last second that had an event. */
  get latest(): number {
    return this.at.at(-1) ?? 0;
  }

  toRecord(): WindowRecord {
    return { at: [...this.at], count: [...this.count], told: [...this.told] };
  }

  /**
   * Counts an event. Gives the periods, of `limit.seconds` each since 1970, in which a window that is now too full ends, each of them once.
   * What is older than `keep` seconds before the latest is forgotten.
   */
  add(second: number, limit: WindowLimit, keep: number): readonly number[] {
    if (second < this.latest - keep) return [];
    const index = this.insert(second);
    const forgotten = this.forget(this.latest - keep);
    if (this.total <= limit.most) return [];
    const fresh = this.fullAround(index - forgotten, limit)
      .map((end) => Math.floor(end / limit.seconds))
      .filter((period) => !this.told.includes(period));
    const periods = [...new Set(fresh)];
    this.told.push(...periods);
    if (this.told.length > 64) this.told = this.told.slice(-32);
    return periods;
  }

  private insert(second: number): number {
    this.total += 1;
    let index = this.at.length - 1;
    while (index >= 0 && (this.at[index] as number) > second) index -= 1;
    if (index >= 0 && this.at[index] === second) {
      this.count[index] = (this.count[index] as number) + 1;
      return index;
    }
    this.at.splice(index + 1, 0, second);
    this.count.splice(index + 1, 0, 1);
    return index + 1;
  }

  private forget(before: number): number {
    // Cleared now and then: each clearing moves all that is left.
    if (this.at.length < CLEARED_FROM || (this.at[0] as number) >= before) return 0;
    let drop = 0;
    while (drop < this.at.length && (this.at[drop] as number) < before) {
      this.total -= this.count[drop] as number;
      drop += 1;
    }
    if (drop > 0) {
      this.at.splice(0, drop);
      this.count.splice(0, drop);
    }
    return drop;
  }

  /** Ends of the windows that hold a second and are too full. */
  private fullAround(index: number, { most, seconds }: WindowLimit): readonly number[] {
    const second = this.at[index] as number;
    let tail = index;
    let sum = 0;
    while (tail >= 0 && (this.at[tail] as number) > second - seconds) {
      sum += this.count[tail] as number;
      tail -= 1;
    }
    tail += 1;
    const ends: number[] = sum > most ? [second] : [];
    for (let head = index + 1; head < this.at.length && (this.at[head] as number) < second + seconds; head += 1) {
      const end = this.at[head] as number;
      sum += this.count[head] as number;
      while ((this.at[tail] as number) <= end - seconds) {
        sum -= this.count[tail] as number;
        tail += 1;
      }
      if (sum > most) ends.push(end);
    }
    return ends;
  }
}

/** Different things in a window of calls that come in order, each at the latest time that it was seen; for a handful of things. */
export class DistinctWindow {
  constructor(
    private seen: (readonly [thing: string, second: number])[] = [],
    private full = false,
  ) {}

  static revive({ seen, full }: DistinctRecord): DistinctWindow {
    return new DistinctWindow([...seen], full);
  }

  toRecord(): DistinctRecord {
    return { seen: [...this.seen], full: this.full };
  }

  /** Notes a thing. True when the window comes to hold more than `limit.most` of them, and not again before it held fewer. */
  add(thing: string, second: number, limit: WindowLimit): boolean {
    const kept = this.seen.filter(([one, at]) => one !== thing && at > second - limit.seconds);
    this.seen = [...kept.slice(-MOST_THINGS), [thing, second]];
    const wasFull = this.full;
    this.full = this.seen.length > limit.most;
    return this.full && !wasFull;
  }
}

export interface DistinctRecord {
  readonly seen: readonly (readonly [string, number])[];
  readonly full: boolean;
}

const MOST_THINGS = 64;
