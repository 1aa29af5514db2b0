import fc from 'fast-check';
import { compileGlob, findString, globIncludes, globsIntersect, hasSymbol, showSymbols, symbol } from '../../../lib/core/review/glob';

/** Every string over a small alphabet, up to a length that shows each way a short glob can differ. */
const STRINGS = ['', ...words(1), ...words(2), ...words(3), ...words(4)];
/** What a symbol may stand for. */
const MEANINGS = ['a', 'b', '/', 'ab', 'ba/'];
const S = symbol('Name');

function words(length: number): string[] {
  return length === 0 ? [''] : words(length - 1).flatMap((word) => ['a', 'b', '/'].map((letter) => word + letter));
}

/** Matches by trying each way; shares nothing with the code under test. */
function reference(glob: string, value: string): boolean {
  if (glob === '') return value === '';
  const [first, ...rest] = [...glob];
  const after = rest.join('');
  if (first === '*') return reference(after, value) || (value !== '' && reference(glob, value.slice(1)));
  return value !== '' && (first === '?' || first === value[0]) && reference(after, value.slice(1));
}

const glob = fc.array(fc.constantFrom('a', 'b', '/', '*', '?'), { maxLength: 5 }).map((letters) => letters.join(''));
const word = fc.constantFrom(...STRINGS);
const symbolic = fc.array(fc.constantFrom('a', 'b', '*', S), { maxLength: 4 }).map((parts) => parts.join(''));
const valueWithSymbols = fc.array(fc.constantFrom('a', 'b', '/', S), { maxLength: 4 }).map((parts) => parts.join(''));

test('matching is what a matcher that tries each way says', () => {
  fc.assert(
    fc.property(glob, word, (pattern, value) => compileGlob(pattern).matches(value) === (reference(pattern, value) ? 'yes' : 'no')),
  );
});

test('without symbols inclusion and intersection are decided, as trying every short string decides them', () => {
  fc.assert(
    fc.property(fc.array(glob, { maxLength: 3 }), glob, (outer, inner) => {
      const outside = STRINGS.filter((value) => reference(inner, value) && !outer.some((one) => reference(one, value)));
      const verdict = globIncludes(outer, inner);
      expect(verdict).not.toBe('maybe');
      if (outside.length > 0) expect(verdict).toBe('no');
      const [first = inner] = outer;
      const shared = STRINGS.some((value) => reference(inner, value) && reference(first, value));
      expect(globsIntersect(first, inner)).not.toBe('maybe');
      if (shared) expect(globsIntersect(first, inner)).toBe('yes');
    }),
  );
});

test('a string that is found is really one, and none is said only where there is none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(glob, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      fc.array(glob, { maxLength: 2 }),
      (all, none) => {
        const wanted = (value: string): boolean =>
          all.every((list) => list.some((one) => reference(one, value))) && !none.some((one) => reference(one, value));
        const result = findString({ all, none });
        if (typeof result === 'object') expect(wanted(result.found)).toBe(true);
        else expect([result, STRINGS.filter(wanted)]).toEqual(['none', []]);
      },
    ),
  );
});

test('with symbols a certain answer holds for every meaning of them', () => {
  fc.assert(
    fc.property(symbolic, valueWithSymbols, (pattern, value) => {
      const verdict = compileGlob(pattern).matches(value);
      const each = MEANINGS.map((meaning) => reference(pattern.replaceAll(S, meaning), value.replaceAll(S, meaning)));
      if (verdict === 'yes') expect(each).not.toContain(false);
      if (verdict === 'no') expect(each).not.toContain(true);
    }),
    { numRuns: 500 },
  );
});

test('with symbols nothing is called included, or apart, that a meaning of theirs disproves', () => {
  fc.assert(
    fc.property(fc.array(symbolic, { minLength: 1, maxLength: 2 }), symbolic, (outer, inner) => {
      const included = globIncludes(outer, inner);
      const meets = globsIntersect(outer[0] ?? '', inner);
      for (const meaning of MEANINGS) {
        const read = (text: string): string => text.replaceAll(S, meaning);
        const inside = STRINGS.filter((value) => reference(read(inner), value));
        const covered = inside.every((value) => outer.some((one) => reference(read(one), value)));
        if (included === 'yes') expect(covered).toBe(true);
        if (meets === 'no') expect(inside.some((value) => reference(read(outer[0] ?? ''), value))).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['arn:aws:s3:::b/*', `arn:aws:s3:::${S}/x`, 'maybe'],
  [`arn:aws:s3:::${S}/*`, `arn:aws:s3:::${S}/x`, 'yes'],
  [`arn:aws:s3:::${S}/*`, `arn:aws:sqs:::${S}/x`, 'no'],
  ['arn:aws:s3:::*', `arn:aws:s3:::${S}`, 'yes'],
  [`a?c`, `a${S}c`, 'maybe'],
  ['a\\*c', 'a*c', 'yes'],
  ['a\\*c', 'abc', 'no'],
] as const)('%s on %s: %s', (pattern, value, expected) => {
  expect(compileGlob(pattern).matches(value)).toBe(expected);
});

test.each([
  ['what begins in two ways never meets, whatever the symbols are', `a${S}`, `b${symbol('Other')}`, 'no'],
  ['two symbols may be one', S, symbol('Other'), 'maybe'],
  ['a symbol and a pattern without one', `a${S}`, 'a*', 'maybe'],
] as const)('%s', (_, a, b, expected) => {
  expect(globsIntersect(a, b)).toBe(expected);
});

test('case is folded only where asked', () => {
  expect([compileGlob('S3:get*', true).matches('s3:GetObject'), compileGlob('S3:get*').matches('s3:GetObject')]).toEqual(['yes', 'no']);
});

test('a symbol is shown as a reference', () => {
  expect([hasSymbol(S), showSymbols(`a/${S}`)]).toEqual([true, 'a/${Name}']);
});
