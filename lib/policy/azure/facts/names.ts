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

/** Patterns of data are told apart from those of the control plane by this before them; exact names are of one plane only. */
export const DATA = 'data ';
/** Between a pattern and what a role takes out of it. */
const LESS = ' less ';

/** The name of what a pattern stands for beside the names that are known: no two of them are equal that may stand for different names. */
export function remainderOf(pattern: string, without: readonly string[]): string {
  return without.length === 0 ? pattern : `${pattern}${LESS}${[...new Set(without)].sort().join(', ')}`;
}

/** The pattern and what is taken out of it; of an exact name, itself. */
export function readRemainder(name: string): { readonly pattern: string; readonly without: readonly string[] } {
  const [pattern = '', without] = name.replace(DATA, '').split(LESS);
  return { pattern, without: without?.split(', ') ?? [] };
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
