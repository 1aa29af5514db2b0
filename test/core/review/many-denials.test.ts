import type { AccessEntry, AccessRegion } from '../../../lib/core/review/access';
import { accessWithin } from '../../../lib/core/review/proof';

const on = (glob: string): AccessRegion => ({ resources: [[glob]], notResources: [], when: [] });
const entry = (glob: string, denied: readonly string[] = []): AccessEntry => ({
  actions: ['x'],
  region: on(glob),
  except: denied.map(on),
  origins: [],
});
const list = (count: number, glob: (name: string) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => glob(String.fromCharCode(97 + at).repeat(3)));

/** Patterns that start and end with a wildcard overlap each other in all combinations: were all of them followed, nothing would be decided. */
describe('many denials', () => {
  const denied = list(20, (name) => `*${name}*`);
  test.each<readonly [string, AccessEntry, AccessEntry, string]>([
    ['the same', entry('*', denied), entry('*', denied), 'proven'],
    ['in another order', entry('*', denied), entry('*', [...denied].reverse()), 'proven'],
    ['one more', entry('*', denied), entry('*', denied.slice(1)), 'proven'],
    ['one narrower', entry('*', denied), entry('*', [...denied.slice(1), '*aaa/b*']), 'proven'],
    ['one less', entry('*', denied.slice(1)), entry('*', denied), 'refuted'],
    ['one wider', entry('*', denied), entry('*', [...denied.slice(1), '*aa*']), 'refuted'],
  ])('%s', (_, inner, outer, expected) => {
    expect(accessWithin([inner], [outer]).verdict).toBe(expected);
  });
});

describe('many grants', () => {
  const all = list(26, (name) => `box/${name}-*/data/*`).map((glob) => entry(glob));
  test('in another order', () => {
    expect(accessWithin(all, [...all].reverse())).toEqual({ verdict: 'proven' });
  });

  test('one less', () => {
    expect(accessWithin(all, all.slice(1))).toMatchObject({
      verdict: 'refuted',
      request: { action: 'x', resource: 'box/aaa-example/data/example' },
    });
  });
});
