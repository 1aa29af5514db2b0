import { textNotForQuery } from '../../../core/detection-errors';

/** References of a template, which deployment fills in. */
const REFERENCE = /(\$\{[^}]*\})/;
/** Half of a character that is written by two: no text of GoogleSQL. */
const HALF = /\p{Surrogate}/u;
const PART_OF_NAME = /^[A-Za-z0-9_:.-]+$/;

/**
 * Text as a string of GoogleSQL. What is no reference is escaped; throws where a reference, or what it stands in, could end the string.
 * @param text literal text, with references between `${` and `}`
 * @see https://docs.cloud.google.com/bigquery/docs/reference/standard-sql/lexical#string_and_bytes_literals
 */
export function sqlText(text: string): string {
  const parts = text.split(REFERENCE).map((part) => {
    if (!REFERENCE.test(part)) {
      if (HALF.test(part)) throw textNotForQuery(text, 'must be whole characters');
      // Every escape of JSON is one of GoogleSQL.
      return JSON.stringify(part).slice(1, -1);
    }
    if (/["\\\n\r]/.test(part)) throw textNotForQuery(text, 'must hold no quotes in a reference');
    return part;
  });
  return `"${parts.join('')}"`;
}

export const sqlTexts = (texts: readonly string[]): string => texts.map(sqlText).join(', ');

/**
 * Name of the view of everything that a bucket of the log keeps.
 * @see https://docs.cloud.google.com/logging/docs/analyze/query-and-view
 */
export function viewOf({
  project,
  location,
  bucket,
}: {
  readonly project: string;
  readonly location: string;
  readonly bucket: string;
}): string {
  for (const part of [project, location, bucket])
    if (!PART_OF_NAME.test(part) && !/^\$\{[^}`]*\}$/.test(part))
      throw textNotForQuery(part, 'must be letters, digits and .:-_ to be part of a name');
  return `\`${project}.${location}.${bucket}._AllLogs\``;
}
