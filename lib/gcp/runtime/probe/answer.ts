import type { PolicyPlace } from '../policies/types';

/** A place, and what a canary was granted there. */
export interface ProbedPlace extends PolicyPlace {
  readonly permissions: readonly string[];
}

/** What a canary may do, as Google told it. */
export interface ProbeAnswer {
  /** How many permissions it asked for. */
  readonly asked: number;
  /** Those that it has, as `PERMISSION on PLACE`. */
  readonly has: readonly string[];
  /** Places of which Google told it nothing, since it does not take the canary's token, and the words of that. */
  readonly refused: readonly string[];
}
