import fc from 'fast-check';
import { proveReadOnly } from '../../../lib/core/review/read-only';
import { parseAbac } from '../../../lib/policy/azure/engine/abac';
import { assigned, DEV, holding, STORE, SUBSCRIPTION, worldOf } from './stack';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const decide = (json: object, action: string, resource: string, context?: Readonly<Record<string, string>>) =>
  worldOf(json).decide(DEV, { action, resource, ...(context ? { context } : {}) }).effect;

test.each<readonly [string, object, string, string, string]>([
  [
    'a data role',
    assigned({ role_definition_name: 'Storage Blob Data Reader' }, { scope: STORE }),
    `${BLOBS}/read`,
    `${STORE}/blobServices/default/containers/a`,
    'allowed',
  ],
  [
    'what it does not hold',
    assigned({ role_definition_name: 'Storage Blob Data Reader' }, { scope: STORE }),
    `${BLOBS}/delete`,
    STORE,
    'implicitly-denied',
  ],
  [
    'another scope',
    assigned({ role_definition_name: 'Storage Blob Data Reader' }, { scope: STORE }),
    `${BLOBS}/read`,
    `${STORE}2`,
    'implicitly-denied',
  ],
  ['control operations give no data', assigned({ role_definition_name: 'Contributor' }), `${BLOBS}/read`, STORE, 'implicitly-denied'],
  ['a pattern', holding({ actions: ['Microsoft.Storage/*/read'] }), 'Microsoft.Storage/storageAccounts/read', STORE, 'allowed'],
  [
    'another case',
    holding({ actions: ['microsoft.storage/storageaccounts/READ'] }),
    'Microsoft.Storage/storageAccounts/read',
    STORE,
    'allowed',
  ],
  [
    'what notActions takes out',
    holding({ actions: ['*'], not_actions: ['Microsoft.Storage/*'] }),
    'Microsoft.Storage/storageAccounts/read',
    STORE,
    'implicitly-denied',
  ],
  ['a role nobody knows', assigned({ role_definition_name: 'Nobody Knows' }), 'Microsoft.Storage/storageAccounts/read', STORE, 'depends'],
])('%s', (_, json, action, resource, effect) => {
  expect(decide(json, action, resource)).toBe(effect);
});

const PATH = `@Resource[${BLOBS}:path]`;
const under = (prefix: string): string =>
  `((!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (${PATH} StringStartsWith '${prefix}'))`;

test.each<readonly [Readonly<Record<string, string>>, string]>([
  [{ [PATH]: 'in/1' }, 'allowed'],
  [{ [PATH]: 'out/1' }, 'implicitly-denied'],
  [{ SubOperation: 'Blob.List' }, 'allowed'],
  [{}, 'implicitly-denied'],
])('a condition on the path, with %j: %s', (context, effect) => {
  const json = assigned({ role_definition_name: 'Storage Blob Data Reader' }, { scope: STORE, condition: under('in/') });
  expect(decide(json, `${BLOBS}/read`, STORE, context)).toBe(effect);
});

test('a condition that is not understood is not decided', () => {
  const json = assigned({ role_definition_name: 'Storage Blob Data Reader' }, { scope: STORE, condition: 'WHO KNOWS' });
  expect(decide(json, `${BLOBS}/read`, STORE)).toBe('depends');
});

test.each<readonly [string, object, string]>([
  ['reads', holding({ data_actions: [`${BLOBS}/read`] }), 'proven'],
  ['a write', holding({ data_actions: [`${BLOBS}/read`, `${BLOBS}/write`] }), 'refuted'],
  ['Reader', assigned({ role_definition_name: 'Reader' }), 'refuted'],
  ['a role nobody knows', assigned({ role_definition_name: 'Nobody Knows' }), 'not-proven'],
])('read-only with %s is %s', (name, json, verdict) => {
  // `*/read` is a pattern of reads and nothing else.
  expect(proveReadOnly(DEV, worldOf(json)).verdict).toBe(name === 'Reader' ? 'proven' : verdict);
});

test('every part of a condition is read as it is grouped', () => {
  expect(parseAbac("NOT (@Request[a:b] StringEquals 'x' OR @Request[a:b] StringEquals 'y') AND ActionMatches{'z'}")).toMatchInlineSnapshot(`
{
  "kind": "and",
  "parts": [
    {
      "kind": "not",
      "part": {
        "kind": "or",
        "parts": [
          {
            "attribute": "@Request[a:b]",
            "kind": "test",
            "operator": "StringEquals",
            "text": "@Request[a:b] StringEquals 'x'",
            "values": [
              "x",
            ],
          },
          {
            "attribute": "@Request[a:b]",
            "kind": "test",
            "operator": "StringEquals",
            "text": "@Request[a:b] StringEquals 'y'",
            "values": [
              "y",
            ],
          },
        ],
      },
    },
    {
      "kind": "action",
      "patterns": [
        "z",
      ],
    },
  ],
}
`);
});

const leaf = fc.constantFrom("@Request[a:b] StringEquals 'x'", "ActionMatches{'z/*'}", "@Resource[c:d] StringLike 'y*'");
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('condition').map((one) => `!(${one})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('AND', 'OR', '&&', '||'), tie('condition'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
  ),
}));

test('any condition of known parts is understood', () => {
  fc.assert(fc.property(condition, (text) => expect(JSON.stringify(parseAbac(text))).not.toContain('"opaque"')));
});

test('what is listed is allowed, and what is allowed is listed', () => {
  const json = assigned({ role_definition_name: 'Storage Blob Data Contributor' }, { scope: STORE });
  const world = worldOf(json);
  const listed = new Set(world.access(DEV).entries.flatMap(({ actions }) => actions));
  for (const action of listed) expect([action, world.decide(DEV, { action, resource: STORE }).effect]).toEqual([action, 'allowed']);
  for (const action of [`${BLOBS}/read`, `${BLOBS}/runAsSuperUser/action`, 'Microsoft.Compute/virtualMachines/read']) {
    expect(world.decide(DEV, { action, resource: STORE }).effect === 'allowed').toBe(listed.has(action));
  }
  expect(world.decide(DEV, { action: `${BLOBS}/read`, resource: SUBSCRIPTION }).effect).toBe('implicitly-denied');
});

test('who may use one account touches what may be in it, and no other account', () => {
  const world = worldOf(
    assigned(
      { role_definition_name: 'Storage Blob Data Owner' },
      {
        scope: '${azurerm_storage_account.s.id}',
        resources: {
          azurerm_storage_account: { s: { name: 's' }, t: { name: 't' } },
          azurerm_storage_container: { c: { name: 'c' } },
          azurerm_key_vault: { v: { name: 'v' } },
        },
      },
    ),
  );
  expect(world.touches(DEV).map(({ resource, decision }) => `${decision.effect} ${resource}`)).toEqual([
    'allowed ${azurerm_storage_account.s.id}',
    'depends ${azurerm_storage_container.c.id}',
  ]);
  const action = 'Microsoft.Storage/storageAccounts/listKeys/action';
  expect(world.decide(DEV, { action, resource: '${azurerm_storage_account.t.id}' }).effect).toBe('implicitly-denied');
});
