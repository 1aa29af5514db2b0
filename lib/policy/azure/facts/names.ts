import { globsIntersect } from '../../../core/review/glob';

const compiled = new Map<string, RegExp>();

/** Whether a name of an operation, or of a pattern of them, is matched by a pattern. `*` is any text; case does not count. */
export function matchesName(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === name.toLowerCase();
  const known = compiled.get(pattern) ?? new RegExp(`^${pattern.split('*').map(escapeText).join('.*')}$`, 'i');
  compiled.set(pattern, known);
  return known.test(name);
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
}

/** Before a pattern of the data plane; exact names are of one plane only. */
export const DATA = 'data ';

/** A name or pattern without its plane. */
export function bare(action: string): string {
  return action.startsWith(DATA) ? action.slice(DATA.length) : action;
}

/** Whether some name is matched by both. */
export function mayShare(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  const [start, begin] = [startOf(one), startOf(other)];
  // Most differ in their beginning, where no search is needed.
  return (start.startsWith(begin) || begin.startsWith(start)) && globsIntersect(one, other) !== 'no';
}

function startOf(pattern: string): string {
  return pattern.split('*', 1)[0] ?? '';
}
