import type { Finding } from '../../../lib/core/finding';
import { CLAIM_RULES } from '../../../lib/core/review/claim-rules';
import { reviewWorlds } from '../../../lib/core/review/review';
import { REVIEW_RULES, ruleOf } from '../../../lib/core/review/rules';
import { type Toy, type ToyPrincipal, toyWorld } from './toy-world';

function findingsOf(toy: Toy, id = 'a'): readonly Finding[] {
  return reviewWorlds([toyWorld(toy)], { sources: [] }).principals.find((one) => one.id === id)?.findings ?? [];
}

const agent = (more: Partial<ToyPrincipal>, others: Partial<Toy> = {}): Toy => ({
  principals: [{ id: 'a', declares: ['read box'], ...more }],
  ...others,
});
const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, id, message }) => `${severity} ${id}: ${message}`);

test.each<[string, Toy, readonly string[]]>([
  ['what was declared', agent({ rights: ['read box'] }), []],
  [
    'a change in a read-only agent',
    agent({ rights: ['write box'], declares: ['write box'], mode: 'READ_ONLY' }),
    ['error read-only: breaks the claim that it reads only: it may do write on box'],
  ],
  [
    'more than was declared',
    agent({ rights: ['read box', 'read crate'] }),
    ['error within-declared: breaks the claim that it reaches nothing but what was declared: it may do read on crate'],
  ],
  [
    'more than was declared, by the code of the stack itself',
    agent({ rights: ['read box', 'read crate'], native: ['read crate'] }),
    [
      "warning within-declared: breaks the claim that it reaches nothing but what was declared: it may do read on crate. It comes from a native grant of the stack's own code",
    ],
  ],
  [
    'more than was declared, by the code of the stack itself and otherwise',
    agent({ rights: ['read box', 'read crate', 'read chest'], native: ['read crate'] }),
    ['error within-declared: breaks the claim that it reaches nothing but what was declared: it may do read on crate'],
  ],
  [
    'credentials that were not declared',
    agent({ rights: ['open safe'] }),
    [
      'error no-undeclared-credentials: breaks the claim that it reads no credentials but the declared ones: it may do open on safe',
      'error within-declared: breaks the claim that it reaches nothing but what was declared: it may do open on safe',
    ],
  ],
  [
    'a path',
    {
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: ['read box'] },
      ],
    },
    ['error escalation-path: becomes b'],
  ],
  ['full control of an agent', agent({ rights: ['* *'], declares: ['* *'] }), ['error administrator: has full control of its account']],
  [
    'full control of anybody else',
    { principals: [{ id: 'a', rights: ['* *'] }] },
    ['warning administrator: has full control of its account'],
  ],
  [
    'full control of a sub-agent',
    {
      principals: [
        { id: 'a', declares: [], delegatesTo: ['b'] },
        { id: 'b', declares: ['* *'], rights: ['* *'] },
      ],
    },
    ['error administrator: has full control of its account through a sub-agent that it delegates to'],
  ],
  [
    'what is not known',
    { principals: [{ id: 'a', rights: [], unknowns: ['A policy is not at hand.'] }] },
    [
      'warning not-proven-no-escalation: is not proven to be one that cannot get further than it was given: not everything was understood. A policy is not at hand',
    ],
  ],
])('%s', (_, toy, expected) => {
  expect(told(findingsOf(toy))).toEqual(expected);
});

test('findings of the declaration are kept, before those of the review', () => {
  const first = { id: 'no-role', severity: 'warning', agent: 'a', message: 'm', fix: 'f' } as unknown as Finding;
  expect(findingsOf(agent({ rights: ['read crate'], more: { findings: [first] } })).map(({ id }) => id)).toEqual([
    'no-role',
    'within-declared',
  ]);
});

describe('the key of a finding, by which it is accepted', () => {
  const keyOf = (toy: Toy, id: string): readonly unknown[] =>
    findingsOf(toy)
      .filter((one) => one.id === id)
      .map(({ evidence }) => evidence?.['key']);
  const key = (rights: ToyPrincipal['rights'], id = 'within-declared') => keyOf(agent({ rights }), id);

  test('is the same for the same access, in whatever order it is written', () => {
    expect(key(['read crate', 'write crate'])).toEqual(key(['write crate', 'read box', 'read crate']));
    expect(key(['read crate'])).toHaveLength(1);
  });

  test.each<[string, ToyPrincipal['rights']]>([
    ['another action', ['read crate', 'write crate']],
    ['another resource', ['read crate', 'read chest']],
    ['a wider pattern', ['read c*']],
    ['less of a condition', [{ may: 'read', on: 'crate', if: 'x' }]],
    [
      'another statement',
      [
        { may: 'read', on: 'crate', by: 'identity' },
        { may: 'tag', on: 'crate', by: 'identity' },
      ],
    ],
  ])('changes with %s, though the counter-example may be the same', (_, rights) => {
    expect(key(rights)).not.toEqual(key(['read crate']));
  });

  test('of a claim that stays open changes with what keeps it open', () => {
    const open = (...unknowns: string[]) => keyOf({ principals: [{ id: 'a', unknowns }] }, 'not-proven-no-escalation');
    expect(open('One.', 'Two.')).not.toEqual(open('One.'));
    expect(open('One.')).toEqual(open('One.'));
  });

  test('of a path tells it from one by another principal, to another end and by another technique', () => {
    const c = { id: 'c', rights: ['write box'] };
    const paths: readonly Toy[] = [
      { principals: [{ id: 'a', rights: ['become b'] }, { id: 'b', rights: ['become c'] }, c] },
      { principals: [{ id: 'a', rights: ['become d'] }, { id: 'd', rights: ['become c'] }, c] },
      { principals: [{ id: 'a', rights: ['become c'] }, c] },
      { principals: [{ id: 'a', rights: ['pass c', 'run code'] }, c] },
    ];
    const keys = paths.flatMap((toy) => keyOf(toy, 'escalation-path'));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toBe('become b > principal b');
    expect(keys[1]).toBe('become b > become c > principal c');
  });
});

describe('rules', () => {
  test('each id once, with all that a reader needs', () => {
    expect(REVIEW_RULES.map(({ id }) => id)).toEqual([
      'no-role',
      'native-grant',
      'wide-scope',
      'credential-life',
      'administrator',
      'escalation-path',
      'read-only',
      'no-undeclared-credentials',
      'within-declared',
      'within-delegated',
      'nothing-new',
      'not-proven-read-only',
      'not-proven-no-undeclared-credentials',
      'not-proven-within-declared',
      'not-proven-no-escalation',
      'not-proven-within-delegated',
      'not-proven-nothing-new',
    ]);
    for (const { title, why, fix } of REVIEW_RULES) for (const text of [title, why, fix]) expect(text).toMatch(/^[a-z`'].{4,}[^.]$/);
  });

  test('every finding of a review has one', () => {
    const found = [
      ...findingsOf(agent({ rights: ['* *'] })),
      ...findingsOf(agent({ rights: ['write box', 'open safe', 'become b'], mode: 'READ_ONLY', unknowns: ['x.'] })),
      ...findingsOf({ principals: [{ id: 'a', unknowns: ['x.'] }] }),
    ];
    expect(found.length).toBeGreaterThan(5);
    for (const { id, fix } of found) expect([id, ruleOf(id)?.id, fix.length > 0]).toEqual([id, id, true]);
    expect(Object.keys(CLAIM_RULES)).toContain('no-escalation');
  });
});
