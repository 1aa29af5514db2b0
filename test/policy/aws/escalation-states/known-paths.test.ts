import { findPaths } from '../../../../lib/core/review/paths';
import { awsWorldOf } from '../../../../lib/policy/aws';
import { arn } from './account';
import { alone, CLOSINGS, KNOWN, pathsOf, VARIANTS } from './known-paths';

test('there are 92 known paths, each with what it needs', () => {
  expect(new Set(KNOWN.map(({ id }) => id)).size).toBe(92);
  expect(KNOWN.filter(({ required }) => required.length === 0)).toEqual([]);
});

describe.each(Object.keys(VARIANTS))('written as %s', (name) => {
  test('every known path is found', () => {
    const missed = KNOWN.filter((path) => {
      const world = awsWorldOf(alone(...(VARIANTS[name]?.(path) ?? [])));
      return !world || findPaths(arn('user/dev'), [world]).paths.length === 0;
    });
    expect(missed.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(Object.keys(CLOSINGS))('closed by %s', (name) => {
  test('no path is reported', () => {
    const open = KNOWN.flatMap((path) => {
      const state = CLOSINGS[name]?.(path);
      const found = state ? pathsOf(state) : ['no state'];
      return found.length > 0 ? [`${path.id}: ${found.join('; ')}`] : [];
    });
    expect(open).toEqual([]);
  });
});
