import type { ErrorObject, ValidateFunction } from 'ajv';
import { nearestIds } from './capability';
import type { DocumentProblem } from './errors';
import { AgenticIamError, invalidDocument } from './errors';
import { NAME_RULE } from './names';
import agentSchema from './schema/agent-spec.schema.json';
import detectionSchema from './schema/detection.schema.json';
import fleetSchema from './schema/fleet-spec.schema.json';
import governanceSchema from './schema/governance.schema.json';
import manifestSchema from './schema/manifest.schema.json';
import receiptsSchema from './schema/receipts.schema.json';
import registrySchema from './schema/registry.schema.json';

/** JSON schemas published with the package. */
export const SCHEMAS = {
  agent: agentSchema,
  fleet: fleetSchema,
  manifest: manifestSchema,
  registry: registrySchema,
  detection: detectionSchema,
  governance: governanceSchema,
  receipts: receiptsSchema,
} as const;

const compiled = new Map<string, ValidateFunction>();

function validator(which: keyof typeof SCHEMAS): ValidateFunction {
  const known = compiled.get(which);
  if (known) return known;
  // Loaded at first use: most programs never read a document, and the compiler costs more to load than the rest of the core.
  const { default: Ajv } = require('ajv') as typeof import('ajv');
  const ajv = new Ajv({ allErrors: true, verbose: true, schemas: Object.values(SCHEMAS), allowUnionTypes: true });
  const validate = ajv.compile(SCHEMAS[which]);
  compiled.set(which, validate);
  return validate;
}

/** Parses text where text is given, checks it against a schema, and throws all problems at once. */
export function checkDocument<T>(what: string, which: keyof typeof SCHEMAS, document: unknown): T {
  const value = typeof document === 'string' ? parseText(what, document) : document;
  const validate = validator(which);
  if (!validate(value)) throw invalidDocument(what, describeAll(validate.errors ?? []));
  return value as T;
}

function parseText(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidDocument(what, [{ path: '', message: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }]);
  }
}

function describeAll(errors: readonly ErrorObject[]): DocumentProblem[] {
  return errors.map((error) => ({ path: error.instancePath, message: describe(error) }));
}

function describe({ keyword, params, message, data, schemaPath }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `has the unknown member '${params['additionalProperty']}'`;
  if (keyword === 'required') return `lacks '${params['missingProperty']}'`;
  const got = typeof data === 'object' && data !== null ? '' : `, got: ${JSON.stringify(data)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}${got}`;
  if (keyword === 'enum' && schemaPath.includes('capability')) return describeCapability(String(data));
  if (keyword === 'enum') return `must be one of: ${(params['allowedValues'] as string[]).join(', ')}${got}`;
  if (keyword === 'pattern') return `${describePattern(params['pattern'])}${got}`;
  return `${message ?? `breaks '${keyword}'`}${got}`;
}

/** The pattern the schemas use for text that must say something. */
const NOT_BLANK = '\\S';

function describePattern(pattern: string): string {
  if (pattern === NOT_BLANK) return 'must not be empty';
  if (pattern.includes('T\\d{2}')) return "must be a moment in UTC, like '2026-11-26T12:00:00Z'";
  return pattern.includes(':') ? "must be 'resource:verb'" : NAME_RULE;
}

function describeCapability(id: string): string {
  const nearest = nearestIds(id);
  return `is not a capability of the vocabulary, got: '${id}'${nearest.length > 0 ? `; did you mean ${nearest.join(', ')}?` : ''}`;
}

/** Runs parts that may each refuse, and throws one error with every refusal and its path. */
export class ProblemCollector {
  private problems: DocumentProblem[] = [];

  /** @param path pointer to the part of the document it is about */
  constructor(private readonly path = '') {}

  /** A collector for a part of the document; what it finds is found here too. */
  below(path: string): ProblemCollector {
    const part = new ProblemCollector(`${this.path}${path}`);
    part.problems = this.problems;
    return part;
  }

  /** What `make` gives, or undefined where it refused. */
  attempt<T>(path: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof AgenticIamError)) throw error;
      this.problems.push({ path: `${this.path}${path}`, message: error.message });
      return undefined;
    }
  }

  /** Throws if anything was refused. */
  finish(what: string): void {
    if (this.problems.length > 0) throw invalidDocument(what, this.problems);
  }
}
