import type { ManifestWorkflow } from '../../../lib/core/manifest';
import { detect, event, reader } from './story';

const STEPS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORK: ManifestWorkflow = { name: 'work', steps: STEPS.map((step) => ({ oneOf: [`x:${step}`], occurs: 'once' })) };
const agent = (workflow: ManifestWorkflow = WORK) =>
  reader({
    grants: [...STEPS, 'y'].map((step) => ({ step: `x:${step}`, actions: [`x:${step}`], resources: ['*'] })),
    workflows: [
      workflow,
      {
        name: 'other',
        steps: [
          { oneOf: ['x:y'], occurs: 'once' },
          { oneOf: ['x:a'], occurs: 'once' },
          { oneOf: ['x:y'], occurs: 'once' },
        ],
      },
    ],
  });

const deviations = (word: string, workflow?: ManifestWorkflow) =>
  detect(
    [...word].map((step, index) => event(index * 5, `x:${step}`)),
    { agent: agent(workflow) },
  ).map(({ rule, deviation }) => ({
    rule,
    kind: deviation?.kind,
    found: deviation?.found.join('').replace(/x:/g, ''),
    expected: deviation?.expected.join('').replace(/x:/g, ''),
  }));

test.each([
  ['abcdef', undefined],
  ['abcdefabcdef', undefined],
  ['abcydef', { rule: 'does-not-conform', kind: 'inserted', found: 'y', expected: '' }],
  ['abdef', { rule: 'does-not-conform', kind: 'skipped', found: '', expected: 'c' }],
  ['abef', { rule: 'does-not-conform', kind: 'skipped', found: '', expected: 'cd' }],
  ['abccdef', { rule: 'does-not-conform', kind: 'repeated', found: 'c', expected: '' }],
  ['abcbcdef', { rule: 'does-not-conform', kind: 'repeated', found: 'bc', expected: '' }],
  ['abydef', { rule: 'does-not-conform', kind: 'replaced', found: 'y', expected: 'c' }],
  ['abdcef', { rule: 'does-not-conform', kind: 'swapped' }],
  ['abcd', { rule: 'unfinished', kind: 'skipped', found: '', expected: 'ef' }],
])('%s against abcdef', (word, expected) => {
  const [first] = deviations(word);
  if (expected) expect(first).toMatchObject(expected);
  else expect(first).toBeUndefined();
});

test.each([
  ['abcdef', true],
  ['acbdef', true],
  ['acdbef', true],
  ['abcef', false],
  ['abbcdef', false],
])('b, c and d in any order: %s', (word, conforms) => {
  const steps: ManifestWorkflow['steps'] = [
    { oneOf: ['x:a'], occurs: 'once' },
    { oneOf: ['x:b', 'x:c', 'x:d'], occurs: 'once', all: true },
    { oneOf: ['x:e'], occurs: 'once' },
    { oneOf: ['x:f'], occurs: 'once' },
  ];
  expect(deviations(word, { name: 'work', steps }).length === 0).toBe(conforms);
});

test('calls of one second may have come in any order', () => {
  const at = [0, 5, 5, 5, 10, 15];
  const word = [...'acdbef'].map((step, index) => event(at[index] ?? 0, `x:${step}`));
  expect(detect(word, { agent: agent() })).toEqual([]);
  expect(
    detect(
      [...'acdbef'].map((step, index) => event(index, `x:${step}`)),
      { agent: agent() },
    ),
  ).not.toEqual([]);
});

test('each task is an order of its own', () => {
  const both = [...'abcdef'].flatMap((step, index) => ['t1', 't2'].map((task) => event(index * 5, `x:${step}`, undefined, { task })));
  expect(detect(both, { agent: agent() })).toEqual([]);
});
