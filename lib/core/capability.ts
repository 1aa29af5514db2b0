import vocabulary from './capabilities.json';
import type { AccessLevel } from './enums';
import { unknownCapability } from './errors';
import { byCodePoint } from './json';
import { checkName } from './names';

/** What the vocabulary says of one capability id. */
export interface CapabilityDefinition {
  /** The most that any permission behind it may do. */
  readonly level: AccessLevel;
  /** What it allows, as the end of "the agent may ...". */
  readonly summary: string;
  /** `evidence`: append-only telemetry. `credentials`: yields credentials. `delegation`, `code`, `cryptography`, `preset`. */
  readonly traits: readonly string[];
}

type Entry = { readonly level: string; readonly summary: string; readonly traits?: readonly string[] };

const DEFINITIONS: ReadonlyMap<string, CapabilityDefinition> = new Map(
  Object.entries(vocabulary as Record<string, Entry>).map(([id, entry]) => [
    id,
    Object.freeze({ level: entry.level as AccessLevel, summary: entry.summary, traits: Object.freeze([...(entry.traits ?? [])]) }),
  ]),
);

/** Every capability id of the vocabulary, in order. */
export const CAPABILITY_IDS: readonly string[] = Object.freeze([...DEFINITIONS.keys()].sort(byCodePoint));

/**
 * One neutral thing an agent may do to one named resource. The name is the resource's role in the story
 * (`invoices`); each cloud binds it to something real.
 */
export class Capability {
  /** Any capability of the vocabulary by its id, for example `objects:read`. */
  static of(id: string, resource: string): Capability {
    const definition = DEFINITIONS.get(id);
    if (!definition) throw unknownCapability(id, nearestIds(id));
    return new Capability(id, checkName('resource', resource), definition);
  }

  static listObjects(resource: string): Capability {
    return Capability.of('objects:list', resource);
  }
  static readObjects(resource: string): Capability {
    return Capability.of('objects:read', resource);
  }
  static createObjects(resource: string): Capability {
    return Capability.of('objects:create', resource);
  }
  static overwriteObjects(resource: string): Capability {
    return Capability.of('objects:overwrite', resource);
  }
  static deleteObjects(resource: string): Capability {
    return Capability.of('objects:delete', resource);
  }
  static readTable(resource: string): Capability {
    return Capability.of('tables:read', resource);
  }
  static queryTable(resource: string): Capability {
    return Capability.of('tables:query', resource);
  }
  static writeTable(resource: string): Capability {
    return Capability.of('tables:write', resource);
  }
  static deleteFromTable(resource: string): Capability {
    return Capability.of('tables:delete', resource);
  }
  static queryWarehouse(resource: string): Capability {
    return Capability.of('warehouse:query', resource);
  }
  static connectDatabase(resource: string): Capability {
    return Capability.of('databases:connect', resource);
  }
  static sendMessages(resource: string): Capability {
    return Capability.of('queues:send', resource);
  }
  static receiveMessages(resource: string): Capability {
    return Capability.of('queues:receive', resource);
  }
  static publishMessages(resource: string): Capability {
    return Capability.of('topics:publish', resource);
  }
  static publishEvents(resource: string): Capability {
    return Capability.of('events:publish', resource);
  }
  static readSecret(resource: string): Capability {
    return Capability.of('secrets:read', resource);
  }
  static readParameters(resource: string): Capability {
    return Capability.of('parameters:read', resource);
  }
  static encrypt(resource: string): Capability {
    return Capability.of('keys:encrypt', resource);
  }
  static decrypt(resource: string): Capability {
    return Capability.of('keys:decrypt', resource);
  }
  static sign(resource: string): Capability {
    return Capability.of('keys:sign', resource);
  }
  static verify(resource: string): Capability {
    return Capability.of('keys:verify', resource);
  }
  static invokeModel(resource: string): Capability {
    return Capability.of('models:invoke', resource);
  }
  static streamModel(resource: string): Capability {
    return Capability.of('models:stream', resource);
  }
  static applyGuardrail(resource: string): Capability {
    return Capability.of('guardrails:apply', resource);
  }
  static invokeRuntime(resource: string): Capability {
    return Capability.of('runtimes:invoke', resource);
  }
  static invokeTools(resource: string): Capability {
    return Capability.of('tools:invoke', resource);
  }
  static interpretCode(resource: string): Capability {
    return Capability.of('code:interpret', resource);
  }
  static invokeFunction(resource: string): Capability {
    return Capability.of('functions:invoke', resource);
  }
  static startExecutions(resource: string): Capability {
    return Capability.of('executions:start', resource);
  }
  static readExecutions(resource: string): Capability {
    return Capability.of('executions:read', resource);
  }
  static queryIndex(resource: string): Capability {
    return Capability.of('indexes:query', resource);
  }
  static writeIndex(resource: string): Capability {
    return Capability.of('indexes:write', resource);
  }
  static retrieveKnowledge(resource: string): Capability {
    return Capability.of('knowledge:retrieve', resource);
  }
  static readMemory(resource: string): Capability {
    return Capability.of('memory:read', resource);
  }
  static writeMemory(resource: string): Capability {
    return Capability.of('memory:write', resource);
  }
  static readLogs(resource: string): Capability {
    return Capability.of('logs:read', resource);
  }
  static writeTelemetry(resource: string): Capability {
    return Capability.of('telemetry:write', resource);
  }
  /** Exactly what the object-storage session manager of Strands Agents calls. */
  static strandsSessions(resource: string): Capability {
    return Capability.of('sessions:strands', resource);
  }
  /** Exactly what the checkpoint savers of LangGraph call. */
  static langGraphCheckpoints(resource: string): Capability {
    return Capability.of('checkpoints:langgraph', resource);
  }

  readonly level: AccessLevel;
  readonly traits: readonly string[];

  private constructor(
    readonly id: string,
    readonly resource: string,
    definition: CapabilityDefinition,
  ) {
    this.level = definition.level;
    this.traits = definition.traits;
    Object.freeze(this);
  }

  /** How workflows name it: the resource and what is done to it, for example `invoices:read`. */
  get step(): string {
    return `${this.resource}:${this.id.slice(this.id.indexOf(':') + 1)}`;
  }
}

/** The definition behind an id; throws `unknown-capability`. */
export function findCapabilityDefinition(id: string): CapabilityDefinition {
  const definition = DEFINITIONS.get(id);
  if (!definition) throw unknownCapability(id, nearestIds(id));
  return definition;
}

/** Ids that a mistyped one may have meant. */
export function nearestIds(id: string): string[] {
  const [noun = '', verb = ''] = id.toLowerCase().split(/[:.\s]/);
  const stem = noun.replace(/s$/, '');
  const sameNoun = CAPABILITY_IDS.filter((known) => stem.length > 2 && known.startsWith(stem));
  const sameVerb = CAPABILITY_IDS.filter((known) => verb.length > 2 && known.endsWith(`:${verb}`));
  return (sameNoun.length > 0 ? sameNoun : sameVerb).slice(0, 5);
}
