import type { AgentEvent } from './agent-event';
import type { Attribution } from './attribution';
import type { TaskIssuance } from './task-issuance';

/** One thing that was issued: permissions on resources, as a policy of the cloud writes them. */
export interface IssuedGrant {
  /** Native action; may hold wildcards. */
  readonly permission: string;
  /** Native names; may hold wildcards. Empty where only the permission is known. */
  readonly resources: readonly string[];
  /** Capability of the agent it came from. @default - not known */
  readonly capability?: string;
}

/** What was issued says of one call. */
export interface CallVerdict {
  readonly answer: 'granted' | 'outside' | 'undecided';
  /** Indexes of the grants that cover it. */
  readonly grants: readonly number[];
  /** What an undecided answer hangs on. */
  readonly dependsOn?: readonly string[];
}

/** What one issuance lets its credentials do. Each cloud's policies are judged by code that knows them. */
export interface IssuedAccess {
  readonly grants: readonly IssuedGrant[];
  readonly judge: (call: AgentEvent) => CallVerdict;
  /** What makes its answers worth less than they seem. @default - nothing */
  readonly note?: string;
}

/** Why a call is outside of what was issued. */
export type OutsideReason = 'not-granted' | 'after-expiry' | 'after-revocation' | 'unknown-credential' | 'no-hand-over';

/** A call of the task's identity, with what is wrong with it. */
export interface JudgedCall {
  readonly event: AgentEvent;
  readonly reasons: readonly OutsideReason[];
  /** What an undecided call hangs on. @default - it is not undecided */
  readonly dependsOn?: readonly string[];
}

/** One grant and the calls that used it. */
export interface GrantUse extends IssuedGrant {
  readonly calls: number;
  /** Those of them that were refused nevertheless. */
  readonly denied: number;
  /** @default - never used */
  readonly first?: string;
  /** @default - never used */
  readonly last?: string;
}

/** Where an issuance stands at the time of the receipt. */
export interface ReceiptIssuance extends TaskIssuance {
  readonly state: 'pending' | 'failed' | 'live' | 'expired' | 'revoked';
  readonly calls: number;
}

/** From the intent of a task to what became of it. */
export interface TaskReceipt extends Attribution {
  /** When it was made out, ISO 8601 in UTC. */
  readonly asOf: string;
  /** `outside` where a call fell outside; `within` where calls were recorded and none did. */
  readonly verdict: 'within' | 'outside' | 'nothing-recorded';
  /** In the order asked for. */
  readonly issuances: readonly ReceiptIssuance[];
  readonly used: readonly GrantUse[];
  readonly unused: readonly GrantUse[];
  readonly outside: { readonly count: number; readonly calls: readonly JudgedCall[] };
  /** Calls of which the record does not hold what decides. */
  readonly undecided: { readonly count: number; readonly calls: readonly JudgedCall[] };
  /** Calls of sub-agents that the task handed work to, which run under policies of their own. */
  readonly handedOver: readonly { readonly agent: string; readonly calls: number }[];
  readonly counts: {
    /** Records that were read, of whomever. */
    readonly records: number;
    /** Different calls of the task. */
    readonly calls: number;
    readonly succeeded: number;
    readonly denied: number;
    /** Calls that failed for another reason. */
    readonly failed: number;
    /** Records of the task that were there before. */
    readonly repeated: number;
    readonly unread: number;
  };
  /** Reasons that records could not be read, with how often. */
  readonly unread: readonly { readonly reason: string; readonly count: number }[];
  /** What limits the receipt. */
  readonly notes: readonly string[];
}
