import type { Grant } from './types';

/** What a member is granted at a place, as it was read. */
export interface Held {
  readonly grants: readonly Grant[];
  /** Writes the policy with these grants of the member in place of those that were read; fails where somebody else changed it meanwhile. */
  readonly write: (grants: readonly Grant[]) => Promise<void>;
}
