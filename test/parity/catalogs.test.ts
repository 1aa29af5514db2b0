import Ajv from 'ajv';
import { CAPABILITY_IDS, findCapabilityDefinition } from '../../lib/core/capability';
import type { CatalogGrant } from '../../lib/core/catalog';
import schema from '../../lib/core/schema/catalog.schema.json';
import { readCatalogs } from '../../tools/docs-tables';

const CATALOGS = readCatalogs();
const each = CATALOGS.map((catalog) => [catalog.cloud, catalog] as const);
const validate = new Ajv({ allErrors: true }).compile(schema);

const RANK = ['list', 'read', 'write', 'delete', 'tagging', 'permissions'];

test('there are three clouds, and the vocabulary has more than 30 capabilities', () => {
  expect(CATALOGS.map((catalog) => catalog.cloud).sort()).toEqual(['aws', 'azure', 'gcp']);
  expect(CAPABILITY_IDS.length).toBeGreaterThan(30);
});

test.each(each)('the catalog of %s is valid against the schema', (_cloud, catalog) => {
  validate(catalog);
  expect(validate.errors).toBeNull();
});

test('a wildcard, a grant without a source, and a gap without an alternative break the schema', () => {
  const base = JSON.parse(JSON.stringify(CATALOGS[0]));
  const grant = base.capabilities['objects:read'].grants[0];
  const withGrant = (changes: object) => ({ ...base, capabilities: { 'objects:read': { grants: [{ ...grant, ...changes }] } } });
  const gap = { reason: 'there is nothing like it', source: 'https://example.com', checked: '2026-11-23' };
  expect(validate(withGrant({}))).toBe(true);
  expect(validate(withGrant({ permissions: ['s3:Get*'] }))).toBe(false);
  expect(validate(withGrant({ source: undefined }))).toBe(false);
  expect(validate(withGrant({ confirmed: false, note: undefined }))).toBe(false);
  expect(validate({ ...base, capabilities: { 'objects:read': { unsupported: gap } } })).toBe(false);
});

test.each(each)('%s answers for every capability of the vocabulary, and no other', (_cloud, catalog) => {
  expect(Object.keys(catalog.capabilities).sort()).toEqual([...CAPABILITY_IDS]);
});

test.each(each)('each grant of %s names kinds and targets the catalog declares', (_cloud, catalog) => {
  const wrong = grantsOf(catalog.capabilities).flatMap(({ id, grant }) =>
    grant.kinds.flatMap((kind) => {
      const declared = catalog.kinds[kind];
      const targets = [...(declared?.targets ?? []), ...(declared?.optionalTargets ?? [])];
      return targets.includes(grant.on) ? [] : [`${id} on ${kind}.${grant.on}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test.each(each)('no permission of %s does more than its capability says, but where a note explains it', (_cloud, catalog) => {
  const above = grantsOf(catalog.capabilities).filter(({ id, grant }) => {
    const { level, traits } = findCapabilityDefinition(id);
    return RANK.indexOf(grant.level) > RANK.indexOf(level) && !traits.includes('evidence') && !grant.note;
  });
  expect(above).toEqual([]);
});

test.each(each)('a read capability of %s grants nothing above read, with or without a note', (_cloud, catalog) => {
  const above = grantsOf(catalog.capabilities).filter(({ id, grant }) => {
    const { level } = findCapabilityDefinition(id);
    return ['list', 'read'].includes(level) && !['list', 'read'].includes(grant.level);
  });
  expect(above).toEqual([]);
});

test.each(each)('every target of every kind of %s is granted on by some capability', (_cloud, catalog) => {
  const used = new Set(grantsOf(catalog.capabilities).flatMap(({ grant }) => grant.kinds.map((kind) => `${kind}.${grant.on}`)));
  const declared = Object.entries(catalog.kinds).flatMap(([kind, { targets, optionalTargets = [] }]) =>
    [...targets, ...optionalTargets].map((target) => `${kind}.${target}`),
  );
  expect(declared.filter((target) => !used.has(target))).toEqual([]);
});

test.each(each)('the version of the catalog of %s is the day of its newest check', (_cloud, catalog) => {
  const days = grantsOf(catalog.capabilities)
    .map(({ grant }) => grant.checked)
    .sort();
  expect(catalog.version).toBe(days.at(-1));
});

function grantsOf(capabilities: (typeof CATALOGS)[number]['capabilities']): { readonly id: string; readonly grant: CatalogGrant }[] {
  return Object.entries(capabilities).flatMap(([id, entry]) => (entry.grants ?? []).map((grant) => ({ id, grant })));
}
