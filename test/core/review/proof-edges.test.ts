import type { AccessEntry, AccessRegion, KeyConstraint, ValueTest } from '../../../lib/core/review/access';
import { accessBeyond } from '../../../lib/core/review/difference';
import { symbol } from '../../../lib/core/review/glob';
import { accessWithin } from '../../../lib/core/review/proof';
import { holdsIn } from '../../../lib/core/review/region-search';

const ANY: AccessRegion = { resources: [['*']], notResources: [], when: [] };
const region = (more: Partial<AccessRegion> = {}): AccessRegion => ({ ...ANY, ...more });
const on = (...globs: string[]): AccessRegion => region({ resources: [globs] });
const may = (actions: string, where: AccessRegion = ANY, ...except: AccessRegion[]): AccessEntry => ({
  actions: actions.split(' '),
  region: where,
  except,
  origins: [],
});
const oneOf = (...globs: string[]): ValueTest => ({ kind: 'one-of', globs, ignoreCase: false });
const key = (name: string, test: ValueTest, more: Partial<KeyConstraint> = {}): KeyConstraint => ({
  key: name,
  test,
  whenAbsent: false,
  text: name,
  ...more,
});
const when = (...constraints: KeyConstraint[]): AccessRegion => region({ when: constraints });

test.each<readonly [string, readonly AccessEntry[], readonly AccessEntry[], string]>([
  ['everything, within everything less a part', [may('x')], [may('x', ANY, on('a'))], 'refuted'],
  ['everything, within all but a part', [may('x')], [may('x', region({ notResources: ['a'] }))], 'refuted'],
  ['everything, within everything under a condition', [may('x')], [may('x', when(key('k', oneOf('a'))))], 'refuted'],
  ['a part, within everything less another part', [may('x', on('b'))], [may('x', ANY, on('a'))], 'proven'],
  ['each action by what allows it', [may('x y', on('a'))], [may('x', on('a')), may('y', on('b'))], 'refuted'],
  ['each action by what allows it, whichever comes first', [may('x y', on('a'))], [may('x', on('b')), may('y', on('a'))], 'refuted'],
  ['a doubt and then a certainty', [may('x', on(symbol('B'))), may('y')], [may('x', on(symbol('C')))], 'refuted'],
  ['what is denied under a condition is left without it', [may('x')], [may('x', ANY, when(key('k', oneOf('a'))))], 'refuted'],
  [
    'a hole of the one side that the other has too, but for a condition',
    [may('x', ANY, on('a'))],
    [may('x', ANY, region({ resources: [['a']], when: [key('k', oneOf('v'))] }))],
    'proven',
  ],
  [
    'a hole with a resource that is left out of it',
    [may('x', on('a/b'))],
    [may('x', ANY, region({ resources: [['a/*']], notResources: ['a/b'] }))],
    'proven',
  ],
  ['a key in another case, in both', [may('x', when(key('K', oneOf('a')), key('k', oneOf('b'))))], [], 'proven'],
  [
    'one reference of two',
    [may('x', on(`${symbol('B')}/x`, `${symbol('C')}/x`))],
    [may('x', on(`${symbol('B')}/*`)), may('x', on(`${symbol('C')}/*`))],
    'proven',
  ],
  [
    'tests of two kinds on one key',
    [may('x', when(key('k', oneOf('7'))))],
    [may('x', when(key('k', { kind: 'range', unit: 'number', min: 5 })))],
    'not-proven',
  ],
  [
    'tests of two kinds on one key, of which values are open',
    [may('x', when(key('k', oneOf('7*'))))],
    [may('x', when(key('k', { kind: 'range', unit: 'number', min: 5 })))],
    'refuted',
  ],
  [
    'moments, written as seconds',
    [may('x', when(key('k', oneOf('2'))))],
    [may('x', when(key('k', { kind: 'range', unit: 'moment', max: 1500 })))],
    'refuted',
  ],
  [
    'a case that counts, within one that does not',
    [may('x', when(key('k', { ...oneOf('A*'), ignoreCase: true } as ValueTest)))],
    [may('x', when(key('k', oneOf('A*'))))],
    'refuted',
  ],
])('%s', (_, inner, outer, expected) => {
  expect(accessWithin(inner, outer).verdict).toBe(expected);
});

test('what is too large to compare is not proven', () => {
  const names = Array.from({ length: 12 }, (_, at) => `k${at}`);
  const outer = [
    ...names.map((name) => may('x', when(key(name, oneOf('a')), key(`${name}2`, oneOf('a'))))),
    may('x', when(key('k', oneOf('a', 'b')))),
  ];
  expect(accessWithin([may('x', when(key('k', oneOf('a'))))], outer)).toEqual({
    verdict: 'not-proven',
    reason: 'x on *: the policies are too large to compare in full',
  });
});

test('of a network that a reference stands for it is open what lies in it', () => {
  const inNet = (...blocks: string[]) => when(key('ip', { kind: 'network', blocks, outside: false }));
  expect(accessWithin([may('x', inNet('10.0.0.0/8'))], [may('x', inNet(symbol('Net')))]).verdict).toBe('not-proven');
  expect(accessWithin([may('x', inNet(symbol('Net')))], [may('x', inNet('10.0.0.0/8'))]).verdict).toBe('not-proven');
  expect(accessWithin([may('x', inNet(symbol('Net')))], [may('x', inNet(symbol('Net')))]).verdict).toBe('proven');
});

test.each<readonly [string, readonly AccessEntry[], readonly AccessEntry[]]>([
  [
    'a value that no pattern names, which a reference may take up whole',
    [may('x', when(key('k', { kind: 'none-of', globs: ['', `${symbol('C')}*`], ignoreCase: false })))],
    [],
  ],
  [
    'whether what is no number differs from one',
    [may('x', when(key('k', oneOf('many'))))],
    [may('x', when(key('k', { kind: 'not-equal', unit: 'number', values: [5] })))],
  ],
])('it is open: %s', (_, inner, outer) => {
  expect(accessWithin(inner, outer).verdict).toBe('not-proven');
});

test('of a condition that nobody can decide it is open whether a request without its key meets it', () => {
  const opaque = key('k', { kind: 'opaque', text: 'x' });
  expect(accessWithin([may('x')], [may('x', when(opaque))]).verdict).toBe('not-proven');
});

test('a key without values is as good as absent', () => {
  const ask = (whenAbsent: boolean) =>
    holdsIn(when(key('k', oneOf('v'), { quantifier: 'every', whenAbsent })), { resource: 'a', context: { k: [] } });
  expect([ask(true), ask(false)]).toEqual(['yes', 'no']);
});

test('the keys of a request are found in any case', () => {
  const point = { resource: 'a', context: { 'AWS:key': ['v'] } };
  expect(holdsIn(when(key('aws:Key', oneOf('v'))), point)).toBe('yes');
});

describe('what is beyond', () => {
  const beyond = (inner: readonly AccessEntry[], outer: readonly AccessEntry[]) =>
    accessBeyond(inner, outer).map(({ actions, region: { resources, when: needs } }) => [
      actions.join(' '),
      resources,
      needs.map(({ text }) => text),
    ]);

  test.each<readonly [string, readonly AccessEntry[], readonly AccessEntry[], readonly unknown[]]>([
    [
      'is cut to the exceptions of what is around it',
      [may('x', on('a/*'))],
      [may('x', on('a/*'), on('a/in/*'))],
      [['x', [['a/in/*']], []]],
    ],
    [
      'with their conditions',
      [may('x', on('a/*'))],
      [may('x', on('a/*'), region({ resources: [['a/in/*']], when: [key('k', oneOf('v'))] }))],
      [['x', [['a/in/*']], ['k']]],
    ],
    [
      'and not to exceptions that something else fills',
      [may('x', on('a/*'))],
      [may('x', on('a/*'), on('a/in/*'), on('a/out/*')), may('x', on('a/in/*'))],
      [['x', [['a/out/*']], []]],
    ],
    [
      'but not by what allows other actions',
      [may('x y', on('a/*'))],
      [may('x', on('a/*'), on('a/in/*'))],
      [
        ['x', [['a/in/*']], []],
        ['y', [['a/*']], []],
      ],
    ],
    ['is whole where no pattern alone is beyond', [may('x', on('a', 'b'))], [], [['x', [['a', 'b']], []]]],
  ])('%s', (_, inner, outer, expected) => {
    expect(beyond(inner, outer)).toEqual(expected);
  });
});
