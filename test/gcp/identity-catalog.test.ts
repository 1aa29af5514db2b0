import Ajv from 'ajv';
import fc from 'fast-check';
import catalog from '../../lib/gcp/catalog/identity.json';
import schema from '../../lib/gcp/catalog/identity.schema.json';
import { limit } from '../../lib/gcp/private/identity/limits';
import { accountId, poolId, providerId } from '../../lib/gcp/private/identity/names';

const isValid = new Ajv({ allErrors: true, strict: false }).compile(schema);

test('the identity catalog follows its schema', () => {
  isValid(catalog);
  expect(isValid.errors).toBeNull();
});

test.each([
  ['a limit without a source', { limits: { x: { ...catalog.limits.subject, source: undefined } } }],
  ['a source that is no https page', { limits: { x: { ...catalog.limits.subject, source: 'http://example.com' } } }],
  ['an unconfirmed fact without a note', { facts: { x: { ...catalog.facts.disabledPool, confirmed: false } } }],
])('the schema refuses %s', (_title, change) => {
  expect(isValid(JSON.parse(JSON.stringify({ ...catalog, ...change })))).toBe(false);
});

test('no entry was checked after the version of the catalog', () => {
  const days = [...Object.values(catalog.limits), ...Object.values(catalog.facts)].map(({ checked }) => checked);
  expect(days.filter((day) => day > catalog.version)).toEqual([]);
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const name = (max: number, min: number) =>
  fc
    .array(word, { minLength: 1, maxLength: 5 })
    .map((words) => words.join('-').slice(0, max).replace(/-$/, ''))
    .filter((text) => text.length >= min);
const fleet = name(20, 1);
const agent = name(30, 2);

test('every fleet and agent give an account id that Google takes', () => {
  fc.assert(
    fc.property(fleet, agent, (inFleet, named) => {
      const id = accountId(inFleet, named);
      expect(id).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])$/);
      expect(id.length).toBeGreaterThanOrEqual(limit('accountIdMin'));
      expect(id.length).toBeLessThanOrEqual(limit('accountIdMax'));
    }),
    {
      numRuns: 500,
      examples: [
        ['a', 'bc'],
        ['a'.repeat(20), 'b'.repeat(30)],
      ],
    },
  );
});

test('two pairs of fleet and agent never give one account id', () => {
  const pair = fc.tuple(fleet, agent);
  fc.assert(
    fc.property(pair, pair, ([fleetA, agentA], [fleetB, agentB]) => {
      fc.pre(fleetA !== fleetB || agentA !== agentB);
      expect(accountId(fleetA, agentA)).not.toBe(accountId(fleetB, agentB));
    }),
    {
      numRuns: 500,
      examples: [
        [
          ['a', 'bc'],
          ['a', 'bc-0'],
        ],
        [
          ['a', 'b-c'],
          ['a-b', 'c0'],
        ],
      ],
    },
  );
});

test('pool and provider ids are such as Google takes, never with its reserved prefix', () => {
  fc.assert(
    fc.property(fleet, fc.string(), fc.constantFrom('github', 'oidc', 'aws', 'azure', 'x509'), (inFleet, other, prefix) => {
      for (const id of [poolId(inFleet, other), providerId(prefix, other)]) {
        expect(id).toMatch(/^(?!gcp-)[a-z0-9-]{4,32}$/);
      }
    }),
    {
      numRuns: 500,
      examples: [
        ['gcp-main', 'stack', 'aws'],
        ['a'.repeat(13), 'stack', 'aws'],
      ],
    },
  );
});

test('two stacks of one fleet get two pools, and two fleets of one stack as well', () => {
  const ids = [poolId('prod', 'a'), poolId('prod', 'b'), poolId('prod-2', 'a'), poolId('prod', 'a/b')];
  expect(new Set(ids).size).toBe(ids.length);
});
