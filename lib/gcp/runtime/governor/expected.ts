import type { LookedAfter } from '../../../core/governance/look-after';
import type { GoogleApi } from '../google-api';
import { objectsBelow } from '../object-registry';

/** A role that synth gave the agent, on one thing. */
export interface ExpectedBinding {
  /** Full name of the thing, as the inventory of assets has it. @default - the inventory does not show its policy, or names it otherwise */
  readonly resource?: string;
  readonly role: string;
  /** Expression of its condition. @default - it has none */
  readonly condition?: string;
}

/** What synth made of an agent, with references filled in by the deployment. */
export interface ExpectedAgent extends LookedAfter {
  readonly fleet: string;
  readonly project: string;
  /** As policies name it. */
  readonly member: string;
  /** Email of its account. @default - it has none, and of it is not known whether it is contained */
  readonly email?: string;
  readonly bindings: readonly ExpectedBinding[];
  /** Roles that synth made: `projects/P/roles/R`. */
  readonly roles: readonly { readonly name: string; readonly permissions: readonly string[] }[];
  /** Who may become it: roles and members of the policy of its account. */
  readonly trust: readonly { readonly role: string; readonly member: string; readonly condition?: string }[];
  /** Secrets bound to it: `projects/P/secrets/S`. */
  readonly secrets: readonly string[];
  /** What chooses its calls in the log. */
  readonly calls: string;
}

/** What records the calls of the fleet. */
export interface ExpectedRecords {
  readonly project: string;
  /** `projects/P/locations/L/buckets/B/views/V`, or `projects/P`: where calls are looked for. */
  readonly log: string;
  readonly sinks: readonly { readonly name: string; readonly destination: string; readonly filter: string }[];
  /** Services whose calls of data are recorded. */
  readonly services: readonly string[];
}

/** Agents of a fleet, as their stacks wrote them down. */
export async function expectedAgents(api: GoogleApi, bucket: string, fleet: string): Promise<readonly ExpectedAgent[]> {
  const parts = await objectsBelow(api, bucket, `expected/${fleet}/`);
  return parts.map(({ text }) => JSON.parse(text ?? '{}') as ExpectedAgent);
}

/** What records the calls of a fleet; undefined where nothing was written down. */
export async function expectedRecords(api: GoogleApi, bucket: string, fleet: string): Promise<ExpectedRecords | undefined> {
  const [part] = await objectsBelow(api, bucket, `records/${fleet}.json`);
  return part?.text === undefined ? undefined : (JSON.parse(part.text) as ExpectedRecords);
}
