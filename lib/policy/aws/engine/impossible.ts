import type { KeyConstraint } from '../../../core/review/access';
import { hasSymbol } from '../../../core/review/glob';
import { blockWithin } from '../../../core/review/network';
import facts from './impossible.json';

const REGION = new RegExp(facts.regionShape);
const ACCOUNT = new RegExp(facts.accountShape);
const BOOLEANS = new Set(facts.booleans.map((key) => key.toLowerCase()));
/** The time of a request is after the day these facts were checked. */
const NOT_BEFORE = Date.parse(facts.checked);

/**
 * Whether no request can ever meet a constraint, by what AWS puts into a key: a date that is past, an address that is reserved for
 * documentation, a region or account that cannot exist. False where that is not certain.
 */
export function isImpossible({ key, test, whenAbsent, quantifier }: KeyConstraint): boolean {
  if (whenAbsent || quantifier === 'every') return false;
  if (test.kind === 'one-of' && test.globs.length === 0) return true;
  const name = key.toLowerCase();
  if (test.kind === 'range') {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = test;
    if (min > max || (min === max && (test.minOpen || test.maxOpen))) return true;
    const scale = test.unit === 'number' ? 1000 : 1;
    return (name === 'aws:currenttime' || name === 'aws:epochtime') && max * scale < NOT_BEFORE;
  }
  if (test.kind === 'network') return !test.outside && test.blocks.every((block) => !hasSymbol(block) && neverSource(block));
  if (test.kind !== 'one-of' || test.globs.some((glob) => hasSymbol(glob) || /(?<!\\)[*?]/.test(glob))) return false;
  const values = test.globs.map((glob) => (test.ignoreCase ? glob.toLowerCase() : glob));
  if (name === 'aws:requestedregion') return !values.some((value) => REGION.test(value));
  if (/^aws:(principal|source|resource)account$/.test(name)) return !values.some((value) => ACCOUNT.test(value));
  if (BOOLEANS.has(name)) return !values.some((value) => /^(true|false)$/.test(value));
  return name === 'aws:sourceip' && values.every(neverSource);
}

/**
 * Whether every request meets a constraint, because none can escape it: any date after one that is past, any address but those of no
 * network. False where that is not certain.
 */
export function isCertain({ key, test, whenAbsent, quantifier, text }: KeyConstraint): boolean {
  if (quantifier) return false;
  const name = key.toLowerCase();
  if (test.kind === 'range' && (name === 'aws:currenttime' || name === 'aws:epochtime')) {
    return test.max === undefined && test.min !== undefined && test.min * (test.unit === 'number' ? 1000 : 1) < NOT_BEFORE;
  }
  if (!whenAbsent) return false;
  if (test.kind === 'none-of') return isImpossible({ key, test: { ...test, kind: 'one-of' }, whenAbsent: false, text });
  return test.kind === 'network' && test.outside && isImpossible({ key, test: { ...test, outside: false }, whenAbsent: false, text });
}

function neverSource(block: string): boolean {
  const known = facts.reservedNetworks.blocks.map((reserved) => blockWithin(block, reserved));
  // Text that is no block at all matches no address.
  return known.every((one) => one === undefined) || known.some((one) => one === true);
}
