import { invalidParameter, unknownParameter } from './task-errors';

/** What values a parameter takes, as data: the broker of a cloud reads it too. None of them can hold a wildcard, a slash or a dot. */
export type ParameterShape =
  /** Letters, digits, `_` and `-`, first a letter or digit. */
  | { readonly type: 'identifier'; readonly maxLength: number }
  /** A whole number from 0 on, without a leading zero. */
  | { readonly type: 'integer'; readonly max: number }
  /** A UUID in lower case. */
  | { readonly type: 'uuid' }
  /** One of these. */
  | { readonly type: 'one-of'; readonly values: readonly string[] };

/** The alphabet of identifiers, and so of everything that can be one of several values. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const INTEGER = /^(0|[1-9][0-9]*)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** `{customerId}` in a pattern. */
export const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The rule of a shape in words. */
export function ruleOf(shape: ParameterShape): string {
  switch (shape.type) {
    case 'identifier':
      return `must be 1 to ${shape.maxLength} letters, digits, '_' and '-', first a letter or digit`;
    case 'integer':
      return `must be a whole number from 0 to ${shape.max}`;
    case 'uuid':
      return 'must be a UUID in lower case';
    case 'one-of':
      return `must be one of: ${shape.values.join(', ')}`;
  }
}

/** Whether a shape takes a value. A number is no text: `1` and `'1'` would be two values of one thing. */
export function takes(shape: ParameterShape, value: unknown): value is string {
  if (typeof value !== 'string') return false;
  switch (shape.type) {
    case 'identifier':
      return value.length <= shape.maxLength && IDENTIFIER.test(value);
    case 'integer':
      return INTEGER.test(value) && value.length <= String(shape.max).length && Number(value) <= shape.max;
    case 'uuid':
      return UUID.test(value);
    case 'one-of':
      return shape.values.includes(value);
  }
}

/** A value of a shape that is as long as any. */
export function longestValue(shape: ParameterShape): string {
  switch (shape.type) {
    case 'identifier':
      return 'x'.repeat(shape.maxLength);
    case 'integer':
      return String(shape.max);
    case 'uuid':
      return '00000000-0000-0000-0000-000000000000';
    case 'one-of':
      return shape.values.reduce((longest, value) => (value.length > longest.length ? value : longest), '');
  }
}

/** What a template says of its parameters. */
export interface TaskShape {
  readonly name: string;
  readonly parameters: Readonly<Record<string, ParameterShape>>;
}

/**
 * The values of one request, each checked; nothing is altered.
 * @throws AgenticIamError `invalid-parameter` for a value that is missing or of another form, `unknown-parameter` for one too many
 */
export function readValues({ name: task, parameters }: TaskShape, given: unknown): Readonly<Record<string, string>> {
  const fields = typeof given === 'object' && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
  const names = Object.keys(parameters);
  const extra = Object.keys(fields).find((name) => !names.includes(name));
  if (extra !== undefined) throw unknownParameter(task, extra, names);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, shape]) => {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!takes(shape, value)) throw invalidParameter(task, { name, rule: ruleOf(shape), value: value ?? null });
      return [name, value];
    }),
  );
}

/** A text with every `{parameter}` filled in. A parameter without a value stays as it is, so that it is seen. */
export function fillPattern(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(PLACEHOLDER, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
}
