import type { Signal } from '../enums';
import type { ManifestAgent } from '../manifest';
import type { ClaimVerdict } from '../review/result';

/** Something in the synthesised output, or a receipt, that shows a fact. */
export interface Evidence {
  /** File it is in, as a person would name it. */
  readonly file: string;
  /** Logical id, address, or number of a receipt. */
  readonly resource: string;
  /** Native type: `AWS::CloudTrail::Trail`, `google_logging_metric` ... */
  readonly type: string;
  /** What it shows, one phrase. */
  readonly shows: string;
}

/** One thing that ought to be shown: by something, or by nothing and why. */
export interface Point {
  readonly what: string;
  readonly by: readonly Evidence[];
  /** Why nothing shows it. @default - something does, or simply nothing is there */
  readonly why?: string;
}

/** A place where records are kept. */
export interface RecordStore {
  readonly name: string;
  readonly evidence: Evidence;
  /** How long it keeps them, in days. @default - not limited */
  readonly days?: number;
  /** Whether nobody can delete or change what is in it before that. */
  readonly locked: boolean;
  /** What makes a change of a record show: digests, a service that lets nobody change one. @default - nothing does */
  readonly integrity?: Evidence;
}

/** What an agent itself could do to the records about it. */
export interface RecordReach {
  readonly action: string;
  readonly store: string;
  /** `depends` where it could not be decided. */
  readonly effect: 'allowed' | 'depends';
}

/** One stage of the way from a call to a person. */
export interface Stage {
  readonly what: string;
  readonly evidence: Evidence;
  /** What tells people when this stage fails. Empty where nothing does. */
  readonly watchedBy: readonly Evidence[];
}

/** A tool of an agent, and the policy that is asked before each use of it. */
export interface ToolRule {
  readonly tool: string;
  readonly by: readonly Evidence[];
  /** Whether a call is stopped that the policy does not permit, and not just noted. */
  readonly enforced: boolean;
}

/** How an agent can be stopped. */
export interface BrakePosture {
  /** Whether detections stop it, and not only people. */
  readonly armed: boolean;
  /** What is needed to stop it, each shown or not. */
  readonly points: readonly Point[];
}

/**
 * What the synthesised output of one cloud shows of one agent, in words of no cloud. Made by `lib/policy/<cloud>/posture` from templates; nothing here is believed
 * because somebody said so.
 */
export interface AgentPosture {
  readonly agent: ManifestAgent;
  /** Controls that this cloud cannot satisfy: why, and what comes nearest. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** Controls that stand in for those, by the id of the one they stand in for. @default - none does */
  readonly instead?: Readonly<Record<string, string>>;
  /** The identity, as something only this agent has. */
  readonly identity: readonly Evidence[];
  /** Other agents with the same native identity. */
  readonly sharedWith: readonly string[];
  /** Who owns it, as the identity itself says; undefined where it says nobody. */
  readonly owner?: { readonly value: string; readonly evidence: Evidence };
  /** Calls that change the cloud itself. */
  readonly management: readonly Point[];
  /** Calls on each thing that it can reach. */
  readonly data: readonly Point[];
  readonly stores: readonly RecordStore[];
  readonly reach: readonly RecordReach[];
  /** What watches for each signal. */
  readonly signals: Readonly<Partial<Record<Signal, readonly Evidence[]>>>;
  /** What the detector knows of it, and every link from its calls to the detector. */
  readonly watched: readonly Point[];
  /** Who is told of detections: addresses of people, or systems that people read. */
  readonly told: readonly Point[];
  readonly stages: readonly Stage[];
  /** Claims that were decided about its access. */
  readonly claims: readonly ClaimVerdict[];
  /** Its role or roles. */
  readonly roles: readonly Evidence[];
  /** What it can never exceed, whatever it is granted. */
  readonly ceiling: readonly Point[];
  /** What the organisation forbids every agent of the fleet, whatever its own account says. */
  readonly guardrails: readonly Evidence[];
  /** Places it may act in: what holds it there. Empty where its scope names none. */
  readonly perimeter: readonly Point[];
  /** Kinds of tasks, and what bounds the credentials of each. */
  readonly tasks: readonly Point[];
  readonly tools: readonly ToolRule[];
  readonly brake?: BrakePosture;
  /** What finds that the deployed state is not the synthesised one. */
  readonly drift: readonly Point[];
  /** What puts it back. */
  readonly repair: readonly Point[];
  /** What answers to somebody who stops or changes the recording. */
  readonly tamper: readonly Point[];
  /** What finds access that is not used. */
  readonly unused: readonly Point[];
  /** What finds old credentials, identities nobody uses, windows that have passed. */
  readonly hygiene: readonly Point[];
  /** What keeps the evidence of all this. */
  readonly kept: readonly Point[];
}

/** The postures of all agents of one cloud. */
export interface CloudPosture {
  readonly cloud: string;
  readonly agents: readonly AgentPosture[];
}

/** What of the points is not shown, as one sentence; undefined where all is, and there is something to show. */
export function gapIn(points: readonly Point[], none: string): string | undefined {
  if (points.length === 0) return none;
  const open = points.filter(({ by }) => by.length === 0);
  if (open.length === 0) return undefined;
  return open.map(({ what, why }) => (why === undefined ? what : `${what} (${why})`)).join('; ');
}

/** All evidence of the points. */
export const evidenceOf = (points: readonly Point[]): readonly Evidence[] => points.flatMap(({ by }) => by);
