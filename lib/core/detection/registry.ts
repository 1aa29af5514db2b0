import type { ManifestWorkflow } from '../manifest';
import type { AgentResponses } from '../responses';

/** Actions on resources that an agent was given. Patterns hold `*` for any text; actions compare without regard to case. */
export interface WatchedGrant {
  /** The step of workflows that a call of it is, `invoices:read`. @default - none, as for what was granted past the library */
  readonly step?: string;
  readonly actions: readonly string[];
  /** Native ids of resources. A part that only deployment knows is a `*`. */
  readonly resources: readonly string[];
  /** True where the cloud makes the call on the agent's behalf, such as decryption by a storage service: it is no step of its own. @default false */
  readonly indirect?: boolean;
}

/** What a call in a minute may amount to. */
export interface WatchedLimits {
  readonly callsPerMinute?: number;
  readonly perStep?: Readonly<Record<string, number>>;
  /** By exact action, in any case. */
  readonly perAction?: Readonly<Record<string, number>>;
  /** Calls in any minute on any one resource. */
  readonly perResource?: number;
}

/** Where an agent belongs, in native terms; what is absent is not watched. */
export interface WatchedScope {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** Address ranges in CIDR notation, and names of services or endpoints as the records give them. */
  readonly networks?: readonly string[];
}

/** What the detector knows of one agent: everything that it declared, as the cloud names it. */
export interface WatchedAgent {
  readonly name: string;
  readonly fleet: string;
  readonly cloud: string;
  readonly owner?: string;
  /** Native ids under which records name the agent; patterns may hold `*`. Where absent, records must name the agent and the fleet. */
  readonly principals?: readonly string[];
  readonly grants: readonly WatchedGrant[];
  /** Valid orders of its steps. Empty: any order of declared actions is valid. */
  readonly workflows: readonly ManifestWorkflow[];
  readonly limits: WatchedLimits;
  readonly scope: WatchedScope;
  /** Native ids of those who may take on the identity; patterns may hold `*`. @default - not watched */
  readonly enteredBy?: readonly string[];
  /** Longest life of one credential, in seconds: a session that is silent for longer has ended. */
  readonly sessionSeconds: number;
  /** Whether its calls are counted by its name, so that an alarm can tell that it fell silent. @default false */
  readonly counted?: boolean;
  /** What its spec says is done when it shows a signal; such a signal may act also where it is statistical. @default - only exact ones may act */
  readonly responses?: AgentResponses;
}

/** Every agent that is watched; the contract between synth, detector and replay. */
export interface DetectionRegistry {
  readonly schemaVersion: 1;
  readonly agents: readonly WatchedAgent[];
}
