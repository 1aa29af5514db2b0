import fc from 'fast-check';
import type { KeyConstraint, ValueTest } from '../../../lib/core/review/access';
import { holdsFor, type KeyValue, type Literal, solveKey } from '../../../lib/core/review/constraint-values';
import { symbol } from '../../../lib/core/review/glob';

const says = (test: ValueTest, more: Partial<KeyConstraint> = {}): KeyConstraint => ({
  key: 'k',
  test,
  whenAbsent: false,
  text: 'a test',
  ...more,
});
const oneOf = (...globs: string[]): ValueTest => ({ kind: 'one-of', globs, ignoreCase: false });
const noneOf = (...globs: string[]): ValueTest => ({ kind: 'none-of', globs, ignoreCase: false });
const anyCase = (...globs: string[]): ValueTest => ({ kind: 'one-of', globs, ignoreCase: true });
const range = (more: object, unit: 'number' | 'moment' = 'number'): ValueTest => ({ kind: 'range', unit, ...more });
const within = (...blocks: string[]): ValueTest => ({ kind: 'network', blocks, outside: false });
const outside = (...blocks: string[]): ValueTest => ({ kind: 'network', blocks, outside: true });
const yes = (constraint: KeyConstraint): Literal => ({ constraint, holds: true });
const no = (constraint: KeyConstraint): Literal => ({ constraint, holds: false });

/** The value that was found, as one text. */
function solved(...literals: readonly Literal[]): string {
  const answer = solveKey(literals);
  return typeof answer === 'string' ? answer : `= ${[answer.value].flat().join(' and ')}`;
}

describe('whether a test holds', () => {
  test.each<readonly [string, KeyConstraint, KeyValue, string]>([
    ['a pattern', says(oneOf('a*')), ['ab'], 'yes'],
    ['another case', says(oneOf('A')), ['a'], 'no'],
    ['a case that does not count', says(anyCase('A')), ['a'], 'yes'],
    ['an absent key', says(oneOf('a')), 'absent', 'no'],
    ['an absent key where that is enough', says(oneOf('a'), { whenAbsent: true }), 'absent', 'yes'],
    ['an empty list is an absent key', says(oneOf('a'), { whenAbsent: true, quantifier: 'every' }), [], 'yes'],
    ['every value', says(oneOf('a', 'b'), { quantifier: 'every' }), ['a', 'c'], 'no'],
    ['some value', says(oneOf('a', 'b'), { quantifier: 'some' }), ['a', 'c'], 'yes'],
    ['several values of a key that has one', says(oneOf('a')), ['a', 'c'], 'maybe'],
    ['the end of a range', says(range({ max: 5 })), ['5'], 'yes'],
    ['the end of an open range', says(range({ max: 5, maxOpen: true })), ['5'], 'no'],
    ['text where a number is due', says(range({ max: 5 })), ['five'], 'no'],
    ['a date', says(range({ min: Date.UTC(2026, 0, 1) }, 'moment')), ['2026-02-01T00:00:00Z'], 'yes'],
    ['a date in seconds', says(range({ max: Date.UTC(2026, 0, 1) }, 'moment')), ['1700000000'], 'yes'],
    ['an address of the other family', says(within('0.0.0.0/0')), ['2001:db8::1'], 'no'],
    ['an address in a block', says(within('2001:db8::/32')), ['2001:db8::1'], 'yes'],
    ['what is not decided', says({ kind: 'opaque', text: 'x' }), ['a'], 'maybe'],
    ['a reference', says(oneOf(symbol('Name'))), ['a'], 'maybe'],
    ['the same reference', says(oneOf(symbol('Name'))), [symbol('Name')], 'yes'],
  ])('%s', (_, constraint, value, expected) => {
    expect(holdsFor(constraint, value)).toBe(expected);
  });
});

describe('a value that meets all', () => {
  test.each<readonly [string, readonly Literal[], string]>([
    ['an absent key, where it is enough', [no(says(oneOf('a')))], '= absent'],
    ['one of two', [yes(says(oneOf('a', 'b'))), no(says(oneOf('a')))], '= b'],
    ['none left', [yes(says(oneOf('a', 'b'))), yes(says(noneOf('a', 'b')))], 'none'],
    ['two patterns', [yes(says(oneOf('a*'))), yes(says(oneOf('*b')))], '= ab'],
    ['patterns that cannot meet', [yes(says(oneOf('a*'))), yes(says(oneOf('b*')))], 'none'],
    ['in whatever case', [yes(says(anyCase('A*'))), no(says(anyCase('ab')))], '= aexample'],
    ['another case of the same', [yes(says(anyCase('A'))), no(says(oneOf('a')))], 'maybe'],
    ['between two ends', [yes(says(range({ min: 1, minOpen: true }))), yes(says(range({ max: 2, maxOpen: true })))], '= 1.5'],
    ['ends that miss', [yes(says(range({ min: 2 }))), yes(says(range({ max: 1 })))], 'none'],
    ['no end of a range', [yes(says(range({ min: 5, max: 5 }))), yes(says({ kind: 'not-equal', unit: 'number', values: [5] }))], 'none'],
    ['a number too large to write', [yes(says(range({ min: 1e21 }))), no(says(range({ min: 1e22 })))], 'maybe'],
    ['a later day', [yes(says(range({ min: Date.UTC(2026, 0, 1), minOpen: true }, 'moment')))], '= 2026-01-02T00:00:00.000Z'],
    ['the rest of a block', [yes(says(within('10.0.0.0/8'))), yes(says(outside('10.0.0.0/9')))], '= 10.128.0.0'],
    ['both halves taken', [yes(says(within('10.0.0.0/8'))), yes(says(outside('10.0.0.0/9', '10.128.0.0/9')))], 'none'],
    ['another family', [yes(says(outside('0.0.0.0/0')))], '= ::'],
    ['no block to stay out of', [yes(says(outside()))], '= 0.0.0.0'],
    ['only an empty value', [yes(says(oneOf('*'))), no(says(oneOf('?*')))], 'maybe'],
    ['a test and its opposite, undecided', [yes(says({ kind: 'opaque', text: 'x' })), no(says({ kind: 'opaque', text: 'x' }))], 'none'],
    ['two tests that are not decided', [yes(says({ kind: 'opaque', text: 'x' })), no(says({ kind: 'opaque', text: 'y' }))], 'maybe'],
    ['tests of two kinds', [yes(says(oneOf('a*'))), yes(says(range({ min: 1 })))], 'maybe'],
    ['a number and a moment', [yes(says(range({ min: 3 }))), yes(says(range({ max: 1 }, 'moment')))], 'maybe'],
    ['a reference that may be the value', [yes(says(oneOf(symbol('A')))), no(says(oneOf('b')))], 'maybe'],
  ])('%s', (_, literals, expected) => {
    expect(solved(...literals)).toBe(expected);
  });

  const every = (test: ValueTest) => says(test, { quantifier: 'every', whenAbsent: true });
  const some = (test: ValueTest) => says(test, { quantifier: 'some' });
  test.each<readonly [string, readonly Literal[], string]>([
    ['every value in a wider list', [yes(every(oneOf('a'))), no(every(oneOf('a', 'b')))], 'none'],
    ['every value in a narrower list', [yes(every(oneOf('a', 'b'))), no(every(oneOf('a')))], '= b'],
    ['some value of a wider list', [yes(some(oneOf('a'))), no(some(oneOf('a', 'b')))], 'none'],
    ['some value of each of two lists', [yes(some(oneOf('a'))), yes(some(oneOf('b')))], '= a and b'],
    ['some value, among few', [yes(every(oneOf('a', 'b'))), yes(some(oneOf('c')))], 'none'],
    ['two values, among few', [yes(every(oneOf('a', 'b'))), yes(some(oneOf('a'))), no(every(oneOf('a')))], '= a and b'],
    ['every value is not some value where there is none', [yes(every(oneOf('a'))), no(some(oneOf('a')))], '= absent'],
    ['beside a test of one value', [yes(some(oneOf('a'))), yes(says(oneOf('b')))], 'maybe'],
    ['beside a test of one value that agrees', [yes(some(oneOf('a'))), yes(says(oneOf('a', 'b')))], '= a'],
  ])('of several: %s', (_, literals, expected) => {
    expect(solved(...literals)).toBe(expected);
  });
});

const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 2 });
const ends = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
const block = fc.constantFrom('10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9', '10.1.0.0/16', '0.0.0.0/0', '::/0', '2001:db8::/32');

/** A family of tests, and values that tell every two of them apart. */
const FAMILIES: Readonly<Record<string, readonly [fc.Arbitrary<ValueTest>, readonly string[]]>> = {
  text: [
    fc.record({
      kind: fc.constantFrom('one-of' as const, 'none-of' as const),
      globs: fc.array(glob, { maxLength: 2 }),
      ignoreCase: fc.constant(false),
    }),
    ['a', 'b', 'c', 'aa', 'ab', 'ba', 'ca', 'ac', 'aca', 'cc', 'bab', 'ccc'],
  ],
  order: [
    fc.oneof(
      fc.tuple(ends, fc.boolean(), fc.boolean()).map(([[min, max], minOpen, maxOpen]): ValueTest => range({ min, max, minOpen, maxOpen })),
      fc
        .array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 })
        .map((values): ValueTest => ({ kind: 'not-equal', unit: 'number', values })),
    ),
    ['-1', '0', '0.5', '1', '1.5', '2', '2.5', '3', '4'],
  ],
  network: [
    fc.record({ kind: fc.constant('network' as const), blocks: fc.array(block, { maxLength: 2 }), outside: fc.boolean() }),
    ['10.0.0.1', '10.1.0.1', '10.2.0.1', '10.200.0.1', '9.0.0.1', '11.0.0.1', '2001:db8::1', '::2'],
  ],
};

describe.each(Object.entries(FAMILIES))('tests of %s against every value', (_, [tests, values]) => {
  const literals = (quantifier: fc.Arbitrary<KeyConstraint['quantifier']>) =>
    fc.array(
      fc.tuple(tests, fc.boolean(), fc.boolean(), quantifier).map(
        ([test, whenAbsent, holds, quantified]): Literal => ({
          constraint: says(test, { whenAbsent, ...(quantified && { quantifier: quantified }) }),
          holds,
        }),
      ),
      { minLength: 1, maxLength: 4 },
    );
  const fits = (list: readonly Literal[], value: KeyValue): boolean =>
    list.every(({ constraint, holds }) => holdsFor(constraint, value) === (holds ? 'yes' : 'no'));
  const singles: readonly KeyValue[] = ['absent', ...values.map((one) => [one])];
  const several: readonly KeyValue[] = [...singles, ...values.flatMap((one) => values.map((other) => [one, other]))];

  test.each([
    ['one value', fc.constant(undefined), singles],
    ['several values', fc.constantFrom<KeyConstraint['quantifier']>('every', 'some'), several],
  ])('%s: what is found fits, and nothing fits where there is none', (__, quantifier, universe) => {
    let open = 0;
    let all = 0;
    fc.assert(
      fc.property(literals(quantifier), (list) => {
        const answer = solveKey(list);
        all += 1;
        if (answer === 'maybe') open += 1;
        else if (answer === 'none') expect(universe.filter((value) => fits(list, value))).toEqual([]);
        else expect(fits(list, answer.value)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(open / all).toBeLessThan(0.1);
  });
});
