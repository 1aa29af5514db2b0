import type { Finding } from '../finding';
import type { AccessOrigin, AccessRequest } from './access';
import type { PathEnd } from './world';

/** What is claimed of a principal's access: true of all requests, or refuted. */
export type ClaimId = 'read-only' | 'no-undeclared-credentials' | 'within-declared' | 'no-escalation' | 'within-delegated' | 'nothing-new';

/** The answer to a claim. Never `proven` where anything was not understood. */
export interface ClaimVerdict {
  readonly claim: ClaimId;
  readonly verdict: 'proven' | 'refuted' | 'not-proven';
  /** One sentence: what was shown, or why not. */
  readonly reason: string;
  /** With `refuted`: a request that is allowed and should not be. */
  readonly counterExample?: AccessRequest;
  /** With `refuted`: the statements that allow it. */
  readonly origins?: readonly AccessOrigin[];
  /** What to change. */
  readonly fix?: string;
}

/** One step of a path, as printed. */
export interface PathStep {
  readonly from: string;
  readonly to: string;
  readonly technique: string;
  readonly sentence: string;
  readonly requests: readonly AccessRequest[];
  readonly allowedBy: readonly AccessOrigin[];
  readonly conditions: readonly string[];
  readonly assumed: boolean;
}

/** A way from a principal to something it was not given. */
export interface AccessPath {
  readonly to: PathEnd;
  /** Native id of the end. (Named for AWS, where the issue of names began; on other clouds it holds their id.) */
  readonly toArn: string;
  readonly steps: readonly PathStep[];
}

/** The ladder of harm, mildest first. */
export type HarmLevel = 'read-data' | 'read-credentials' | 'change-data' | 'destroy' | 'grant' | 'run-code';
export const HARM_LEVELS: readonly HarmLevel[] = ['read-data', 'read-credentials', 'change-data', 'destroy', 'grant', 'run-code'];

/** What is reachable at one level. */
export interface HarmReach {
  /** How many exact actions. */
  readonly actions: number;
  /** Up to three of them, to show what kind. */
  readonly examples: readonly string[];
  /** Resources reached, by name or pattern, sorted; `*` where every resource is. */
  readonly resources: readonly string[];
}

/** Everything reachable if the principal is compromised, transitively. */
export interface BlastRadius {
  /** One sentence a manager understands. */
  readonly sentence: string;
  readonly levels: Readonly<Record<HarmLevel, HarmReach>>;
  /** Principals that can be reached, the first excluded; sorted. */
  readonly principals: readonly string[];
  /** True where anything in the account can be reached. */
  readonly admin: boolean;
  /** What holds it in: boundary, conditions, denies, session length; each one phrase. */
  readonly containedBy: readonly string[];
}

/** What was found about one principal. */
export interface PrincipalReview {
  readonly id: string;
  readonly name: string;
  readonly cloud: string;
  readonly kind: string;
  /** @default - not an agent's */
  readonly agent?: string;
  readonly source: string;
  readonly construct?: string;
  readonly blastRadius: BlastRadius;
  readonly paths: readonly AccessPath[];
  readonly claims: readonly ClaimVerdict[];
  readonly findings: readonly Finding[];
}

/** One edge of the drawn graph. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `escalates` for a step of a path, `delegates` for a declared delegation, otherwise a level of harm. */
  readonly kind: 'escalates' | 'delegates' | HarmLevel;
}

/** One node of the drawn graph. */
export interface GraphNode {
  readonly id: string;
  readonly name: string;
  readonly kind: 'agent' | 'principal' | 'resource' | 'credentials' | 'admin';
  readonly cloud: string;
  readonly type: string;
}

/** The whole answer of `agentic-iam review --json`: stable order, no timestamps. */
export interface Review {
  readonly schemaVersion: 1;
  /** Version of this library. */
  readonly library: string;
  /** Files that were read. */
  readonly sources: readonly string[];
  readonly principals: readonly PrincipalReview[];
  readonly graph: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };
  /** What could not be understood; full sentences. */
  readonly unknowns: readonly string[];
}
