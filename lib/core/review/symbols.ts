const OPEN = '\uE000';
const CLOSE = '\uE001';
const SPAN = /\uE000([^\uE001]*)\uE001/g;
const UNSHOWN = /\uE002[^\uE003]*\uE003/g;

/** A span that stands for one fixed, unknown, non-empty string, such as a reference of a template. The same text is the same string. */
export function symbol(text: string): string {
  return `${OPEN}${text}${CLOSE}`;
}

/**
 * An end of a string that is never shown and that no other string has: of a name that a cloud makes up with random letters, of which only
 * the beginning may be known. Such a name is a symbol with this behind it: no two of them are equal, none equals a name that was written
 * down, and a pattern such as `orders-*` may still match.
 */
export function distinctEnd(text: string): string {
  return `\uE002${text}\uE003`;
}

/** Whether a string holds a symbol. */
export function hasSymbol(text: string): boolean {
  return text.includes(OPEN);
}

/** The string as a person reads it: each symbol as `${text}`, and no ends that are never shown. */
export function showSymbols(text: string): string {
  return text.replace(UNSHOWN, '').replace(SPAN, (_, name: string) => `\${${name}}`);
}

/** Whether a character is part of the frame of a hidden end; no symbol stands for a string that holds one. */
export function isMark(unit: string): boolean {
  return unit === '\uE002' || unit === '\uE003';
}

/** Cuts a string into single characters and whole symbols. */
export function unitsOf(text: string): string[] {
  return text.match(/\uE000[^\uE001]*\uE001|[\s\S]/gu) ?? [];
}
