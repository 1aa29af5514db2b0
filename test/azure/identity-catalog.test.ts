import Ajv from 'ajv';
import identity from '../../lib/azure/catalog/identity.json';
import schema from '../../lib/azure/catalog/identity.schema.json';

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });

type Fact = { readonly source: string; readonly checked: string; readonly confirmed?: boolean; readonly note?: string };

const facts: readonly (readonly [string, Fact])[] = [
  identity.limits,
  identity.credentialLife,
  identity.federation,
  identity.providers,
  identity.graph,
].flatMap((group) => Object.entries(group));

test('the facts about identities obey their schema', () => {
  ajv.validate(schema, identity);
  expect(ajv.errors).toBeNull();
});

test('the schema refuses a fact without a source, and a doubtful one without a note', () => {
  const { source: _source, ...sourceless } = identity.limits.credentials;
  expect(ajv.validate(schema, { ...identity, limits: { ...identity.limits, credentials: sourceless } })).toBe(false);
  const doubtful = { ...identity.limits.credentials, confirmed: false };
  expect(ajv.validate(schema, { ...identity, limits: { ...identity.limits, credentials: doubtful } })).toBe(false);
});

test('no fact is newer than the version of the list', () => {
  expect(facts.map(([, { checked }]) => checked).filter((checked) => checked > identity.version)).toEqual([]);
});

test('what could not be confirmed is known by name', () => {
  expect(facts.filter(([, { confirmed }]) => confirmed === false).map(([name]) => name)).toMatchInlineSnapshot(`
[
  "agent-id",
  "entraIssued",
  "msgraph",
  "blueprint",
  "blueprintPrincipal",
  "agentIdentity",
]
`);
});

test('the figures are those of the documentation', () => {
  const { limits, credentialLife } = identity;
  expect({
    credentials: limits.credentials.max,
    credentialName: [limits.credentialName.min, limits.credentialName.max],
    subject: limits.subject.max,
    managedIdentity: credentialLife['user-assigned-identity'].seconds / 3600,
    application: credentialLife.application.seconds / 60,
  }).toEqual({ credentials: 20, credentialName: [3, 120], subject: 600, managedIdentity: 24, application: 90 });
});
