import { createHash } from 'node:crypto';
import { checkDocument } from '../document';
import type { MaturityLevel } from '../enums';
import type { JsonValue } from '../json';
import { byCodePoint, stableStringify } from '../json';
import { VERSION } from '../version';

/** Name of the file for the scorecard, in the folder synth writes to. */
export const GOVERNANCE_FILE = 'agentic-iam.governance.json';

/** Stands for all fleets of the app on a cloud. */
export const EVERY_FLEET = '*';

/** A control that is set aside for a while, by somebody who answers for it. */
export interface ControlException {
  /** Id of the control. */
  readonly control: string;
  /** Why it cannot be met now, and what is done instead. */
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  /** Last day it holds: `2027-03-31`. */
  readonly until: string;
  readonly cloud: string;
  readonly fleet: string;
  /** @default - all agents of the fleet */
  readonly agent?: string;
}

/** A resource that the library made, and what for. */
export interface Part {
  /** Id of the control that would not hold without it. */
  readonly control: string;
  readonly cloud: string;
  readonly fleet: string;
  /** @default - it serves the whole fleet */
  readonly agent?: string;
  /** Name of the stack. */
  readonly stack: string;
  /** Logical id or address in the stack. */
  readonly resource: string;
  readonly type: string;
  /** Digest of what it says, see {@link digestOfPart}. */
  readonly digest: string;
}

/** What a fleet is held to. */
export interface GovernanceTarget {
  readonly cloud: string;
  readonly fleet: string;
  readonly level: MaturityLevel;
}

/** What synth writes for the scorecard. No time and no path, in stable order. */
export interface GovernanceRecord {
  readonly schemaVersion: 1;
  readonly library: string;
  readonly targets: readonly GovernanceTarget[];
  readonly exceptions: readonly ControlException[];
  readonly parts: readonly Part[];
}

/** The record with everything in stable order. */
export function makeRecord(made: Pick<GovernanceRecord, 'targets' | 'exceptions' | 'parts'>): GovernanceRecord {
  const ordered = <T>(list: readonly T[]): readonly T[] => {
    const texts = new Map(list.map((one) => [stableStringify(one as unknown as JsonValue), one]));
    return [...texts].sort(([a], [b]) => byCodePoint(a, b)).map(([, one]) => one);
  };
  return {
    schemaVersion: 1,
    library: VERSION,
    targets: ordered(made.targets),
    exceptions: ordered(made.exceptions),
    parts: [...made.parts].sort((a, b) => byCodePoint(a.stack, b.stack) || byCodePoint(a.resource, b.resource)),
  };
}

/** The record as its file holds it: sorted keys, two spaces, a final newline. */
export function formatRecord(record: GovernanceRecord): string {
  return `${stableStringify(record as unknown as JsonValue, 2)}\n`;
}

/** Reads the file's text, or its JSON; `from` names it in errors. */
export function readRecord(from: string, document: unknown): GovernanceRecord {
  return checkDocument<GovernanceRecord>(`governance record '${from}'`, 'governance', document);
}

/** Members of a resource that say where it was made, and not what it is. */
const NOT_SAID: ReadonlySet<string> = new Set(['Metadata', '//']);

/** The first 16 hex digits of the SHA-256 of a resource, as the output has it. */
export function digestOfPart(resource: unknown): string {
  const said = Object.entries((resource ?? {}) as Record<string, JsonValue>).filter(([name]) => !NOT_SAID.has(name));
  return createHash('sha256')
    .update(stableStringify(JSON.parse(JSON.stringify(Object.fromEntries(said)))))
    .digest('hex')
    .slice(0, 16);
}
