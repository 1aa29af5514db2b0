import { reviewWorlds } from '../../../lib/core/review/review';
import { VERSION } from '../../../lib/core/version';
import { type Toy, toyWorld } from './toy-world';

const FLEET: Toy = {
  principals: [
    { id: 'zoe', declares: ['read box'], rights: ['read box', 'become hank'] },
    { id: 'adam', declares: ['open safe'], delegatesTo: ['zoe'], rights: ['open safe'] },
    { id: 'hank', rights: ['write box'], reviewed: false },
  ],
  resources: ['box'],
  secrets: ['safe'],
};

test('those that are to be reviewed, in stable order, with what was read', () => {
  const sky = toyWorld({ cloud: 'sky', principals: [{ id: 'eva' }] });
  const review = reviewWorlds([toyWorld(FLEET), sky], { sources: ['a.json', 'b.json'], unknowns: ['A file is empty.'] });
  expect(review.principals.map(({ cloud, id, agent }) => [cloud, id, agent])).toEqual([
    ['sky', 'eva', undefined],
    ['toy', 'adam', 'adam'],
    ['toy', 'zoe', 'zoe'],
  ]);
  expect(review).toMatchObject({ schemaVersion: 1, library: VERSION, sources: ['a.json', 'b.json'], unknowns: ['A file is empty.'] });
});

test('the order in which worlds list principals changes nothing', () => {
  const turned = { ...FLEET, principals: [...FLEET.principals].reverse() };
  expect(JSON.stringify(reviewWorlds([toyWorld(turned)], { sources: [] }))).toBe(
    JSON.stringify(reviewWorlds([toyWorld(FLEET)], { sources: [] })),
  );
});

test('what was not understood is told once, and of whom', () => {
  const world = toyWorld({
    principals: [
      { id: 'adam', unknowns: ['A policy is not at hand.'] },
      { id: 'eva', unknowns: ["A policy of 'eva' is not at hand."] },
      { id: 'hank', unknowns: ['Not of interest.'], reviewed: false },
    ],
    unknowns: ['A resource is strange.', 'A resource is strange.'],
  });
  expect(reviewWorlds([world], { sources: [], unknowns: ['First.'] }).unknowns).toEqual([
    'First.',
    'A resource is strange.',
    "About 'adam': A policy is not at hand.",
    "A policy of 'eva' is not at hand.",
  ]);
});

test('nothing that is printed holds a symbol', () => {
  const bucket = 'bucket/\uE000Bucket\uE001\uE002x\uE003';
  const world = toyWorld({
    principals: [
      { id: 'a', declares: [], rights: [`read ${bucket}`, `write ${bucket}/*`, 'become b'], unknowns: [`Of ${bucket}.`] },
      { id: 'b', rights: [`delete ${bucket}`] },
    ],
    unknowns: [`About ${bucket}.`],
  });
  const text = JSON.stringify(reviewWorlds([world], { sources: [] }));
  expect(text).not.toMatch(/[\uE000-\uE003]/);
  expect(text).toContain('bucket/${Bucket}');
});

describe('the graph', () => {
  const { graph } = reviewWorlds([toyWorld(FLEET)], { sources: [] });

  test('has what is reviewed, what is reached and how', () => {
    expect(graph.edges).toEqual([
      { from: 'adam', to: 'safe', kind: 'read-credentials' },
      { from: 'adam', to: 'zoe', kind: 'delegates' },
      { from: 'hank', to: 'box', kind: 'escalates' },
      { from: 'zoe', to: 'box', kind: 'read-data' },
      { from: 'zoe', to: 'hank', kind: 'escalates' },
      { from: 'zoe', to: 'hank', kind: 'grant' },
    ]);
    expect(graph.nodes.map(({ id, kind, type }) => [id, kind, type])).toEqual([
      ['adam', 'agent', 'role'],
      ['zoe', 'agent', 'role'],
      ['safe', 'credentials', 'safe'],
      ['hank', 'principal', 'role'],
      ['box', 'resource', 'box'],
    ]);
  });

  test('every edge joins two nodes, and no node is there twice', () => {
    const ids = graph.nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(graph.edges.flatMap(({ from, to }) => [from, to]).filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('full control of its own account is a node of that account; of another principal, that principal', () => {
    const { nodes, edges } = reviewWorlds(
      [
        toyWorld({
          principals: [
            { id: 'a', account: '42', rights: ['become b', 'grant a'] },
            { id: 'b', rights: ['* *'] },
          ],
        }),
      ],
      { sources: [] },
    ).graph;
    expect(nodes.filter(({ kind }) => kind === 'admin').map(({ id, name }) => [id, name])).toEqual([
      ['b', 'b'],
      ['full control: 42', 'full control of 42'],
    ]);
    expect(edges.filter(({ kind }) => kind === 'escalates').map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'a full control: 42']);
  });
});
