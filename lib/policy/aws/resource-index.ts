import type { PolicyText } from './model';

/** A name that was made up: a symbol with a hidden end. */
const MADE_UP = /^\uE000[^\uE001]*\uE001\uE002[^\uE003]*\uE003/;
const SYMBOL = '\uE000';
/** Where a pattern stops being the text that it matches. */
const SPECIAL = /[*?\\\uE000]/;

/**
 * Finds the ARNs that a pattern may name, or name something in, without a look at all of them. What it leaves out is surely apart: a
 * different text before the first wildcard, or another made-up name.
 */
export class ResourceIndex {
  /** ARNs without symbols, sorted, with their places. */
  private readonly plain: readonly (readonly [arn: string, at: number])[];
  /** The same by ARN; one may be given twice. */
  private readonly places = new Map<string, number[]>();
  /** ARNs by all up to the end of a made-up name. */
  private readonly made = new Map<string, number[]>();
  /** The same by what stands before the made-up name. */
  private readonly before = new Map<string, number[]>();
  /** ARNs with a symbol that may be anything. */
  private readonly open: number[] = [];

  constructor(arns: readonly PolicyText[]) {
    const plain: (readonly [string, number])[] = [];
    arns.forEach((arn, at) => {
      const cut = arn.indexOf(SYMBOL);
      const name = cut < 0 ? undefined : MADE_UP.exec(arn.slice(cut))?.[0];
      if (cut < 0) {
        plain.push([arn, at]);
        push(this.places, arn, at);
      } else if (name === undefined) this.open.push(at);
      else {
        push(this.made, arn.slice(0, cut) + name, at);
        push(this.before, arn.slice(0, cut), at);
      }
    });
    this.plain = plain.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Places of the ARNs that one of the patterns may be about. */
  near(globs: readonly string[]): ReadonlySet<number> {
    const found = new Set(this.open);
    for (const glob of globs) this.addNear(glob, found);
    return found;
  }

  private addNear(glob: string, found: Set<number>): void {
    const cut = glob.search(SPECIAL);
    const head = cut < 0 ? glob : glob.slice(0, cut);
    const name = cut >= 0 && glob[cut] === SYMBOL ? MADE_UP.exec(glob.slice(cut))?.[0] : undefined;
    this.addPlain(head, found);
    if (name !== undefined) add(found, this.made.get(head + name));
    else for (const [text, places] of this.before) if (text.startsWith(head) || head.startsWith(text)) add(found, places);
  }

  /** ARNs that begin like the pattern, and those that the pattern goes on from. */
  private addPlain(head: string, found: Set<number>): void {
    for (let at = this.firstFrom(head); this.plain[at]?.[0].startsWith(head); at++) add(found, [this.plain[at]?.[1] ?? 0]);
    for (let end = head.length - 1; end > 0; end--) {
      if (head[end] !== '/' && head[end] !== ':') continue;
      add(found, this.places.get(head.slice(0, end)));
    }
  }

  private firstFrom(text: string): number {
    let [low, high] = [0, this.plain.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.plain[middle]?.[0] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function add(found: Set<number>, places: readonly number[] = []): void {
  for (const place of places) found.add(place);
}

function push(lists: Map<string, number[]>, key: string, place: number): void {
  const list = lists.get(key);
  if (list) list.push(place);
  else lists.set(key, [place]);
}
