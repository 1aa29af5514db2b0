import type { JsonObject } from './json';

/** How much a finding matters. */
export enum Severity {
  ERROR = 'error',
  WARNING = 'warning',
  INFO = 'info',
}

/** One failed check. */
export interface Finding {
  /** The check's id: the name of its file in `lib/core/checks`. */
  readonly id: string;
  readonly severity: Severity;
  /** Name of the agent it is about. */
  readonly agent: string;
  /** What is wrong here, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** The values that show it. */
  readonly evidence?: JsonObject;
}
