/** A JSON object of someone else's making. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined where it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** An own member of a value that may be an object. */
export function memberOf(value: unknown, key: string): unknown {
  const fields = fieldsOf(value);
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** The value as text that is not empty, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
