import { fieldsOf, rowsOf } from '../../../core/json-fields';

export { type Fields, fieldsOf, follow, listOf, member, rowsOf, textOf, textsOf, withoutMarks } from '../../../core/json-fields';

/** JSON inside a text, or the value as it is. URL-encoded text, as IAM returns it, is decoded. Undefined where it is no JSON. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  for (const read of [(text: string) => text, decodeURIComponent]) {
    try {
      return JSON.parse(read(value)) as unknown;
    } catch {
      // The other reading is tried; what neither reads is no policy.
    }
  }
  return undefined;
}

/** Tags as AWS writes them, `[{Key, Value}]`, as a record. */
export function tagsOf(value: unknown): Record<string, string> {
  const fields = fieldsOf(value);
  if (fields) return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return Object.fromEntries(
    rowsOf(value).flatMap((tag) => (typeof tag.Key === 'string' && typeof tag.Value === 'string' ? [[tag.Key, tag.Value]] : [])),
  );
}
