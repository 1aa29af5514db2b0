import type { Severity } from '../finding';
import type { JsonObject } from '../json';
import type { ManifestAgent } from '../manifest';

/** What one check found wrong with one agent. */
export interface Problem {
  readonly message: string;
  readonly evidence?: JsonObject;
}

/** One rule about an agent. Its file's name is its id. */
export interface Check {
  readonly id: string;
  readonly severity: Severity;
  /** The rule in its good state. */
  readonly title: string;
  /** Why it matters. */
  readonly explanation: string;
  /** What to do when it fails. */
  readonly fix: string;
  /** The problem, or undefined where the rule holds or does not apply. */
  readonly inspect: (agent: ManifestAgent) => Problem | undefined;
}
