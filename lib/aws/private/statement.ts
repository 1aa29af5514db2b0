import type { JsonObject, JsonValue } from '../../core/json';

/** One statement of an IAM policy, as its JSON says it. Strings may hold tokens. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Condition;
}

/** Operator -> key -> values; all must hold. */
export type Condition = Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;

/** Length of a statement in IAM's count, or more where its final text is not known. */
export type SizeOf = (statement: Statement) => number;

/** The parts of a document around its statements. */
const FRAME = '{"Version":"2012-10-17","Statement":[]}'.length;

/** Length of a document of these statements. IAM does not count white space. */
export function documentSize(statements: readonly Statement[], sizeOf: SizeOf): number {
  return FRAME + statements.reduce((sum, statement) => sum + sizeOf(statement) + 1, 0);
}

/** Reads a statement that may hold a single value where a list is meant, as IAM allows. */
export function readStatement(json: JsonObject): Statement {
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition } = json;
  return {
    ...(typeof Sid === 'string' ? { Sid } : {}),
    Effect: Effect === 'Deny' ? 'Deny' : 'Allow',
    ...(Action === undefined ? {} : { Action: asList(Action) }),
    ...(NotAction === undefined ? {} : { NotAction: asList(NotAction) }),
    ...(Resource === undefined ? {} : { Resource: asList(Resource) }),
    ...(NotResource === undefined ? {} : { NotResource: asList(NotResource) }),
    ...(Condition === undefined ? {} : { Condition: Condition as Condition }),
  };
}

function asList(value: JsonValue): readonly string[] {
  return (Array.isArray(value) ? value : [value]) as readonly string[];
}
