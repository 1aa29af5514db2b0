/** Whether a text matches a list of patterns. */
export type TextMatcher = (text: string) => boolean;

const SPECIAL = /[.+^${}()|[\]\\]/g;

/** `*` is any text and `?` any one character; everything else is itself. */
export function matcherOf(patterns: readonly string[], { ignoreCase = false } = {}): TextMatcher {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (patterns.includes('*')) return () => true;
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern)).map(fold));
  const wild = patterns.filter((pattern) => /[*?]/.test(pattern)).map((pattern) => new RegExp(sourceOf(fold(pattern)), 's'));
  if (wild.length === 0) return (text) => exact.has(fold(text));
  return (text) => {
    const folded = fold(text);
    return exact.has(folded) || wild.some((regex) => regex.test(folded));
  };
}

/** Runs of `*` are one: two in a row would make the search slow and mean nothing more. */
function sourceOf(pattern: string): string {
  return `^${pattern.replace(SPECIAL, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.')}$`;
}

/** Remembers answers, and forgets the older half of them rather than grow. */
export class Memory<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();

  constructor(private readonly size: number) {}

  get(key: string, make: () => V): V {
    const known = this.young.get(key) ?? this.old.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.young.size >= this.size / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, made);
    return made;
  }
}
