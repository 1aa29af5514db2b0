import type { PlannedGrant } from '../../lib';
import { CHECKS } from '../../lib/core/checks';
import { SCHEMAS } from '../../lib/core/document';
import { AccessLevel } from '../../lib/core/enums';
import type { IdentityRecord } from '../../lib/core/fleet';
import { Fleets } from '../../lib/core/fleet';
import type { Manifest, ManifestNativeGrant } from '../../lib/core/manifest';
import { formatManifest, readManifest } from '../../lib/core/manifest';
import { VERSION } from '../../lib/core/version';
import packageJson from '../../package.json';
import { messageOf, reader } from '../fixtures/agents';

function record(changes: Partial<IdentityRecord> = {}, credentialLifeSeconds = 3600): IdentityRecord {
  return {
    cloud: 'nimbus',
    catalog: '2026-11-23',
    fleet: 'prod',
    agent: reader(),
    construct: 'App/Reader',
    describe: () => ({
      kind: 'badge',
      name: 'prod--invoice-reader',
      principal: 'badge:1',
      trust: [],
      credentialLifeSeconds,
      credentialLifeReason: 'because',
    }),
    native: () => [],
    resolve: (value) => value as string,
    ...changes,
  };
}

const grant = (scopes: string[]): PlannedGrant => ({
  capability: 'objects:read',
  resource: 'invoices',
  kind: 'box',
  target: 'content',
  level: AccessLevel.READ,
  permissions: ['z.get', 'a.get'],
  scopes,
  conditions: [],
  traits: [],
  wide: scopes.includes('*'),
});

function manifestWith(scopes: string[], native: ManifestNativeGrant[] = [], life = 3600): Manifest {
  const fleets = Fleets.of({});
  const member = fleets.register(record({ native: () => native }, life));
  member.attachRole({ plan: { agent: reader(), cloud: 'nimbus', grants: [grant(scopes)] } });
  return fleets.toManifest();
}

test('the manifest is valid against its published schema, in stable order, and the same text every time', () => {
  const root = {};
  for (const [name, cloud] of [
    ['zebra', 'nimbus'],
    ['ant', 'nimbus'],
    ['ant', 'alto'],
  ] as const) {
    Fleets.of(root).register(record({ cloud, agent: reader({ name }) }));
  }
  const text = formatManifest(Fleets.of(root).toManifest());
  expect(readManifest('x', text).agents.map((agent) => `${agent.cloud} ${agent.name}`)).toEqual(['alto ant', 'nimbus ant', 'nimbus zebra']);
  expect(formatManifest(Fleets.of(root).toManifest())).toBe(text);
  expect(text).not.toMatch(/\d{4}-\d{2}-\d{2}T/);
});

test('a manifest that breaks the schema is refused with every problem', () => {
  expect(messageOf(() => readManifest('cdk.out', '{ "schemaVersion": 2, "library": "1" }'))).toMatchInlineSnapshot(`
"manifest 'cdk.out' has 3 problems:
  /: lacks 'agents'
  /: lacks 'catalogs'
  /schemaVersion: must be 1, got: 2
 ; correct all of them; the schema is published in the package [invalid-document]"
`);
});

test('permissions appear sorted with the capability they came from', () => {
  const [agent] = manifestWith(['box/1']).agents;
  expect(agent?.access).toEqual([
    {
      capability: 'objects:read',
      resource: 'invoices',
      kind: 'box',
      level: 'read',
      permissions: ['a.get', 'z.get'],
      scopes: ['box/1'],
      conditions: [],
    },
  ]);
});

test('an identity is registered once per fleet and cloud, and takes one role', () => {
  const fleets = Fleets.of({});
  const member = fleets.register(record());
  fleets.register(record({ fleet: 'test' }));
  fleets.register(record({ cloud: 'alto' }));
  expect(messageOf(() => fleets.register(record({ construct: 'App/Other' })))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' already has an identity in fleet 'prod' on nimbus, because an identity is never shared, got: 'App/Reader'; use that identity, or give this deployment its own 'fleet' [duplicate-agent]"`,
  );
  member.attachRole({ plan: { agent: reader(), cloud: 'nimbus', grants: [] } });
  expect(messageOf(() => member.attachRole({ plan: { agent: reader(), cloud: 'nimbus', grants: [] } }))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' takes exactly one ScopedAgentRole, got: 'App/Reader'; declare all its resources there [role-already-scoped]"`,
  );
});

test('an identity that is made takes the place of a reference to it, unless a role hangs on the reference', () => {
  const fleets = Fleets.of({});
  const reference = { imported: true, construct: 'App/Reference' };
  fleets.register(record(reference));
  fleets.register(record());
  expect(fleets.tryFind('nimbus', 'prod', 'invoice-reader')?.identity.construct).toBe('App/Reader');
  expect(() => fleets.register(record(reference))).toThrow('[duplicate-agent]');

  const others = Fleets.of({});
  others.register(record(reference)).attachRole({ plan: { agent: reader(), cloud: 'nimbus', grants: [] } });
  expect(() => others.register(record())).toThrow("got: 'App/Reference'");

  const granted = Fleets.of({});
  granted.register(record({ ...reference, native: () => [{ origin: 'App/B', permissions: ['p'], scopes: ['s'], conditions: [] }] }));
  expect(() => granted.register(record())).toThrow("got: 'App/Reference'");
});

const native: ManifestNativeGrant = { origin: 'App/Bucket', permissions: ['box.put'], scopes: ['box/2'], conditions: [] };
const noRole = Fleets.of({});
noRole.register(record());

test.each([
  ['no-role', noRole.toManifest(), manifestWith(['box/1'])],
  ['native-grant', manifestWith(['box/1'], [native]), manifestWith(['box/1'])],
  ['wide-scope', manifestWith(['*']), manifestWith(['box/*'])],
  ['credential-life', manifestWith(['box/1'], [], 86_400), manifestWith(['box/1'], [], 3600)],
])('check %s finds the bad case and passes the good one', (id, bad, good) => {
  const ids = (manifest: Manifest): string[] => manifest.agents.flatMap((agent) => agent.findings.map((finding) => finding.id));
  expect(ids(bad)).toContain(id);
  expect(ids(good)).not.toContain(id);
});

test('the name of each file with a check is the id of the check', () => {
  const { readdirSync } = jest.requireActual<typeof import('node:fs')>('node:fs');
  const files = readdirSync('lib/core/checks').flatMap((file) => (file.endsWith('.ts') ? [file.replace(/\.ts$/, '')] : []));
  expect(files.filter((file) => !['index', 'check', 'control-check', 'controls'].includes(file)).sort()).toEqual(
    CHECKS.map((check) => check.id).sort(),
  );
});

test('the version in the manifest is the version of the package', () => {
  expect(VERSION).toBe(packageJson.version);
  expect(SCHEMAS.manifest.$id).toBe('urn:agentic-iam:schema:manifest:1');
});
