/** A JSON object of someone else's making. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined where it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value as a list: nothing is an empty list, a single value a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The objects of a list; whatever is not an object is left out. */
export function rowsOf(value: unknown): readonly Fields[] {
  return listOf(value)
    .map(fieldsOf)
    .filter((row) => row !== undefined);
}

/** The texts of a list; whatever is not text is left out. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((row): row is string => typeof row === 'string');
}

/** The value as text that is not empty, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}

/** The marks that set symbols apart; nobody writes them, so a file that holds them is not to be trusted with them. */
const MARKS = /[\uE000-\uE003]/g;

/** The JSON without the marks of symbols. */
export function withoutMarks(json: unknown): unknown {
  const text = JSON.stringify(json) ?? '';
  return text.search(MARKS) < 0 ? json : (JSON.parse(text.replace(MARKS, '\uFFFD')) as unknown);
}

/** A member, own only: `toString` of a document is no member of it. */
export function member(value: unknown, key: string): unknown {
  const fields = fieldsOf(value);
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** What a dotted path leads to, a number being a place in a list. */
export function follow(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : member(at, key)), value);
}
