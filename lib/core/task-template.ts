import type { Capability } from './capability';
import type { IDuration } from './duration';
import { deepFreeze } from './json';
import { checkName } from './names';
import { invalidTask } from './task-errors';
import { IDENTIFIER, longestValue, type ParameterShape, PLACEHOLDER } from './task-values';

/** Longest value of a parameter: two of them and a path still fit where a cloud takes 128 characters. */
const LONGEST = 64;

/** What values a parameter of a task takes. Nothing that it takes can widen a policy. */
export class TaskParameter {
  /** Letters, digits, `_` and `-`. @default - up to 36 characters */
  static identifier(options: { readonly maxLength?: number } = {}): TaskParameter {
    return new TaskParameter({ type: 'identifier', maxLength: options.maxLength ?? 36 });
  }

  /** A whole number from 0 on, as text. @default - up to 2,147,483,647 */
  static integer(options: { readonly max?: number } = {}): TaskParameter {
    return new TaskParameter({ type: 'integer', max: options.max ?? 2_147_483_647 });
  }

  /** A UUID in lower case. */
  static uuid(): TaskParameter {
    return new TaskParameter({ type: 'uuid' });
  }

  /** One of these values, each of letters, digits, `_` and `-`. */
  static oneOf(...values: readonly string[]): TaskParameter {
    return new TaskParameter({ type: 'one-of', values: [...values] });
  }

  /** Reads what {@link TaskTemplate.parameters} holds. */
  static of(shape: ParameterShape): TaskParameter {
    return new TaskParameter(shape);
  }

  private constructor(readonly shape: ParameterShape) {
    deepFreeze(shape);
    Object.freeze(this);
  }
}

export interface TaskTemplateProps {
  /** Name, unique in its agent: words of `[a-z0-9]` joined by hyphens. */
  readonly name: string;
  /** What the task may do: some of the agent's capabilities. */
  readonly allows: readonly Capability[];
  /** Names of sub-agents the task may hand work to: some of the agent's. @default - none */
  readonly delegatesTo?: readonly string[];
  /** What a request must say. @default - nothing */
  readonly parameters?: Readonly<Record<string, TaskParameter>>;
  /**
   * The part of a resource the task is about, by resource name, with `{parameter}` for what the request says. Of stored objects: the names that
   * begin with it, below the prefix the resource is bound with; it ends with `/`. Of a table: the rows with this partition key.
   * @default - all of each resource
   */
  readonly within?: Readonly<Record<string, string>>;
  /** Longest life of its credentials, from 15 minutes. @default - 15 minutes */
  readonly lasts?: IDuration;
}

const SHORTEST_SECONDS = 900;

/**
 * A kind of task: the access that one piece of work needs, for as long as it takes. What a request may say is typed, so that no value can widen
 * it. Immutable; checked when made, and against the agent when the spec is made.
 */
export class TaskTemplate {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly delegatesTo: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  /** Pattern by resource name. */
  readonly within: Readonly<Record<string, string>>;
  /** Longest life of its credentials, in seconds. */
  readonly longestSeconds: number;

  constructor(props: TaskTemplateProps) {
    this.name = checkName('workflow', props.name);
    this.capabilities = Object.freeze([...props.allows]);
    this.delegatesTo = Object.freeze([...(props.delegatesTo ?? [])]);
    this.parameters = deepFreeze(
      Object.fromEntries(Object.entries(props.parameters ?? {}).map(([name, { shape }]) => [name, this.checkParameter(name, shape)])),
    );
    this.within = deepFreeze({ ...props.within });
    this.longestSeconds = props.lasts?.toSeconds() ?? SHORTEST_SECONDS;
    this.checkAllows();
    this.checkPatterns();
    if (this.longestSeconds < SHORTEST_SECONDS)
      this.refuse({
        rule: 'must last 15 minutes or longer',
        reason: 'no cloud makes credentials for less',
        value: `${this.longestSeconds} s`,
        fix: 'raise lasts',
      });
    Object.freeze(this);
  }

  private checkAllows(): void {
    if (this.capabilities.length + this.delegatesTo.length === 0)
      this.refuse({
        rule: 'must allow something',
        reason: 'credentials without access are of no use',
        value: [],
        fix: "list capabilities in 'allows'",
      });
  }

  private checkParameter(name: string, shape: ParameterShape): ParameterShape {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name))
      this.refuse({ rule: 'must name its parameters in camel case', reason: 'they stand between braces', value: name, fix: 'rename it' });
    if (shape.type === 'identifier' && !(Number.isSafeInteger(shape.maxLength) && shape.maxLength > 0))
      this.refuse({
        rule: `must give '${name}' a whole length`,
        reason: 'it bounds the size of the policy',
        value: shape.maxLength,
        fix: 'give maxLength from 1',
      });
    if (shape.type === 'integer' && !(Number.isSafeInteger(shape.max) && shape.max >= 0))
      this.refuse({
        rule: `must give '${name}' a whole maximum`,
        reason: 'it bounds the size of the policy',
        value: shape.max,
        fix: 'give max from 0',
      });
    if (shape.type === 'one-of') {
      const odd = shape.values.find((value) => !IDENTIFIER.test(value));
      if (odd !== undefined || shape.values.length === 0)
        this.refuse({
          rule: `must let '${name}' be letters, digits, '_' and '-'`,
          reason: 'another character could widen a policy',
          value: odd ?? [],
          fix: 'give values of these',
        });
    }
    if (longestValue(shape).length > LONGEST)
      this.refuse({
        rule: `must keep '${name}' to ${LONGEST} characters`,
        reason: 'policies and names of clouds are short',
        value: shape,
        fix: 'shorten it',
      });
    return shape;
  }

  private checkPatterns(): void {
    for (const [resource, pattern] of Object.entries(this.within)) {
      const uses = this.capabilities.filter((one) => one.resource === resource).map(({ id }) => id.split(':')[0] ?? '');
      if (uses.length === 0)
        this.refuse({
          rule: `narrows '${resource}', which it does not allow anything on`,
          reason: 'it would seem to bound something',
          value: pattern,
          fix: 'allow it or leave it out',
        });
      const odd = uses.find((group) => group !== 'objects' && group !== 'tables');
      if (odd !== undefined)
        this.refuse({
          rule: `cannot narrow '${resource}' for ${odd}`,
          reason: 'only stored objects and rows of tables have parts that a policy of every cloud can name',
          value: pattern,
          fix: 'bind a resource of its own for each value, or leave the whole of it',
        });
      this.checkPattern(pattern, uses.includes('objects'));
    }
    const used = new Set(Object.values(this.within).flatMap(placeholdersOf));
    const unused = Object.keys(this.parameters).find((name) => !used.has(name));
    if (unused !== undefined)
      this.refuse({
        rule: `never uses its parameter '${unused}'`,
        reason: 'a caller would think that it narrows something',
        value: unused,
        fix: "use it in 'within', or remove it",
      });
  }

  private checkPattern(pattern: string, isPath: boolean): void {
    const unknown = placeholdersOf(pattern).find((name) => !Object.hasOwn(this.parameters, name));
    if (unknown !== undefined)
      this.refuse({
        rule: `must declare '${unknown}'`,
        reason: 'nobody would know what it may be',
        value: pattern,
        fix: "add it to 'parameters'",
      });
    const bare = pattern.replace(PLACEHOLDER, 'x');
    if (!/^[A-Za-z0-9][A-Za-z0-9._=/-]*$/.test(bare) || /(^|\/)\.{0,2}(\/|$)/.test(bare.replace(/\/$/, '')))
      this.refuse({
        rule: "must narrow by letters, digits, '.', '_', '-', '=' and single '/'",
        reason: 'a wildcard, a variable or a step upwards would widen it',
        value: pattern,
        fix: 'write it without these',
      });
    if (/\}[A-Za-z0-9_-]*\{/.test(pattern))
      this.refuse({
        rule: "must keep two parameters apart by '/' or '.'",
        reason: 'two requests could otherwise mean the same',
        value: pattern,
        fix: "put a '/' between them",
      });
    if (isPath && !pattern.endsWith('/'))
      this.refuse({
        rule: "must end the part of stored objects with '/'",
        reason: "'7' would take in '70' as well",
        value: pattern,
        fix: `write '${pattern}/'`,
      });
  }

  private refuse(mistake: Parameters<typeof invalidTask>[1]): never {
    throw invalidTask(this.name, mistake);
  }
}

/** Names of the parameters in a pattern. */
export function placeholdersOf(pattern: string): readonly string[] {
  return [...pattern.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}
