import { invalidDate, windowReversed } from './errors';

/** When access holds. */
export interface AccessWindow {
  /** First instant, ISO 8601 in UTC, for example `2027-01-31T00:00:00Z`. @default - at once */
  readonly notBefore?: string;
  /** Last instant, ISO 8601 in UTC. @default - without end */
  readonly notAfter?: string;
}

/** An instant to the second, in UTC; a day that no month has does not survive the round trip. */
function isInstant(value: string): boolean {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value.replace('Z', '.000Z');
}

/** Checks the window, or gives undefined for one that bounds nothing. */
export function checkWindow(agent: string, window: AccessWindow): AccessWindow | undefined {
  const { notBefore, notAfter } = window;
  for (const [field, value] of Object.entries({ notBefore, notAfter })) {
    if (value !== undefined && !isInstant(value)) throw invalidDate(agent, field, value);
  }
  if (notBefore !== undefined && notAfter !== undefined && notBefore >= notAfter) throw windowReversed(agent, notBefore, notAfter);
  if (notBefore === undefined && notAfter === undefined) return undefined;
  return { ...(notBefore ? { notBefore } : {}), ...(notAfter ? { notAfter } : {}) };
}

/** The fleet an agent belongs to where a construct does not say: its environment, else `main`. */
export function defaultFleet(environment: string | undefined): string {
  return environment ?? 'main';
}
