import { findCapabilityDefinition } from '../../lib/core/capability';
import { CATALOG, DENIABLE, SCOPES } from '../../lib/gcp/catalog';
import evidenceJson from '../fixtures/gcp-permissions.json';

const EVIDENCE: Readonly<Record<string, readonly string[]>> = evidenceJson.roles;
const LEVELS = ['list', 'read', 'write', 'delete'];
const GRANTS = Object.entries(CATALOG.capabilities).flatMap(([id, entry]) => (entry.grants ?? []).map((grant) => ({ id, grant })));
const PERMISSIONS = [...new Set(GRANTS.flatMap(({ grant }) => grant.permissions))].sort();

test.each(PERMISSIONS)('a predefined role holds %s', (permission) => {
  expect(EVIDENCE[permission]?.length).toBeGreaterThan(0);
  for (const role of EVIDENCE[permission] ?? []) expect(role).toMatch(/^roles\/[A-Za-z0-9.]+$/);
});

test('there is no evidence for what the catalog does not use', () => {
  expect(Object.keys(EVIDENCE).sort()).toEqual(PERMISSIONS);
});

test('permissions stand in order, as custom roles hold them', () => {
  expect(GRANTS.filter(({ grant }) => `${[...grant.permissions].sort()}` !== `${grant.permissions}`).map(({ id }) => id)).toEqual([]);
});

test('a grant exceeds the level of its capability only where Google Cloud has nothing narrower, and says so', () => {
  const above = GRANTS.filter(({ id, grant }) => LEVELS.indexOf(grant.level) > LEVELS.indexOf(findCapabilityDefinition(id).level));
  expect(above.map(({ id, grant }) => `${id} on ${grant.kinds}: ${grant.permissions} - ${grant.note}`)).toMatchInlineSnapshot(`
[
  "objects:overwrite on bucket,bucket-prefix,managed-folder: storage.objects.delete - Replacing an object needs this permission, and Cloud Storage has none that only replaces; it also deletes.",
  "tables:write on bigtable-table: bigtable.tables.mutateRows - Bigtable has one permission for every mutation; it also deletes.",
]
`);
});

test('what Google Cloud cannot grant, or is not confirmed, is known', () => {
  const unsupported = Object.entries(CATALOG.capabilities).flatMap(([id, entry]) => (entry.unsupported ? [id] : []));
  const unconfirmed = GRANTS.filter(({ grant }) => grant.confirmed === false).map(({ id, grant }) => `${id} on ${grant.kinds}`);
  expect({ unsupported, unconfirmed }).toMatchInlineSnapshot(`
{
  "unconfirmed": [
    "code:interpret on code-sandbox",
    "executions:read on cloud-run-job",
    "indexes:query on vector-search-index",
    "indexes:write on vector-search-index",
    "knowledge:retrieve on rag-corpus",
  ],
  "unsupported": [
    "sessions:strands",
    "checkpoints:langgraph",
  ],
}
`);
});

test('what reaches a whole project says so', () => {
  const silent = GRANTS.filter(({ grant }) => grant.on === 'project' && !/project/.test(grant.note ?? ''));
  expect(silent.map(({ id, grant }) => `${id} on ${grant.kinds}`)).toMatchInlineSnapshot(`
[
  "tools:invoke on mcp-tools",
  "telemetry:write on project-metrics",
  "telemetry:write on project-traces",
]
`);
});

test('the version of the catalog is the day of its newest check', () => {
  const days = Object.values(CATALOG.capabilities).flatMap(({ grants, unsupported }) => [
    ...(grants ?? []).map((grant) => grant.checked),
    ...(unsupported ? [unsupported.checked] : []),
  ]);
  expect(CATALOG.version).toBe(days.sort().at(-1));
});

test('deniable permissions are written as deny policies want them, each once', () => {
  const all = [...DENIABLE.escalation, ...DENIABLE.write];
  expect(new Set(all).size).toBe(all.length);
  for (const permission of all) expect(permission).toMatch(/^[a-z]+\.googleapis\.com\/[A-Za-z]+\.[A-Za-z]+$/);
});

test('the things whose policy takes no condition are known', () => {
  const types = Object.entries(SCOPES).filter(([, { conditions }]) => !conditions);
  expect(types.map(([type]) => type)).toEqual(['pubsub-topic', 'pubsub-subscription', 'cloud-tasks-queue', 'reasoning-engine']);
});
