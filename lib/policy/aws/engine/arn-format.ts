/**
 * Whether a glob of resources matches any ARN of a format, such as `arn:*:s3:::*`.
 *
 * The placeholders of a format hold no colon, but for the last part of an ARN; wildcards of the glob may. References in the glob may be
 * anything.
 */
export function mayBeOfFormat(glob: string, format: string): boolean {
  if (areOtherServices(glob, format)) return false;
  const width = format.length + 1;
  const failed = new Uint8Array((glob.length + 1) * width);
  const lastPart = nthColon(format, 5);
  const meet = (at: number, to: number): boolean => {
    const state = at * width + to;
    if (failed[state] === 1) return false;
    failed[state] = 1;
    const mine = glob[at];
    const theirs = format[to];
    if (mine === undefined && theirs === undefined) return true;
    if (theirs === '*') {
      if (meet(at, to + 1)) return true;
      // The placeholder takes one character of the glob more.
      if (mine === undefined) return false;
      if (mine === '\\') return (to > lastPart || glob[at + 1] !== ':') && meet(at + 2, to);
      if (mine === '*') return meet(at + 1, to);
      if (mine === SYMBOL || mine === END) return meet(endOfSpan(glob, at), to);
      return (to > lastPart || mine !== ':') && meet(at + 1, to);
    }
    if (mine === '*') return meet(at + 1, to) || (theirs !== undefined && meet(at, to + 1));
    if (mine === SYMBOL || mine === END) return meet(endOfSpan(glob, at), to) || (theirs !== undefined && meet(at, to + 1));
    if (mine === undefined || theirs === undefined) return false;
    if (mine === '\\') return glob[at + 1] === theirs && meet(at + 2, to + 1);
    return (mine === '?' || mine === theirs) && meet(at + 1, to + 1);
  };
  return meet(0, 0);
}

/** A glob without wildcards and references before its service, and a format of another service: most questions end here. */
const PLAIN_HEAD = /^arn:[^:*?\\\uE000-\uE003]*:([^:*?\\\uE000-\uE003]*):/;

function areOtherServices(glob: string, format: string): boolean {
  const mine = PLAIN_HEAD.exec(glob)?.[1];
  const theirs = FORMAT_HEAD.exec(format)?.[1];
  return mine !== undefined && theirs !== undefined && mine !== theirs;
}

/** The partition of a format is a placeholder; its service is written out. */
const FORMAT_HEAD = /^arn:[^:]*:([^:*]+):/;

/** Opens a reference in a string, and the hidden end of one; see `core/review/symbols`. */
const SYMBOL = '\uE000';
const END = '\uE002';

function endOfSpan(glob: string, at: number): number {
  const end = glob.indexOf(glob[at] === SYMBOL ? '\uE001' : '\uE003', at);
  return end < 0 ? glob.length : end + 1;
}

function nthColon(text: string, count: number): number {
  let at = -1;
  for (let found = 0; found < count; found++) {
    at = text.indexOf(':', at + 1);
    if (at < 0) return text.length;
  }
  return at;
}
