import { showSymbols } from './symbols';

/** A copy in which every text is as a person reads it; see {@link showSymbols}. What holds no symbol is not copied. */
export function shown<T>(value: T): T {
  return (isMarked(value) ? show(value) : value) as T;
}

/** What opens a symbol or a hidden end. */
const MARK = /[\uE000\uE002]/;

function isMarked(value: unknown): boolean {
  if (typeof value === 'string') return MARK.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(isMarked);
  for (const key in value) if (MARK.test(key) || isMarked((value as Record<string, unknown>)[key])) return true;
  return false;
}

function show(value: unknown): unknown {
  if (typeof value === 'string') return showSymbols(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(show);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [showSymbols(key), show(inner)]));
}
