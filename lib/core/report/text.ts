/** Ends of a span that stands for a reference of a template; see `core/review/glob`. */
const SYMBOL = /\uE000([^\uE000\uE001]*)\uE001/g;
/** Line breaks that a value may hold; a name of one line stays one. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** Characters that move a cursor, change a colour or turn the direction of text: a name must not paint over its report. */
const UNSEEN = /[\p{Cc}\p{Cs}\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uE000\uE001]/gu;

/** A value of unknown origin as one line that a person can read and that cannot act: references as `${Name}`, controls as `\u{..}`. */
export function plain(text: string): string {
  return text
    .replace(SYMBOL, (_whole, name: string) => `\${${name}}`)
    .replace(BREAKS, ' ')
    .replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Lines of at most `width` characters, broken at spaces, and inside a word only where the word alone is longer. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(width, 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => chop(one, room))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= room) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Where a long name may be broken: after what separates its parts. */
const SEAM = /[:/,.|@-]/;

function chop(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  let at = width;
  while (at > width / 2 && !SEAM.test(word.charAt(at - 1))) at -= 1;
  if (at <= width / 2) at = width;
  return [word.slice(0, at), ...chop(word.slice(at), width)];
}

/** Cuts in the middle: both ends of a native name tell it from others. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length < 5) return `${text.slice(0, Math.max(length - 1, 0))}…`;
  const tail = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** Fewest characters of an end that tell one name from others: a version or a wildcard alone does not. */
const LEAST_TELLING = 6;

/** A native name in few characters. Its end says most: a reference alone goes by its own name, a long path by its last parts. */
export function shortName(name: string, length: number): string {
  const own = /^\$\{(?:[^.{}]+\.)?([^{}]+)\}$/.exec(name)?.[1] ?? name;
  if (own.length <= length) return own;
  const seams = [...own.matchAll(/[:/]+/g)].map(({ index, 0: seam }) => index + seam.length);
  const telling = seams.filter((at) => own.length - at >= LEAST_TELLING);
  const whole = telling.find((at) => own.length - at < length);
  return whole === undefined ? shorten(own.slice(telling.at(-1) ?? 0), length) : `…${own.slice(whole)}`;
}
