import type { TaskIssuance } from '../../../core/task-issuance';
import type { ParameterShape } from '../../../core/task-values';

/** A kind of task as the app deployed it. */
export interface BrokerTemplate {
  readonly agent: string;
  readonly fleet: string;
  readonly roleArn: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  /** Longest life, in seconds. */
  readonly seconds: number;
  /** Session policy, with `{parameter}` in its strings. */
  readonly policy: unknown;
  /** ARNs of the roles that may ask. */
  readonly callers: readonly string[];
}

/** What STS is asked for. */
export interface AssumeInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly policy: string;
  readonly seconds: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Credentials, which go to the caller and nowhere else. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** One call's attempt to serve a request. */
export interface Attempt extends TaskIssuance {
  /** Tells it from every other attempt, also from one that began in the same millisecond. */
  readonly attempt: string;
}

/** What became of noting a request. */
export type Claim = 'taken' | 'in-progress' | 'issued' | 'revoked' | 'differs';

/** The issuances of tasks; every change of it holds whatever runs at the same time. */
export interface Ledger {
  /** Notes that a request is about to be served. `taken`: by this call alone; anything else: it must not be served. */
  readonly claim: (issuance: Attempt, bodyHash: string) => Promise<Claim>;
  /** Notes what was issued for a request that was taken. */
  readonly issued: (issuance: Attempt) => Promise<void>;
  /** Notes that nothing was issued, so that the request may be sent again. */
  readonly failed: (issuance: Attempt) => Promise<void>;
  /** From now on nothing more is issued for a task. */
  readonly revoke: (agent: string, task: string, at: string) => Promise<void>;
}

export interface BrokerPorts {
  readonly templates: (agent: string, template: string) => Promise<BrokerTemplate | undefined>;
  readonly ledger: Ledger;
  /** Throws {@link Throttled} where AWS asks to come again later. */
  readonly assume: (input: AssumeInput) => Promise<{ readonly credentials: Credentials; readonly attempts: number }>;
  readonly now: () => Date;
  /** Counts something; names and numbers only. */
  readonly report: (metric: string, value: number, about: { readonly agent: string; readonly template: string }) => void;
}

/** AWS took no more calls, however often they were sent again. */
export class Throttled extends Error {}
