import type { EventOutcome } from '../agent-event';
import type { AgentResponse, Signal } from '../enums';
import type { DetectionRuleId } from './rules';

/** How bad it is, lowest first. */
export type DetectionSeverity = 'low' | 'medium' | 'high' | 'critical';

/** What a detection rests on: something that was declared and broken, or an unlikely amount of something. */
export type DetectionBasis = 'exact' | 'statistical';

/** What should be done, mildest first. */
export type DetectionResponse = `${AgentResponse}`;

/** One call that a detection rests on. */
export interface DetectionEvidence {
  readonly id: string;
  readonly time: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly outcome: EventOutcome;
  readonly error?: string;
  readonly account?: string;
  readonly region?: string;
  readonly source?: string;
}

/** One signal, seen for one agent, with what shows it. Plain data: what every target of alerts is made from. */
export interface Detection {
  readonly schemaVersion: 1;
  /** One occurrence: the same whenever the same events are read again, in whatever order. 32 hexadecimal digits. */
  readonly id: string;
  /** One behaviour of one agent: the same in every session that shows it, so that it is updated and not repeated. 32 hexadecimal digits. */
  readonly fingerprint: string;
  readonly signal: Signal;
  readonly rule: DetectionRuleId;
  readonly severity: DetectionSeverity;
  readonly basis: DetectionBasis;
  readonly agent: string;
  readonly fleet: string;
  readonly cloud: string;
  /** Who answers for the agent. @default - the registry does not say */
  readonly owner?: string;
  /** Native id of who acted. */
  readonly principal: string;
  /** Id of the session or token, and of the task. @default - the records do not say */
  readonly session?: string;
  readonly task?: string;
  /** Agents through which the work came, first to last. @default - the records do not say */
  readonly chain?: readonly string[];
  /** When the call was made that showed it, ISO 8601 in UTC. */
  readonly time: string;
  /** One sentence that a person understands. */
  readonly summary: string;
  /** What of the declaration it broke, or what it was measured against. */
  readonly broke: string;
  /** How the order of calls deviates, for `unknown-sequence`. @default - it is about no order */
  readonly deviation?: SequenceDeviation;
  /** The calls, oldest first, at most ten. */
  readonly events: readonly DetectionEvidence[];
  /** How many calls there were when it was first seen. */
  readonly eventCount: number;
  /** What the agent's spec says is done, or else what is recommended. */
  readonly response: DetectionResponse;
  /** Whether it may be acted upon without a person: the spec says so of its signal, or says nothing of it and it is exact. */
  readonly mayAct: boolean;
}

/**
 * The five ways in which an order of calls deviates from a model of it.
 * @see https://arxiv.org/abs/2505.22041
 */
export type SequenceDeviationKind = 'inserted' | 'skipped' | 'repeated' | 'replaced' | 'swapped';

/** How an order of calls deviates from the declared workflows. */
export interface SequenceDeviation {
  readonly kind: SequenceDeviationKind;
  /** The workflow that it comes closest to. */
  readonly workflow: string;
  /** Steps that were there and should not be. */
  readonly found: readonly string[];
  /** Steps that should be there and were not. */
  readonly expected: readonly string[];
}
