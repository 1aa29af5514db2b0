import fc from 'fast-check';
import { compileGlob, distinctEnd, symbol } from '../../../lib/core/review/glob';
import { ResourceIndex } from '../../../lib/policy/aws/resource-index';

const made = (name: string): string => `${symbol(name)}${distinctEnd(name)}`;
const piece = fc.constantFrom('a', 'b', 'ab', '/', ':', 'arn:', made('A'), made('B'), symbol('P'));
const arns = fc.array(
  fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
  { maxLength: 8 },
);
const glob = fc
  .array(fc.oneof(piece, piece, fc.constantFrom('*', '?', '\\*')), { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.join(''));

/** Whether a made-up name stands at two places: a name is not part of itself, which the matcher does not see. */
function isShifted(pattern: string, arn: string): boolean {
  return ['A', 'B'].some(
    (name) => pattern.includes(made(name)) && arn.includes(made(name)) && pattern.indexOf(made(name)) !== arn.indexOf(made(name)),
  );
}

test('what a pattern may name, or name something in, is near', () => {
  fc.assert(
    fc.property(arns, glob, (all, pattern) => {
      const near = new ResourceIndex(all).near([pattern]);
      const missed = all.filter(
        (arn, at) =>
          !isShifted(pattern, arn) &&
          !near.has(all.indexOf(arn)) &&
          !near.has(at) &&
          [arn, `${arn}/x`, `${arn}:x`].some((name) => compileGlob(pattern).matches(name) !== 'no'),
      );
      expect(missed).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('an ARN that is given twice is near twice', () => {
  expect([...new ResourceIndex(['s3:a', 's3:a', 's3:b']).near(['s3:a/x'])].sort()).toEqual([0, 1]);
});

test('what is plainly apart is not near', () => {
  const all = ['s3:orders', 's3:orders-old', `s3:${made('A')}`, `s3:${made('B')}`, `s3:${symbol('P')}`, 'sqs:orders'];
  const near = (...globs: string[]): readonly (string | undefined)[] => [...new ResourceIndex(all).near(globs)].sort().map((at) => all[at]);
  expect(near('s3:orders/*')).toEqual(['s3:orders', `s3:${made('A')}`, `s3:${made('B')}`, `s3:${symbol('P')}`]);
  expect(near(`s3:${made('A')}/*`)).toEqual(['s3:orders', 's3:orders-old', `s3:${made('A')}`, `s3:${symbol('P')}`]);
  expect(near('sqs:*')).toEqual([`s3:${symbol('P')}`, 'sqs:orders']);
});
