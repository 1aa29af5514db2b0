import { hasSymbol, isMark, unitsOf } from './symbols';

/** One place of a glob: any string, any one character, or exactly this unit. `plain` is without the marks of a hidden end. */
export type GlobPart =
  | { readonly kind: 'many'; readonly plain?: true }
  | { readonly kind: 'one'; readonly plain?: true }
  | { readonly kind: 'unit'; readonly unit: string };

/** The places of a glob; `\` makes the next character literal, and neighbouring `*` are one. */
export function partsOf(text: string, ignoreCase: boolean): readonly GlobPart[] {
  const parts: GlobPart[] = [];
  const units = unitsOf(text);
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at] ?? '';
    if (unit === '*') {
      if (parts.at(-1)?.kind !== 'many') parts.push({ kind: 'many' });
    } else if (unit === '?') parts.push({ kind: 'one' });
    else {
      const literal = unit === '\\' && at + 1 < units.length ? (units[++at] ?? '') : unit;
      parts.push({ kind: 'unit', unit: ignoreCase && !hasSymbol(literal) ? literal.toLowerCase() : literal });
    }
  }
  return parts;
}

/** Positions of a glob that a prefix may have reached; sorted. */
export type Positions = readonly number[];

/** Positions before anything was read. */
export function begin(parts: readonly GlobPart[]): Positions {
  return closure(parts, [0]);
}

/** Positions after one more unit. A symbol is read by `*` and by itself alone. */
export function advance(parts: readonly GlobPart[], from: Positions, unit: string): Positions {
  const next: number[] = [];
  for (const at of from) {
    const part = parts[at];
    if (part === undefined) continue;
    if (part.kind !== 'unit' && part.plain && isMark(unit)) continue;
    if (part.kind === 'many') next.push(at);
    else if (part.kind === 'one' ? !hasSymbol(unit) : part.unit === unit) next.push(at + 1);
  }
  return closure(parts, next);
}

/** Whether what was read so far matches. */
export function accepts(parts: readonly GlobPart[], positions: Positions): boolean {
  return positions.includes(parts.length);
}

function closure(parts: readonly GlobPart[], positions: readonly number[]): Positions {
  const all = new Set<number>();
  for (let at of positions) {
    all.add(at);
    while (parts[at]?.kind === 'many') all.add(++at);
  }
  return [...all].sort((a, b) => a - b);
}

/** Product states visited before the search gives up; far above what policies need. */
const MOST_STATES = 20_000;
/** Globs read on in all these states together: many globs at once make each state dear. */
const MOST_READS = 3_000_000;

/**
 * The shortest string that matches a glob of every list of `all` and none of `none`; `none` where there is no such string,
 * `maybe` where the search was given up. Symbols are read as letters of their own: exact only where there is none.
 */
export function searchString(
  all: readonly (readonly (readonly GlobPart[])[])[],
  none: readonly (readonly GlobPart[])[],
): { readonly found: string } | 'none' | 'maybe' {
  const globs = [...all.flat(), ...none];
  const unwanted = globs.length - none.length;
  const alphabet = lettersOf(globs);
  const accepted = (state: readonly Positions[]): boolean => {
    let at = 0;
    for (const list of all) {
      const hit = list.some((parts, index) => accepts(parts, state[at + index] ?? []));
      if (!hit) return false;
      at += list.length;
    }
    return none.every((parts, index) => !accepts(parts, state[at + index] ?? []));
  };
  // What ended in `*` matches whatever follows: of one that is wanted nothing else counts any more, and one that is not ends the way.
  const settled = (state: readonly Positions[]): readonly Positions[] =>
    state.map((positions, index) => {
      const parts = globs[index] ?? [];
      return isSettled(parts, positions) ? [parts.length] : positions;
    });
  const isLost = (state: readonly Positions[]): boolean =>
    !alive(all, state) || none.some((parts, index) => isSettled(parts, state[unwanted + index] ?? []));
  const readOn = (parts: readonly GlobPart[], positions: Positions, letter: string): Positions =>
    isSettled(parts, positions) ? positions : advance(parts, positions, letter);
  const start = settled(globs.map(begin));
  if (isLost(start)) return 'none';
  const seen = new Set([keyOf(start)]);
  let reads = 0;
  let level: { readonly text: string; readonly state: readonly Positions[] }[] = [{ text: '', state: start }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { text, state } of level) {
      if (accepted(state)) return { found: text };
      for (const letter of alphabet) {
        const after = settled(globs.map((parts, index) => readOn(parts, state[index] ?? [], letter)));
        reads += globs.length;
        if (isLost(after)) continue;
        const key = keyOf(after);
        if (seen.has(key)) continue;
        if (seen.size >= MOST_STATES || reads >= MOST_READS) return 'maybe';
        seen.add(key);
        next.push({ text: text + letter, state: after });
      }
    }
    level = next;
  }
  return 'none';
}

/** Whether a glob that ends in `*` was read to that end: it matches, whatever follows. */
function isSettled(parts: readonly GlobPart[], positions: Positions): boolean {
  const last = parts.at(-1);
  return last?.kind === 'many' && !last.plain && positions.at(-1) === parts.length;
}

function keyOf(state: readonly Positions[]): string {
  return state.map((positions) => positions.join()).join(' ');
}

/** Whether each list can still be met. */
function alive(all: readonly (readonly unknown[])[], state: readonly Positions[]): boolean {
  let at = 0;
  return all.every((list) => {
    const some = list.some((_, index) => (state[at + index] ?? []).length > 0);
    at += list.length;
    return some;
  });
}

/** Every unit that a glob names, and one that none does: all others behave like it. */
function lettersOf(globs: readonly (readonly GlobPart[])[]): readonly string[] {
  const named = new Set(globs.flat().flatMap((part) => (part.kind === 'unit' ? [part.unit] : [])));
  const other = [...'xyzwvuabcdefghijklmnopqrst0123456789-_~'].find((letter) => !named.has(letter)) ?? '\u{10fffd}';
  return [other, ...[...named].sort()];
}
