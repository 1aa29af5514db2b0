import { hasSymbol, showSymbols } from './symbols';

/** A copy in which every text is as a person reads it; see {@link showSymbols}. What holds no symbol is not copied. */
export function shown<T>(value: T): T {
  return (isMarked(value) ? show(value) : value) as T;
}

function isMarked(value: unknown): boolean {
  if (typeof value === 'string') return hasSymbol(value) || value.includes('\uE002');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isMarked(key) || isMarked(inner));
}

function show(value: unknown): unknown {
  if (typeof value === 'string') return showSymbols(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(show);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [showSymbols(key), show(inner)]));
}
