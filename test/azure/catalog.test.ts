import { CATALOG, LIMITS } from '../../lib/azure/catalog';
import { GrantedVia } from '../../lib/azure/private/translate-access';
import { findCapabilityDefinition } from '../../lib/core/capability';
import { covers, type OperationEvidence } from '../../tools/evidence/azure-roles';
import evidenceJson from '../fixtures/azure-operations.json';

const EVIDENCE: Readonly<Record<string, { plane: string; roles: readonly OperationEvidence[] }>> = evidenceJson.operations;
const PLANES: Readonly<Record<string, string>> = {
  [GrantedVia.ACTION]: 'actions',
  [GrantedVia.DATA_ACTION]: 'dataActions',
  [GrantedVia.COSMOS_ROLE]: 'cosmos',
};
const LEVELS = ['list', 'read', 'write', 'delete'];

const GRANTS = Object.entries(CATALOG.capabilities).flatMap(([id, entry]) => (entry.grants ?? []).map((grant) => ({ id, grant })));
const OPERATIONS = GRANTS.filter(({ grant }) => grant.via !== GrantedVia.FEDERATION).flatMap(({ grant }) =>
  grant.permissions.map((operation) => [operation, PLANES[grant.via ?? '']] as const),
);

test('every grant says how Azure grants it', () => {
  expect(GRANTS.filter(({ grant }) => !Object.values<string | undefined>(GrantedVia).includes(grant.via)).map(({ id }) => id)).toEqual([]);
});

test('no grant exceeds the level of its capability', () => {
  const above = GRANTS.filter(({ id, grant }) => LEVELS.indexOf(grant.level) > LEVELS.indexOf(findCapabilityDefinition(id).level));
  expect(above.map(({ id }) => id)).toEqual([]);
});

test.each(OPERATIONS)('a built-in role holds %s among its %s', (operation, plane) => {
  const evidence = EVIDENCE[operation];
  expect(evidence?.plane).toBe(plane);
  expect(evidence?.roles.length).toBeGreaterThan(0);
  for (const { pattern, except } of evidence?.roles ?? []) {
    expect([operation, pattern, covers(pattern, operation)]).toEqual([operation, pattern, true]);
    expect(except.filter((one) => covers(one, operation))).toEqual([]);
    expect(pattern).not.toMatch(/^[*/]/);
  }
});

test('an operation that no role spells out is marked as not confirmed, or stands on a page of its own', () => {
  const onlyCovered = Object.entries(EVIDENCE)
    .filter(([operation, { roles }]) => !roles.some(({ pattern }) => pattern.toLowerCase() === operation.toLowerCase()))
    .map(([operation]) => operation);
  const confirmed = onlyCovered.filter((operation) =>
    GRANTS.some(({ grant }) => grant.permissions.includes(operation) && grant.confirmed !== false),
  );
  // Each of these is listed on the page its entry names.
  expect(confirmed).toMatchInlineSnapshot(`
[
  "Microsoft.AppConfiguration/configurationStores/keyValues/read",
  "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create",
  "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/delete",
  "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace",
  "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/upsert",
  "Microsoft.EventHub/namespaces/messages/send/action",
  "Microsoft.Logic/workflows/triggers/run/action",
  "Microsoft.Search/searchServices/indexes/documents/write",
  "Microsoft.ServiceBus/namespaces/messages/receive/action",
  "Microsoft.ServiceBus/namespaces/messages/send/action",
]
`);
});

test('there is no evidence for what the catalog does not use', () => {
  expect(Object.keys(EVIDENCE).sort()).toEqual([...new Set(OPERATIONS.map(([operation]) => operation))].sort());
});

test('only delegation is granted by trust alone, and it names no operation', () => {
  const federated = GRANTS.filter(({ grant }) => grant.via === GrantedVia.FEDERATION);
  expect(federated.map(({ id, grant }) => [id, grant.permissions])).toEqual([['agents:delegate', ['api://AzureADTokenExchange']]]);
});

test('the version of the catalog is the day of its newest check', () => {
  const days = Object.values(CATALOG.capabilities).flatMap(({ grants, unsupported }) => [
    ...(grants ?? []).map((grant) => grant.checked),
    ...(unsupported ? [unsupported.checked] : []),
  ]);
  expect(CATALOG.version).toBe(days.sort().at(-1));
});

test('what Azure cannot grant, or is not confirmed, is known', () => {
  const unsupported = Object.entries(CATALOG.capabilities).flatMap(([id, entry]) => (entry.unsupported ? [id] : []));
  const unconfirmed = GRANTS.filter(({ grant }) => grant.confirmed === false).map(({ id, grant }) => `${id} on ${grant.kinds}`);
  expect({ unsupported, unconfirmed }).toMatchInlineSnapshot(`
{
  "unconfirmed": [
    "models:invoke on responses-model",
    "models:invoke on inference-model",
    "models:stream on responses-model",
    "models:stream on inference-model",
    "guardrails:apply on content-safety",
    "code:interpret on session-pool",
    "telemetry:write on application-insights",
  ],
  "unsupported": [
    "warehouse:query",
    "databases:connect",
    "tools:invoke",
    "functions:invoke",
    "memory:read",
    "memory:write",
    "sessions:strands",
  ],
}
`);
});

test.each(Object.entries(LIMITS))('the limit %s is a number with a page', (_, limit) => {
  expect(limit).toMatchObject({ value: expect.any(Number), source: expect.stringMatching(/^https:/), checked: expect.any(String) });
});

test.each([
  ['a/*/read', 'a/b/c/read', true],
  ['a/*', 'A/B', true],
  ['a/b.c', 'a/bxc', false],
  ['a/read', 'a/readall', false],
])('pattern %s and operation %s: %s', (pattern, operation, expected) => {
  expect(covers(pattern, operation)).toBe(expected);
});
