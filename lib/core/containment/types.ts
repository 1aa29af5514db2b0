import type { AgentResponse } from '../enums';
import type { JsonObject } from '../json';

/** How far an agent is contained, mildest first. */
export type ContainmentStage = 'restricted' | 'braked' | 'quarantined';

/** Stages, mildest first. */
export const STAGES: readonly ContainmentStage[] = ['restricted', 'braked', 'quarantined'];

/** Who or what asks for containment. Only persons and drills are no automatisms. */
export type TriggerKind = 'detection' | 'alarm' | 'peer' | 'person' | 'drill';

/** A wish to contain an agent. The same wish has the same id, however often it comes. */
export interface ContainmentTrigger {
  readonly id: string;
  readonly kind: TriggerKind;
  readonly agent: string;
  readonly fleet: string;
  /** One workflow of the agent, of which alone it is. @default - the whole agent */
  readonly workflow?: string;
  /** When what it rests on happened, ISO 8601 in UTC. */
  readonly at: string;
  readonly response: `${AgentResponse}`;
  /** Native id of the person, or name of the rule. */
  readonly by: string;
  /** One sentence. */
  readonly reason: string;
  /** What it rests on: calls, session, task; kept with the evidence. @default - nothing but the reason */
  readonly facts?: JsonObject;
  /** Whether it may be acted upon without a person. Persons and drills always may. @default false */
  readonly mayAct?: boolean;
  /** Only say what would be done. @default - as the agent's containment is armed */
  readonly dryRun?: boolean;
}

/** What is known of an agent that may be contained: all that a responder acts upon comes from here. */
export interface ContainableAgent {
  readonly name: string;
  readonly fleet: string;
  readonly cloud: string;
  readonly owner: string;
  /** Workflows that can be stopped by themselves. @default - none */
  readonly workflows?: readonly string[];
  /** Whether automatic triggers act; else they only say what they would do. */
  readonly armed: boolean;
  /** Whether it is there to be contained, so that drills show that it works. @default false */
  readonly canary?: boolean;
  /** What only its cloud understands: identity, brake, compute, secrets. */
  readonly native: JsonObject;
}

/** One thing to do, as a cloud defines it. */
export interface StepDefinition {
  readonly id: string;
  /** The mildest stage that it belongs to. */
  readonly stage: ContainmentStage;
  /** Done anew where the stage is raised, since it depends on it. @default false */
  readonly perStage?: boolean;
  /** Not before this many seconds after everything before it: to let a change spread. @default 0 */
  readonly waitSeconds?: number;
  /** Done once for an incident, and kept where all others are done again. @default false */
  readonly once?: boolean;
  /** Runs after all others, and only where none of them still waits. @default false */
  readonly last?: boolean;
}

/** What was done, or why not; kept for good. */
export interface Receipt {
  readonly at: string;
  /** One sentence. */
  readonly said: string;
  /** What was changed, and what it was before; hashes of what lies elsewhere. @default - nothing to tell */
  readonly facts?: JsonObject;
}

export type StepStatus = 'pending' | 'done' | 'failed';

/** A step of an incident. */
export interface StepRecord {
  readonly id: string;
  readonly status: StepStatus;
  readonly attempts: number;
  /** Seconds since 1970 before which it is not tried. */
  readonly notBefore: number;
  /** Since when it waits for its turn, in seconds since 1970. @default - it does not */
  readonly queuedAt?: number;
  readonly receipt?: Receipt;
}

/** Somebody's leave to restore. */
export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/**
 * `containing`: steps are open. `contained`: every step was done, the proof last. `needs-person`: a step failed for good. `restoring`: steps of
 * the restore are open. `restored`: closed.
 */
export type IncidentStatus = 'containing' | 'contained' | 'needs-person' | 'restoring' | 'restored';

/** What an incident remembers of a trigger. */
export type RememberedTrigger = Pick<ContainmentTrigger, 'id' | 'kind' | 'by' | 'at' | 'reason' | 'facts'>;

/** Everything about one containment of one agent; plain data. */
export interface Incident {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly agent: string;
  readonly fleet: string;
  /** One workflow of the agent, of which alone it is. @default - the whole agent */
  readonly workflow?: string;
  readonly stage: ContainmentStage;
  readonly status: IncidentStatus;
  /** ISO 8601 in UTC. */
  readonly openedAt: string;
  /** Whether a machine opened it. */
  readonly automatic: boolean;
  /** Nothing but a drill of a canary: restored by itself once it is contained. */
  readonly drill?: true;
  /** Ids of what asked for it, newest last, at most as many as are kept. */
  readonly triggers: readonly RememberedTrigger[];
  readonly steps: readonly StepRecord[];
  /** Steps of the restore; empty until it begins. */
  readonly restore: readonly StepRecord[];
  readonly approvals: readonly Approval[];
  /** When its state last came to rest; undefined while steps are open. */
  readonly restedAt?: string;
  /** When the check first held. */
  readonly containedAt?: string;
  readonly restoredAt?: string;
  /** When it was last seen to be contained. */
  readonly checkedAt?: string;
  /** Since when the next look waits for its turn, and before when it is not tried, in seconds since 1970. @default - it does not wait */
  readonly look?: { readonly queuedAt: number; readonly notBefore: number };
}

/** What the responders of an agent share. */
export interface ContainmentRecord {
  readonly schemaVersion: 1;
  readonly agent: string;
  readonly fleet: string;
  /** One workflow of the agent, of which alone it is. @default - the whole agent */
  readonly workflow?: string;
  /** The open incident, or the latest. */
  readonly incident?: Incident;
  /** What people are still to be told, oldest first. */
  readonly outbox: readonly string[];
}
