import { createHash } from 'node:crypto';

/** 32 hexadecimal digits that stand for a list of texts. */
export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** 53 bits of a text, for telling apart thousands of ids where a digest would cost more than the rest; cyrb53 by its published recipe. */
export function shortHash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/** Texts seen lately, by their hashes; forgets the older half rather than grow. */
export class RecentIds {
  private young: Set<number>;
  private old = new Set<number>();

  constructor(
    private readonly most: number,
    known: readonly number[] = [],
  ) {
    this.young = new Set(known);
  }

  /** Notes the hash of an id; false where it was there already. */
  add(hash: number): boolean {
    if (this.young.has(hash) || this.old.has(hash)) return false;
    if (this.young.size >= this.most / 2) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(hash);
    return true;
  }

  toRecord(): readonly number[] {
    return [...this.old, ...this.young].slice(-this.most);
  }
}
