import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App as CdkApp } from 'aws-cdk-lib';
import { App as CdktfApp } from 'cdktf';
import { invoiceReader } from '../../examples/invoice-reader/agent';
import { InvoiceReaderStack as OnAws } from '../../examples/invoice-reader/aws';
import { InvoiceReaderStack as OnAzure } from '../../examples/invoice-reader/azure';
import { InvoiceReaderStack as OnGcp } from '../../examples/invoice-reader/gcp';
import type { Manifest, ManifestAgent } from '../../lib';
import { MANIFEST_FILE } from '../../lib';
import { readManifest } from '../../lib/core/manifest';
import { readCatalogs } from '../../tools/docs-tables';

/** Synthesises the one agent for every cloud and reads back what was written. */
function synthesise(): readonly ManifestAgent[] {
  const cdk = new CdkApp({ outdir: mkdtempSync(join(tmpdir(), 'cdk-')) });
  new OnAws(cdk, 'aws');
  const terraform = new CdktfApp({ outdir: mkdtempSync(join(tmpdir(), 'cdktf-')) });
  new OnAzure(terraform, 'azure');
  new OnGcp(terraform, 'gcp');
  const folders = [cdk.synth().directory, terraform.outdir];
  terraform.synth();
  return folders.map(read).flatMap((manifest) => manifest.agents);
}

function read(folder: string): Manifest {
  const file = join(folder, MANIFEST_FILE);
  return readManifest(file, readFileSync(file, 'utf8'));
}

const AGENTS = synthesise();
const byCloud = <T>(pick: (agent: ManifestAgent) => T): T[] => AGENTS.map(pick);

test('one spec becomes one identity on each cloud there is a catalog for', () => {
  expect(byCloud((agent) => agent.cloud).sort()).toEqual(
    readCatalogs()
      .map((catalog) => catalog.cloud)
      .sort(),
  );
  expect(new Set(byCloud((agent) => agent.identity.name))).toEqual(new Set(['prod--invoice-reader']));
});

test('what the spec says stands in the manifest of each cloud alike', () => {
  const said = byCloud(({ name, fleet, owner, purpose, mode, scope, limits, maxSessionSeconds, delegatesTo, workflows }) => ({
    name,
    fleet,
    owner,
    purpose,
    mode,
    scope,
    limits,
    maxSessionSeconds,
    delegatesTo,
    workflows,
  }));
  for (const one of said) expect(one).toEqual(said[0]);
});

test('every capability is granted on every cloud, each grant says which one it came from, and none was added', () => {
  const declared = invoiceReader.capabilities.map(({ id, resource }) => `${id} ${resource}`).sort();
  for (const agent of AGENTS) {
    const granted = [...new Set(agent.access.map((grant) => `${grant.capability} ${grant.resource}`))].sort();
    expect(granted).toEqual(declared);
    expect(agent.native).toEqual([]);
  }
});

test('no cloud grants the read-only agent a permission above read, but for evidence', () => {
  const above = AGENTS.flatMap((agent) => agent.access.filter((grant) => !['list', 'read'].includes(grant.level)));
  expect([...new Set(above.map((grant) => grant.capability))]).toEqual(['telemetry:write']);
});

test('a second synth of the same app writes the same manifests', () => {
  expect(synthesise()).toEqual(AGENTS);
});

test('the manifests hold no time of day and no path of this machine', () => {
  const text = JSON.stringify(AGENTS);
  expect(text).not.toMatch(/\d{4}-\d{2}-\d{2}T\d/);
  expect(text).not.toContain(process.cwd());
  expect(text).not.toContain(tmpdir());
});
