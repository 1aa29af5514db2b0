import fc from 'fast-check';
import { findPaths, type PathSearch } from '../../../lib/core/review/paths';
import type { AccessWorld } from '../../../lib/core/review/world';
import { type Toy, toyWorld } from './toy-world';

/** The paths of a search as short texts: steps by who takes them, and the end. */
function told({ paths }: Pick<PathSearch, 'paths'>): readonly string[] {
  return paths.map(
    ({ to, toArn, steps }) => `${steps.map(({ from, technique, to: next }) => `${from} ${technique} ${next}`).join(', ')} = ${to} ${toArn}`,
  );
}

const ANYONE = { id: 'b', rights: ['read box'] };

test.each<[string, Toy, readonly string[]]>([
  ['nothing leads anywhere', { principals: [{ id: 'a' }, ANYONE] }, []],
  ['another principal', { principals: [{ id: 'a', rights: ['become b'] }, ANYONE] }, ['a become b = principal b']],
  [
    'the same principal in two ways',
    { principals: [{ id: 'a', rights: ['become b', 'pass b', 'run code'] }, ANYONE] },
    ['a become b = principal b', 'a pass b = principal b'],
  ],
  ['a principal with nothing of its own is no end', { principals: [{ id: 'a', rights: ['become b', 'read *'] }, ANYONE] }, []],
  [
    'a principal with nothing of its own may lie on the way',
    {
      principals: [
        { id: 'a', rights: ['become b', 'become *', 'read box'] },
        { id: 'b', rights: ['become c'] },
        { id: 'c', rights: ['write box'] },
      ].map((one) => (one.id === 'a' ? { id: 'a', rights: ['become b'] } : one)),
    },
    ['a become b = principal b', 'a become b, b become c = principal c'],
  ],
  [
    'the shortest way is shown',
    {
      principals: [
        { id: 'a', rights: ['become b', 'become c'] },
        { id: 'b', rights: ['become c', 'read b'] },
        { id: 'c', rights: ['become d'] },
        { id: 'd', rights: ['read box'] },
      ],
    },
    ['a become b = principal b', 'a become c = principal c', 'a become c, c become d = principal d'],
  ],
  [
    'full control, and nothing is searched behind it',
    {
      principals: [
        { id: 'a', rights: ['become b', 'become c'] },
        { id: 'b', rights: ['* *'] },
        { id: 'c', rights: ['read box'] },
        { id: 'd', rights: ['write box'] },
      ],
    },
    ['a become b = admin b', 'a become c = principal c'],
  ],
  [
    'behind full control lie other accounts',
    {
      principals: [
        { id: 'a', rights: ['become b'], account: '1' },
        { id: 'b', rights: ['* *'], account: '1' },
        { id: 'c', rights: ['read box'], account: '1' },
        { id: 'd', rights: ['write box'], account: '2' },
        { id: 'e', rights: ['* *'], account: '2' },
      ],
    },
    [
      'a become b = admin b',
      'a become b, b become e = admin e',
      'a become b, b pass e = admin e',
      'a become b, b become d = principal d',
      'a become b, b pass d = principal d',
    ],
  ],
  ['an administrator has no paths', { principals: [{ id: 'a', rights: ['* *'] }, ANYONE] }, []],
  [
    'a step of one with the rights of another: the way to both is shown',
    {
      principals: [
        { id: 'a', rights: ['become b', 'become c'] },
        { id: 'b', rights: ['pass d'] },
        { id: 'c', rights: ['run code'] },
        { id: 'd', rights: ['write box'] },
      ],
    },
    ['a become b = principal b', 'a become c = principal c', 'a become b, a become c, b pass d = principal d'],
  ],
  [
    'a change of what is held',
    { principals: [{ id: 'a', rights: ['become b', 'grant b', 'read box'] }, ANYONE] },
    ['a become b, a grant b = admin b'],
  ],
  ['a change of what is not held', { principals: [{ id: 'a', rights: ['grant b'] }, ANYONE] }, []],
  ['a condition that is not met', { principals: [{ id: 'a', rights: [{ may: 'become', on: 'b', if: 'at full moon' }] }, ANYONE] }, []],
  ['a group that no list names', { principals: [{ id: 'a', rights: ['become g'] }], groups: ['g'] }, ['a become g = principal g']],
  [
    'a resource of another principal',
    { principals: [{ id: 'a', rights: ['become b'] }, ANYONE], resources: ['box'] },
    ['a become b = principal b', 'a become b, b use-resource box = resource box'],
  ],
  [
    'a resource that the start may use too, but not so',
    {
      principals: [
        { id: 'a', rights: ['become b', 'read box'] },
        { id: 'b', rights: ['write box'] },
      ],
      resources: ['box'],
    },
    ['a become b = principal b', 'a become b, b use-resource box = resource box'],
  ],
  [
    'a resource that the start may use so',
    {
      principals: [
        { id: 'a', rights: ['become b', 'read box'] },
        { id: 'b', rights: ['read *'] },
      ],
      resources: ['box'],
    },
    ['a become b = principal b'],
  ],
  [
    'a resource under a condition',
    {
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: [{ may: 'read', on: 'box', if: 'x' }] },
      ],
      resources: ['box'],
    },
    ['a become b = principal b'],
  ],
  [
    'credentials of another principal',
    {
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: ['open safe'] },
      ],
      secrets: ['safe'],
    },
    ['a become b, b use-resource safe = credentials safe', 'a become b = principal b'],
  ],
  [
    'a change of what holds credentials yields none',
    {
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: ['write safe'] },
      ],
      secrets: ['safe'],
    },
    ['a become b = principal b', 'a become b, b use-resource safe = resource safe'],
  ],
  [
    'data of what holds credentials are credentials',
    {
      principals: [
        { id: 'a', rights: ['become b'] },
        { id: 'b', rights: ['read safe'] },
      ],
      secrets: ['safe'],
    },
    ['a become b, b use-resource safe = credentials safe', 'a become b = principal b'],
  ],
  [
    'what only the policy of a resource gives',
    { principals: [{ id: 'a', rights: [{ may: 'read', on: 'box', by: 'resource' }, 'read crate'] }], resources: ['box', 'crate'] },
    ['a resource-policy box = resource box'],
  ],
  [
    'what the policy of a resource gives and was declared',
    { principals: [{ id: 'a', declares: ['read box'], rights: [{ may: 'read', on: 'box', by: 'resource' }] }], resources: ['box'] },
    [],
  ],
  [
    'what the policy of a resource gives and the stack itself granted',
    {
      principals: [{ id: 'a', declares: [], native: ['read box'], rights: [{ may: 'read', on: 'box', by: 'resource' }] }],
      resources: ['box'],
    },
    [],
  ],
])('%s', (_, toy, expected) => {
  expect(told(findPaths('a', [toyWorld(toy)]))).toEqual(expected);
});

describe('delegation', () => {
  const b = { id: 'b', declares: [], rights: ['become c', 'read box'] };
  const c = { id: 'c', rights: ['write box'] };
  test('a sub-agent is held, and is no path; what lies behind it is one', () => {
    const found = findPaths('a', [toyWorld({ principals: [{ id: 'a', declares: [], delegatesTo: ['b'] }, b, c], resources: ['box'] })]);
    expect(told(found)).toEqual([
      'a delegation b, b become c = principal c',
      'a delegation b, b become c, c use-resource box = resource box',
    ]);
    expect([...found.reached]).toEqual(['a', 'b', 'c']);
  });
  test('what a sub-agent of a sub-agent may do is given', () => {
    const principals = [
      { id: 'a', declares: [], delegatesTo: ['b'], rights: ['become d'] },
      { id: 'b', declares: [], delegatesTo: ['c'] },
      { id: 'c', declares: [], rights: ['write box'] },
      { id: 'd', rights: ['write box'] },
    ];
    const found = findPaths('a', [toyWorld({ principals, resources: ['box'] })]);
    expect(told(found)).toEqual([]);
    expect([...found.reached].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
  test('a sub-agent of another fleet is another agent', () => {
    const parent = { id: 'a', declares: [], delegatesTo: ['b'] };
    const stranger = { ...b, more: { fleet: 'other' } };
    expect([...findPaths('a', [toyWorld({ principals: [parent, stranger, c] })]).reached]).toEqual(['a']);
  });

  test('an agent of another cloud is delegated to, where its own has none of that name', () => {
    const parent = { id: 'a', declares: [], delegatesTo: ['b'] };
    const there = toyWorld({ cloud: 'other', principals: [{ id: 'far', declares: [], more: { name: 'b' } }] });
    const alone = toyWorld({ principals: [parent] });
    expect([...findPaths('a', [alone, there]).reached].sort()).toEqual(['a', 'far']);
    const beside = toyWorld({ principals: [parent, { id: 'b', declares: [] }] });
    expect([...findPaths('a', [beside, there]).reached].sort()).toEqual(['a', 'b']);
  });

  test('agents that delegate to each other', () => {
    const principals = [
      { id: 'a', declares: [], delegatesTo: ['b'] },
      { id: 'b', declares: [], delegatesTo: ['a'], rights: ['read box'] },
    ];
    expect([...findPaths('b', [toyWorld({ principals })]).reached]).toEqual(['b', 'a']);
  });
  test('a sub-agent with full control leaves nothing that was not given', () => {
    const principals = [{ id: 'a', declares: [], delegatesTo: ['b'], rights: ['become c'] }, { id: 'b', declares: [], rights: ['* *'] }, c];
    expect(told(findPaths('a', [toyWorld({ principals })]))).toEqual([]);
  });
});

test('a step into another world is known to that world', () => {
  const here = toyWorld({ principals: [{ id: 'a', rights: ['read box'] }] });
  const there = toyWorld({ cloud: 'sky', principals: [{ id: 'b', rights: ['read cloud'] }], resources: ['cloud'] });
  const federation: AccessWorld = {
    ...there,
    steps: (from, held) => [
      ...there.steps(from, held),
      ...(from === 'a'
        ? [
            {
              from,
              to: 'principal' as const,
              toId: 'b',
              technique: 'federate',
              sentence: 'federates',
              requests: [],
              allowedBy: [],
            },
          ]
        : []),
    ],
  };
  expect(told(findPaths('a', [here, federation]))).toEqual([
    'a federate b = principal b',
    'a federate b, b use-resource cloud = resource cloud',
  ]);
});

test('a declared secret is no path, though a technique may say so', () => {
  const open = (rights: readonly string[], declares: readonly string[]) => {
    const world = toyWorld({ principals: [{ id: 'a', declares, rights }], secrets: ['safe'] });
    const steps: AccessWorld['steps'] = (from) => [
      {
        from,
        to: 'credentials',
        toId: 'safe',
        technique: 'open-safe',
        sentence: 'opens safe',
        requests: [{ action: 'open', resource: 'safe' }],
        allowedBy: [],
      },
    ];
    return told(findPaths('a', [{ ...world, steps }]));
  };
  expect(open(['open safe'], ['open safe'])).toEqual([]);
  expect(open(['open safe'], [])).toEqual(['a open-safe safe = credentials safe']);
});

test('symbols are shown as people write them', () => {
  const id = 'role/\uE000Role\uE001\uE002x\uE003';
  const world = toyWorld({
    principals: [
      { id: 'a', rights: [`become ${id}`] },
      { id, rights: ['read box'] },
    ],
  });
  expect(JSON.stringify(findPaths('a', [world]).paths)).not.toMatch(/[\uE000-\uE003]/);
});

const ids = ['a', 'b', 'c', 'd', 'e'];
const boxes = ['x', 'y'];
const right = fc.oneof(
  fc.tuple(fc.constantFrom('become', 'pass', 'grant'), fc.constantFrom(...ids)).map(([may, on]) => `${may} ${on}`),
  fc.tuple(fc.constantFrom('read', 'write'), fc.constantFrom(...boxes)).map(([may, on]) => `${may} ${on}`),
  fc.constantFrom('run code', '* *'),
);
const toys = fc
  .tuple(...ids.map((id) => fc.array(right, { maxLength: id === 'a' ? 3 : 4 }).map((rights) => ({ id, rights }))))
  .map((principals): Toy => ({ principals, resources: boxes }));

/** All that is held in the end, asking everything again until nothing grows. */
function everHeld(world: AccessWorld): ReadonlySet<string> {
  const held = new Set(['a']);
  for (let size = 0; size !== held.size; ) {
    size = held.size;
    for (const id of [...held]) for (const step of world.steps(id, held)) if (step.to === 'principal') held.add(step.toId);
  }
  return held;
}

describe('the search, beside brute force', () => {
  test('holds what can be held, and ends where something is gained', () => {
    fc.assert(
      fc.property(toys, (toy) => {
        const world = toyWorld(toy);
        if (world.isAdmin('a')) return;
        const held = everHeld(world);
        const { paths, reached } = findPaths('a', [world]);
        expect([...reached].filter((id) => !world.isAdmin(id)).sort()).toEqual([...held].sort());
        const masters = paths.flatMap(({ to, toArn }) => (to === 'admin' && world.isAdmin(toArn) ? [toArn] : []));
        expect([...reached].filter((id) => world.isAdmin(id)).sort()).toEqual([...new Set(masters)].sort());
        const rightsOf = (id: string): readonly string[] => [...(toy.principals.find((one) => one.id === id)?.rights ?? [])].map(String);
        const ends = new Set<string>();
        for (const id of held) {
          for (const { to, toId, technique } of world.steps(id, held)) {
            const gains = to !== 'principal' || (toId !== 'a' && rightsOf(toId).some((one) => !rightsOf('a').includes(one)));
            if (gains) ends.add(`${technique} ${to} ${toId}`);
          }
          if (id === 'a') continue;
          for (const one of rightsOf(id).filter((text) => /^(read|write) /.test(text) && !rightsOf('a').includes(text)))
            ends.add(`use-resource resource ${one.split(' ')[1]}`);
        }
        expect(paths.map(({ to, toArn, steps }) => `${steps.at(-1)?.technique} ${to} ${toArn}`).sort()).toEqual([...ends].sort());
      }),
      { numRuns: 500 },
    );
  });

  test('every witness can be walked: each step works with what was held before it, and each request is allowed', () => {
    fc.assert(
      fc.property(toys, (toy) => {
        const world = toyWorld(toy);
        for (const { steps } of findPaths('a', [world]).paths) {
          const held = new Set(['a']);
          for (const step of steps) {
            expect([...held]).toContain(step.from);
            if (step.technique !== 'use-resource')
              expect(world.steps(step.from, held).map(({ technique, toId }) => `${technique} ${toId}`)).toContain(
                `${step.technique} ${step.to}`,
              );
            for (const request of step.requests) expect([...held].some((id) => world.decide(id, request).effect === 'allowed')).toBe(true);
            held.add(step.to);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('one more right never takes a principal away', () => {
    fc.assert(
      fc.property(toys, fc.constantFrom(...ids), right, (toy, id, more) => {
        if (more === '* *') return;
        const wider = {
          ...toy,
          principals: toy.principals.map((one) => (one.id === id ? { ...one, rights: [...(one.rights ?? []), more] } : one)),
        };
        const before = findPaths('a', [toyWorld(toy)]).reached;
        const after = findPaths('a', [toyWorld(wider)]).reached;
        expect([...before].filter((one) => !after.has(one))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

test('of the many that are held a way shows only those that its last step needs', () => {
  const idle = Array.from({ length: 150 }, (_unused, at) => ({ id: `idle-${at}`, rights: [`read data-${at}`] }));
  const world = toyWorld({
    principals: [
      { id: 'start', rights: ['become idle-*', 'become helper', 'become runner'] },
      ...idle,
      { id: 'helper', rights: ['pass goal'] },
      { id: 'runner', rights: ['run code'] },
      { id: 'goal', rights: ['delete everything'] },
    ],
  });
  const { paths } = findPaths('start', [world]);
  const way = paths.find(({ toArn }) => toArn === 'goal');
  expect(way?.steps.map(({ technique, to }) => `${technique} ${to}`)).toEqual(['become helper', 'become runner', 'pass goal']);
});
