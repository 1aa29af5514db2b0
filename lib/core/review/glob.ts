import { accepts, advance, begin, type GlobPart, partsOf, searchString } from './glob-search';
import { hasSymbol, unitsOf } from './symbols';

export { distinctEnd, hasSymbol, showSymbols, symbol } from './symbols';

/** `maybe` where it depends on what a symbol stands for, or was too large to decide. */
export type Ternary = 'yes' | 'no' | 'maybe';

/** A pattern: `*` is any string, `?` any one character, `\` makes the next character literal. */
export interface Glob {
  readonly text: string;
  readonly ignoreCase: boolean;
  readonly parts: readonly GlobPart[];
  /** Whether a string matches; `maybe` where that depends on a symbol. */
  readonly matches: (value: string) => Ternary;
}

const SIZE_OF_CACHE = 50_000;
/** Of values with symbols that one glob remembers the answer for. */
const SIZE_OF_MEMORY = 5_000;
const cache = new Map<string, Glob>();

/** Compiles a glob; the same text gives the same glob. */
export function compileGlob(text: string, ignoreCase = false): Glob {
  const key = `${ignoreCase ? 'i' : 's'}${text}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= SIZE_OF_CACHE) cache.clear();
  const made = makeGlob(text, ignoreCase);
  cache.set(key, made);
  return made;
}

const HIDDEN_ENDS = /\uE002[^\uE003]*\uE003/g;

function makeGlob(text: string, ignoreCase: boolean): Glob {
  const parts = partsOf(text, ignoreCase);
  const exact = plainMatcher(text, parts, ignoreCase);
  const ends = text.match(HIDDEN_ENDS) ?? [];
  const known = new Map<string, Ternary>();
  // The names of a fleet are asked about again for each of its members, and a search costs a hundred times as much as a look.
  const search = (value: string): Ternary => {
    const found = known.get(value) ?? matchSymbols(parts, value, ignoreCase);
    if (known.size >= SIZE_OF_MEMORY) known.clear();
    known.set(value, found);
    return found;
  };
  return {
    text,
    ignoreCase,
    parts,
    matches: (value) => {
      if (exact && !hasSymbol(value)) return exact(value);
      // A hidden end is like no other, and no symbol stands for one.
      return ends.every((end) => value.includes(end)) ? search(value) : 'no';
    },
  };
}

/** The fast way, for a glob without symbols. */
function plainMatcher(text: string, parts: readonly GlobPart[], ignoreCase: boolean): ((value: string) => Ternary) | undefined {
  if (hasSymbol(text)) return undefined;
  if (parts.length === 1 && parts[0]?.kind === 'many') return () => 'yes';
  const units = parts.map((part) => (part.kind === 'unit' ? part.unit : ''));
  const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  if (parts.every((part) => part.kind === 'unit')) {
    const literal = units.join('');
    return (value) => (fold(value) === literal ? 'yes' : 'no');
  }
  if (parts.at(-1)?.kind === 'many' && parts.slice(0, -1).every((part) => part.kind === 'unit')) {
    const prefix = units.join('');
    return (value) => (fold(value).startsWith(prefix) ? 'yes' : 'no');
  }
  const source = parts.map((part) => (part.kind === 'many' ? '[^]*' : part.kind === 'one' ? '[^]' : escapeRegex(part.unit))).join('');
  const regex = new RegExp(`^${source}$`, 'u');
  return (value) => (regex.test(fold(value)) ? 'yes' : 'no');
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Yes where it matches whatever the symbols are; no where no value of theirs could make it match. */
function matchSymbols(parts: readonly GlobPart[], value: string, ignoreCase: boolean): Ternary {
  const units = unitsOf(value).map((unit) => (ignoreCase && !hasSymbol(unit) ? unit.toLowerCase() : unit));
  let positions = begin(parts);
  for (const unit of units) positions = advance(parts, positions, unit);
  if (accepts(parts, positions)) return 'yes';
  return searchString([[loosen(parts)], [loosen(units.map((unit): GlobPart => ({ kind: 'unit', unit })))]], []) === 'none' ? 'no' : 'maybe';
}

/** Any non-empty string in the place of each symbol. */
function loosen(parts: readonly GlobPart[]): readonly GlobPart[] {
  return parts.flatMap((part): GlobPart[] =>
    part.kind === 'unit' && hasSymbol(part.unit)
      ? [
          { kind: 'one', plain: true },
          { kind: 'many', plain: true },
        ]
      : [part],
  );
}

/** Whether some string matches both. */
export function globsIntersect(a: string, b: string): Ternary {
  return answerOf(findString({ all: [[a], [b]], none: [] }));
}

/** Whether everything that `inner` matches is matched by one of `outer`. */
export function globIncludes(outer: readonly string[], inner: string): Ternary {
  if (outer.includes('*') || outer.includes(inner)) return 'yes';
  const outside = findString({ all: [[inner]], none: outer });
  return outside === 'none' ? 'yes' : outside === 'maybe' ? 'maybe' : 'no';
}

function answerOf(result: ReturnType<typeof findString>): Ternary {
  if (typeof result === 'object') return 'yes';
  return result === 'none' ? 'no' : 'maybe';
}

/**
 * A string that matches a glob of each list of `all` and none of `none`. `none` where there is none whatever the symbols stand for,
 * `maybe` where it depends on them. A found string holds a symbol only where the globs do.
 */
export function findString(wanted: {
  readonly all: readonly (readonly string[])[];
  readonly none: readonly string[];
}): { readonly found: string } | 'none' | 'maybe' {
  const compile = (texts: readonly string[]): (readonly GlobPart[])[] => texts.map((text) => partsOf(text, false));
  const all = wanted.all.map(compile);
  const none = compile(wanted.none);
  const strict = searchString(all, none);
  if (![...wanted.all.flat(), ...wanted.none].some(hasSymbol)) return strict;
  // The loosest reading: symbols of `all` may be anything, and a glob of `none` with a symbol may take nothing out.
  const loose = searchString(
    all.map((list) => list.map(loosen)),
    none.filter((parts) => !parts.some((part) => part.kind === 'unit' && hasSymbol(part.unit))),
  );
  if (loose === 'none') return 'none';
  // A symbol read as a letter of its own shows inclusion of the same symbol, and nothing else.
  if (strict === 'none') return onlySameSymbols(wanted) ? 'none' : 'maybe';
  if (typeof strict === 'object' && !wanted.none.some(hasSymbol) && !hasSymbol(strict.found)) return strict;
  return 'maybe';
}

/** With a single list of one glob, reading symbols as letters proves inclusion: each outer glob holds for every value of them. */
function onlySameSymbols(wanted: { readonly all: readonly (readonly string[])[] }): boolean {
  return wanted.all.length === 1 && wanted.all[0]?.length === 1;
}
