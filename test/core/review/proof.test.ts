import fc from 'fast-check';
import type { AccessEntry, AccessRegion, KeyConstraint, ValueTest } from '../../../lib/core/review/access';
import { accessBeyond } from '../../../lib/core/review/difference';
import { symbol } from '../../../lib/core/review/glob';
import { accessWithin } from '../../../lib/core/review/proof';
import { isInside } from '../../../lib/core/review/region-search';

const ANY: AccessRegion = { resources: [['*']], notResources: [], when: [] };
const entry = (actions: readonly string[], region: Partial<AccessRegion> = {}, except: readonly AccessRegion[] = []): AccessEntry => ({
  actions,
  region: { ...ANY, ...region },
  except,
  origins: [{ statement: 'a statement', layer: 'identity' }],
});
const on = (...globs: string[]): Partial<AccessRegion> => ({ resources: [globs] });
const constraint = (key: string, test: ValueTest, more: Partial<KeyConstraint> = {}): KeyConstraint => ({
  key,
  test,
  whenAbsent: false,
  text: `${key} ${JSON.stringify(test)}`,
  ...more,
});
const oneOf = (...globs: string[]): ValueTest => ({ kind: 'one-of', globs, ignoreCase: false });
const noneOf = (...globs: string[]): ValueTest => ({ kind: 'none-of', globs, ignoreCase: false });
const verdict = (inner: AccessEntry, ...outer: AccessEntry[]): string => accessWithin([inner], outer).verdict;

describe('resources', () => {
  test.each<readonly [string, Partial<AccessRegion>, Partial<AccessRegion>[], string]>([
    ['the same pattern', on('a/*'), [on('a/*')], 'proven'],
    ['a narrower one', on('a/b/*'), [on('a/*')], 'proven'],
    ['a wider one', on('a*'), [on('a/*')], 'refuted'],
    ['everything', {}, [on('a/*')], 'refuted'],
    ['two that together cover it', on('a/*'), [on('a/b*'), { resources: [['a/*']], notResources: ['a/b*'] }], 'proven'],
    ['two that leave a gap', on('a/*'), [on('a/b*'), { resources: [['a/*']], notResources: ['a/*'] }], 'refuted'],
    ['one of its two patterns', on('a/*', 'b/*'), [on('a/*')], 'refuted'],
    ['both of its patterns', on('a/*', 'b/*'), [on('a/*'), on('b/*')], 'proven'],
    ['both lists must match', { resources: [['a/*'], ['*/x']] }, [on('a/*x')], 'proven'],
    ['the same reference', on(`${symbol('B')}/a/*`), [on(`${symbol('B')}/*`)], 'proven'],
    ['another reference', on(`${symbol('B')}/a`), [on(`${symbol('C')}/a`)], 'not-proven'],
    ['a literal star is no wildcard', on('a/\\*'), [on('a/b')], 'refuted'],
  ])('%s: %s within %s', (_, inner, outer, expected) => {
    expect(verdict(entry(['x'], inner), ...outer.map((one) => entry(['x'], one)))).toBe(expected);
  });

  test('a refutation names an action and a resource that the outer side does not allow', () => {
    expect(accessWithin([entry(['read', 'write'], on('logs/*'))], [entry(['read'], on('logs/*'))])).toEqual({
      verdict: 'refuted',
      request: { action: 'write', resource: 'logs/example' },
      origins: [{ statement: 'a statement', layer: 'identity' }],
    });
  });

  test('what is denied is not allowed', () => {
    const denied = entry(['x'], on('a/*'), [{ ...ANY, resources: [['a/secret/*']] }]);
    expect(verdict(denied, entry(['x'], { resources: [['a/*']], notResources: ['a/secret/*'] }))).toBe('proven');
    expect(verdict(entry(['x'], on('a/*')), denied)).toBe('refuted');
  });
});

describe('conditions', () => {
  const when = (...constraints: KeyConstraint[]): Partial<AccessRegion> => ({ when: constraints });
  test.each<readonly [string, Partial<AccessRegion>, Partial<AccessRegion>[], string]>([
    ['the same condition', when(constraint('k', oneOf('a'))), [when(constraint('k', oneOf('a')))], 'proven'],
    ['a stricter one', when(constraint('k', oneOf('a'))), [when(constraint('k', oneOf('a', 'b')))], 'proven'],
    ['none where one is asked', {}, [when(constraint('k', oneOf('a')))], 'refuted'],
    ['keys in another case', when(constraint('K', oneOf('a'))), [when(constraint('k', oneOf('a')))], 'proven'],
    [
      'a case that does not count',
      when(constraint('k', oneOf('A'))),
      [when(constraint('k', { ...oneOf('a'), ignoreCase: true } as ValueTest))],
      'proven',
    ],
    [
      'complementary conditions',
      {},
      [when(constraint('k', oneOf('a'))), when(constraint('k', noneOf('a'), { whenAbsent: true }))],
      'proven',
    ],
    ['complementary but for an absent key', {}, [when(constraint('k', oneOf('a'))), when(constraint('k', noneOf('a')))], 'refuted'],
    [
      'a later date',
      when(constraint('t', { kind: 'range', unit: 'moment', min: 2000 })),
      [when(constraint('t', { kind: 'range', unit: 'moment', min: 1000 }))],
      'proven',
    ],
    [
      'an earlier date',
      when(constraint('t', { kind: 'range', unit: 'moment', min: 1000 })),
      [when(constraint('t', { kind: 'range', unit: 'moment', min: 2000 }))],
      'refuted',
    ],
    [
      'dates that meet',
      {},
      [
        when(constraint('t', { kind: 'range', unit: 'number', max: 5 }, { whenAbsent: true })),
        when(constraint('t', { kind: 'range', unit: 'number', min: 5, minOpen: true })),
      ],
      'proven',
    ],
    [
      'a network inside',
      when(constraint('ip', { kind: 'network', blocks: ['10.1.0.0/16'], outside: false })),
      [when(constraint('ip', { kind: 'network', blocks: ['10.0.0.0/8'], outside: false }))],
      'proven',
    ],
    [
      'a network outside',
      when(constraint('ip', { kind: 'network', blocks: ['10.0.0.0/8'], outside: false })),
      [when(constraint('ip', { kind: 'network', blocks: ['10.1.0.0/16'], outside: false }))],
      'refuted',
    ],
    [
      'every value and some value',
      when(constraint('k', oneOf('a'), { quantifier: 'every', whenAbsent: true })),
      [when(constraint('k', oneOf('a'), { quantifier: 'some' }))],
      'refuted',
    ],
    [
      'the same undecided test',
      when(constraint('k', { kind: 'opaque', text: 'x' })),
      [when(constraint('k', { kind: 'opaque', text: 'x' }))],
      'proven',
    ],
    [
      'another undecided test',
      when(constraint('k', { kind: 'opaque', text: 'x' })),
      [when(constraint('k', { kind: 'opaque', text: 'y' }))],
      'not-proven',
    ],
    ['a condition that none can meet', when(constraint('k', oneOf('a')), constraint('k', oneOf('b'))), [], 'proven'],
  ])('%s', (_, inner, outer, expected) => {
    expect(verdict(entry(['x'], inner), ...outer.map((one) => entry(['x'], one)))).toBe(expected);
  });
});

describe('the difference', () => {
  test('is cut down to the actions and patterns that are beyond', () => {
    const found = accessBeyond(
      [entry(['read', 'write'], on('a/*', 'b/*'))],
      [entry(['read'], on('a/*', 'b/*')), entry(['write'], on('a/*'))],
    );
    expect(found.map(({ actions, region }) => [actions, region.resources])).toEqual([[['write'], [['b/*']]]]);
  });

  test('is empty for the same access in other words', () => {
    expect(accessBeyond([entry(['x'], on('a/*')), entry(['y'], on('a/*'))], [entry(['x', 'y'], on('a/*', 'a/b'))])).toEqual([]);
  });
});

/** A small universe: every request of it is asked of both sides. */
const LETTERS = ['a', 'b'];
const NAMES = ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb', 'aab', 'bab'];
const VALUES: readonly (readonly string[] | 'absent')[] = ['absent', ['a'], ['b'], ['ab'], ['c']];
const glob = fc.string({ unit: fc.constantFrom(...LETTERS, '*', '?'), maxLength: 3 });
const test1 = fc.record({
  kind: fc.constantFrom('one-of' as const, 'none-of' as const),
  globs: fc.array(glob, { maxLength: 2 }),
  ignoreCase: fc.constant(false),
});
const constraints = fc.array(
  fc.record({ key: fc.constantFrom('k', 'l'), test: test1, whenAbsent: fc.boolean(), text: fc.constant('a test') }),
  { maxLength: 2 },
);
const region: fc.Arbitrary<AccessRegion> = fc.record({
  resources: fc.array(fc.array(glob, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  notResources: fc.array(glob, { maxLength: 1 }),
  when: constraints,
});
const entries = fc.array(
  fc.record({
    actions: fc.subarray(['x', 'y'], { minLength: 1 }),
    region,
    except: fc.array(region, { maxLength: 1 }),
    origins: fc.constant([]),
  }),
  { maxLength: 3 },
);

function allowed(list: readonly AccessEntry[], action: string, point: Parameters<typeof isInside>[1]): boolean {
  return list.some((one) => one.actions.includes(action) && isInside(one, point) === 'yes');
}

function* requests(): Generator<{ readonly action: string; readonly point: Parameters<typeof isInside>[1] }> {
  for (const action of ['x', 'y'])
    for (const resource of NAMES)
      for (const k of VALUES)
        for (const l of VALUES) {
          yield { action, point: { resource, context: { ...(k === 'absent' ? {} : { k }), ...(l === 'absent' ? {} : { l }) } } };
        }
}

test('no request of a small universe ever contradicts a verdict, and most are decided', () => {
  let open = 0;
  let all = 0;
  fc.assert(
    fc.property(entries, entries, (inner, outer) => {
      all += 1;
      const proof = accessWithin(inner, outer);
      const breaking = [...requests()].find(({ action, point }) => allowed(inner, action, point) && !allowed(outer, action, point));
      if (proof.verdict === 'proven') expect(breaking).toBeUndefined();
      if (proof.verdict === 'refuted') {
        const { action, resource, context = {} } = proof.request;
        const point = { resource, context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, [value].flat()])) };
        expect([allowed(inner, action, point), allowed(outer, action, point)]).toEqual([true, false]);
      }
      if (proof.verdict === 'not-proven') open += 1;
    }),
    { numRuns: 400 },
  );
  expect(open / all).toBeLessThan(0.05);
});
