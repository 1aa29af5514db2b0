import { blastRadiusOf } from '../../../lib/core/review/blast-radius';
import { findPaths } from '../../../lib/core/review/paths';
import { type BlastRadius, HARM_LEVELS } from '../../../lib/core/review/result';
import { type Toy, type ToyPrincipal, toyWorld } from './toy-world';

function radiusOf(toy: Toy): BlastRadius {
  const world = toyWorld(toy);
  const [first] = world.principals;
  if (!first) throw new Error('nobody');
  return blastRadiusOf(first, findPaths(first.id, [world]), [world]);
}

const alone = (rights: ToyPrincipal['rights'], more: Partial<Toy> = {}): Toy => ({
  principals: [{ id: 'invoice-reader', rights }],
  resources: ['box', 'crate', 'chest'],
  secrets: ['safe'],
  ...more,
});
const LEAD = 'If invoice-reader is taken over, an attacker can';

describe('one sentence for a manager', () => {
  test.each<[string, Toy, string]>([
    ['nothing at all', alone([]), 'read, change and delete nothing.'],
    ['reads of three', alone(['read box', 'read crate', 'read chest']), 'read data in 3 resources and nothing else.'],
    ['one resource, read and changed', alone(['read box', 'write box']), 'read data in and change 1 resource and nothing else.'],
    [
      'three kinds of harm',
      alone(['read box', 'write box', 'delete crate']),
      'read data in and change 1 resource, delete in 1 resource and nothing else.',
    ],
    ['credentials', alone(['open safe']), 'read credentials in 1 resource and nothing else.'],
    [
      'a look at how things are set up is said',
      alone(['read box', 'look *']),
      'read data in 1 resource, and otherwise only see how things are set up.',
    ],
    ['only a look', alone(['look *']), 'read, change and delete nothing, and otherwise only see how things are set up.'],
    [
      'everything that has a name like it',
      alone(['read logs-*', 'read box']),
      'read data in 1 resource and all that match 1 pattern and nothing else.',
    ],
    ['every resource', alone(['read *', 'read box']), 'read data in every resource of the kinds it may use and nothing else.'],
    ['full control', alone(['* *']), 'take full control of everything in the account.'],
    [
      'what is not known leaves it open',
      { principals: [{ id: 'invoice-reader', rights: ['read box'], unknowns: ['A policy is not at hand.'] }], resources: ['box'] },
      'read data in 1 resource. Not everything was understood, so it may be more.',
    ],
    [
      'what is not known of the world leaves it open',
      alone(['read box'], { unknowns: ['A file could not be read.'] }),
      'read data in 1 resource. Not everything was understood, so it may be more.',
    ],
    [
      'an action of which nothing is known',
      alone(['read box', 'polish box']),
      'read data in 1 resource. Not everything was understood, so it may be more.',
    ],
    [
      'another identity',
      {
        principals: [
          { id: 'invoice-reader', rights: ['become b'] },
          { id: 'b', rights: ['write box'] },
        ],
        resources: ['box'],
      },
      'change 1 resource, change who may use 1 resource, act as 1 other identity and nothing else.',
    ],
  ])('%s', (_, toy, expected) => {
    expect(radiusOf(toy).sentence).toBe(`${LEAD} ${expected}`);
  });
});

describe('levels', () => {
  test('each action counts at its level, with examples and the names of resources', () => {
    const { levels } = radiusOf(
      alone(['read box', 'read crate', 'tag box', 'delete chest', 'grant box', 'run box', 'open safe', 'look box']),
    );
    expect(
      Object.fromEntries(HARM_LEVELS.map((level) => [level, [levels[level].actions, levels[level].examples, levels[level].resources]])),
    ).toEqual({
      'read-data': [1, ['read'], ['box', 'crate']],
      'read-credentials': [1, ['open'], ['safe']],
      'change-data': [2, ['run', 'tag'], ['box']],
      destroy: [1, ['delete'], ['chest']],
      grant: [1, ['grant'], ['box']],
      'run-code': [1, ['run'], ['box']],
    });
  });

  test('credentials of an identity that can be had are counted as that identity, and those of others as credentials', () => {
    const open = (...rights: string[]) => radiusOf({ principals: [{ id: 'a', rights }, { id: 'b', rights: ['read box'] }, { id: 'c' }] });
    expect(open('become b', 'open b')).toMatchObject({ principals: ['b'], levels: { 'read-credentials': { actions: 0, resources: [] } } });
    expect(open('become b', 'open b', 'open c').levels['read-credentials']).toMatchObject({ actions: 1, resources: ['c'] });
    expect(open('open a').levels['read-credentials'].resources).toEqual(['a']);
    expect(open('become b', 'open *').levels['read-credentials'].resources).toEqual(['*']);
  });

  test('a pattern within a known resource is that resource, and what a pattern takes in is not counted again', () => {
    expect(radiusOf(alone(['read box/*', 'read box/inner', 'read other-*', 'read other-1'])).levels['read-data'].resources).toEqual([
      'box',
      'other-*',
    ]);
  });

  test('full control is every level, everywhere', () => {
    const { levels, admin } = radiusOf(alone(['* *']));
    expect(admin).toBe(true);
    for (const level of HARM_LEVELS) expect(levels[level]).toEqual({ actions: 1, examples: ['*'], resources: ['*'] });
  });

  test('what can be had through others counts, a group and a sub-agent included', () => {
    const { levels, principals, admin } = radiusOf({
      principals: [
        { id: 'a', declares: [], delegatesTo: ['b'], rights: ['become g'] },
        { id: 'b', declares: [], rights: ['become c'] },
        { id: 'c', rights: ['delete box'] },
        { id: 'd', rights: ['open safe'] },
      ],
      groups: ['g'],
      resources: ['box'],
    });
    expect([levels['read-data'].resources, levels.destroy.resources, levels['read-credentials'].actions]).toEqual([
      ['groups/*'],
      ['box'],
      0,
    ]);
    expect([principals, admin]).toEqual([['b', 'c', 'g'], false]);
  });

  test('full control through a sub-agent or at the end of a path is full control', () => {
    const boss = { id: 'b', declares: [], rights: ['* *'] };
    expect(radiusOf({ principals: [{ id: 'a', declares: [], delegatesTo: ['b'] }, boss] }).admin).toBe(true);
    expect(radiusOf({ principals: [{ id: 'a', rights: ['become b'] }, boss] })).toMatchObject({ admin: true, principals: ['b'] });
    expect(radiusOf({ principals: [{ id: 'a' }, boss] }).admin).toBe(false);
  });

  test('a change at the end of a path is not said to be a read', () => {
    const { levels } = radiusOf({
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: ['write box'] },
      ],
      resources: ['box'],
    });
    expect([levels['read-data'].actions, levels['change-data'].examples]).toEqual([0, ['write']]);
  });
});

describe('what holds it in', () => {
  test.each<[string, ToyPrincipal, readonly string[]]>([
    ['an identity without limits', { id: 'a', rights: ['read box'] }, []],
    ['the life of credentials', { id: 'a', declares: [] }, ['credentials that end after 15 minutes']],
    [
      'a ceiling and a window',
      { id: 'a', declares: [], more: { ceiling: {}, window: { notBefore: '2026-01-01', notAfter: '2027-01-01' } } },
      [
        'a ceiling of what was declared',
        'credentials that end after 15 minutes',
        'no access before 2026-01-01',
        'no access after 2027-01-01',
      ],
    ],
    [
      'a condition on all of its access',
      {
        id: 'a',
        rights: [
          { may: 'read', on: 'box', if: 'from the office' },
          { may: 'write', on: 'box', if: 'from the office' },
        ],
      },
      ['only where from the office'],
    ],
    ['a condition on some of its access', { id: 'a', rights: [{ may: 'read', on: 'box', if: 'from the office' }, 'write box'] }, []],
  ])('%s', (_, principal, expected) => {
    expect(radiusOf({ principals: [principal] }).containedBy).toEqual(expected);
  });
});
