import { invalidDuration } from './errors';

/** Anything that can say its length in seconds; the `Duration` of aws-cdk-lib qualifies as it is. */
export interface IDuration {
  /** The length in whole seconds. */
  toSeconds(): number;
}

/** A length of time. */
export class Duration implements IDuration {
  /** A duration of whole seconds. */
  static seconds(amount: number): Duration {
    return new Duration(amount, amount);
  }

  /** A duration of minutes. */
  static minutes(amount: number): Duration {
    return new Duration(amount * 60, amount);
  }

  /** A duration of hours. */
  static hours(amount: number): Duration {
    return new Duration(amount * 3600, amount);
  }

  private constructor(
    private readonly length: number,
    given: number,
  ) {
    if (!Number.isSafeInteger(length) || length <= 0) throw invalidDuration(given);
    Object.freeze(this);
  }

  toSeconds(): number {
    return this.length;
  }
}

/** Shorthand for {@link Duration.minutes}. */
export const minutes = (amount: number): Duration => Duration.minutes(amount);

/** Shorthand for {@link Duration.hours}. */
export const hours = (amount: number): Duration => Duration.hours(amount);

/** Writes seconds as a person would say them: `15 min`, `1 h`, `1 h 30 min`. */
export function formatSeconds(total: number): string {
  const units: readonly [number, string][] = [
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const parts: string[] = [];
  let rest = total;
  for (const [size, unit] of units) {
    const amount = Math.floor(rest / size);
    if (amount > 0) parts.push(`${amount} ${unit}`);
    rest -= amount * size;
  }
  return parts.join(' ') || '0 s';
}
