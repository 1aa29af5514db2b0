import type { AccessPath, BlastRadius, ClaimId, ClaimVerdict } from './result';

/** A set of requests that became possible, or stopped being so. */
export interface AccessChange {
  /** Exact native actions, or patterns of them. */
  readonly actions: readonly string[];
  /** Names or patterns of resources. */
  readonly resources: readonly string[];
  /** Conditions, as they were written. @default - none */
  readonly conditions?: readonly string[];
  /** The worst that one of the actions does. @default - not said */
  readonly level?: string;
  /** The statements that make the change. @default - not said */
  readonly statements?: readonly string[];
}

/** How a claim's verdict changed. */
export interface ClaimChange {
  readonly claim: ClaimId;
  /** @default - was not asked of the base */
  readonly before?: ClaimVerdict['verdict'];
  /** @default - is not asked of the head */
  readonly after?: ClaimVerdict['verdict'];
  /** Why it is so now. */
  readonly reason: string;
}

/** What changed for one principal. */
export interface PrincipalChange {
  readonly id: string;
  readonly name: string;
  readonly cloud: string;
  readonly kind: string;
  /** Name that it had: most clouds replace what gets another. @default - its name is the same */
  readonly was?: string;
  /** @default - not an agent's */
  readonly agent?: string;
  readonly gained: readonly AccessChange[];
  readonly lost: readonly AccessChange[];
  readonly newPaths: readonly AccessPath[];
  readonly closedPaths: readonly AccessPath[];
  readonly claims: readonly ClaimChange[];
  /** @default - it is new */
  readonly before?: BlastRadius;
  /** @default - it is gone */
  readonly after?: BlastRadius;
}

/** The semantic change between two reviews: who changed, and what could not be compared. */
export interface DiffView {
  /** Version of this library. */
  readonly library: string;
  /** How many principals were compared, changed or not. */
  readonly compared: number;
  /** Those that changed. */
  readonly principals: readonly PrincipalChange[];
  /** What could not be understood; full sentences. */
  readonly unknowns: readonly string[];
}
