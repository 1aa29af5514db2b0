import { plain } from './text';

/**
 * A value as a code span: nothing inside is read as Markdown, HTML, a link or a mention. The fence is longer than any run of backticks
 * inside. In a table a bar must be escaped even there, and only there.
 * @see https://github.github.com/gfm/#code-spans
 */
export function codeSpan(text: string, place: 'text' | 'cell' = 'text'): string {
  const clean = plain(text).trim() || '(empty)';
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = clean.startsWith('`') || clean.endsWith('`') ? ` ${clean} ` : clean;
  // A backslash before a bar would be taken for the bar's escape, so a bar there becomes a look-alike.
  const safe = place === 'cell' ? padded.replace(/\\\|/g, '\\¦').replace(/\|/g, '\\|') : padded;
  return `${fence}${safe}${fence}`;
}

/** A sentence that may hold names: nothing in it is markup, a link, a mention or a reference, even at the start of a line. */
export function prose(text: string): string {
  return plain(text)
    .trim()
    .replace(/[\\`*_{}[\]<>#+!|@~&^$]|:(?=\/)|(?<=www)\./gi, '\\$&')
    .replace(/\\[@#]/g, '$&\u200b')
    .replace(/^[-=]/, '\\$&')
    .replace(/^\d+(?=[.)])/, '$&\\');
}

/** Text inside an HTML tag of Markdown, such as a summary; a mention is not looked for inside `code`. */
export function htmlText(text: string): string {
  return plain(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
