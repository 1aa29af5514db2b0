import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG } from '../../lib/azure/catalog';
import type { CatalogGrant } from '../../lib/core/catalog';
import { byCodePoint } from '../../lib/core/json';
import { type BuiltInRole, evidenceFor, type Plane } from './azure-roles';
import { COSMOS_ROLES, COSMOS_SOURCE } from './cosmos-roles';

const OUTPUT = join(__dirname, '..', '..', 'test', 'fixtures', 'azure-operations.json');

const PLANES: Readonly<Record<string, Plane>> = { action: 'actions', 'data-action': 'dataActions', 'cosmos-role': 'cosmos' };

/** Where the file of built-in roles comes from; the operations themselves say which roles hold them. */
const HEADER = {
  header: 'generated from azure/built-in-roles-raw.json of iann0036/iam-dataset by tools/evidence/azure-operations.ts',
  command: 'node --import tsx tools/evidence/azure-operations.ts <path of built-in-roles-raw.json>',
  source: 'https://github.com/iann0036/iam-dataset',
  commit: '2073fa52ac008a45477aa0b1b4580cd99135bf60',
  date: '2026-08-22',
  licence: 'MIT',
  cosmosSource: COSMOS_SOURCE,
};

function main(path: string | undefined): number {
  if (!path) {
    process.stderr.write(`usage: ${HEADER.command}\n`);
    return 2;
  }
  const roles = JSON.parse(readFileSync(path, 'utf8')) as BuiltInRole[];
  const operations = Object.values(CATALOG.capabilities)
    .flatMap((entry) => entry.grants ?? [])
    .flatMap(operationsOf)
    .sort((a, b) => byCodePoint(a.operation, b.operation));
  const evidence = operations.map(({ operation, plane }) => {
    const found = evidenceFor(plane === 'cosmos' ? COSMOS_ROLES : roles, operation, plane);
    return [operation, { plane, roles: found }] as const;
  });
  writeFileSync(OUTPUT, format(new Map(evidence)));
  const missing = evidence.filter(([, { roles: found }]) => found.length === 0).map(([operation]) => operation);
  for (const operation of missing) process.stderr.write(`no role holds ${operation}\n`);
  return missing.length === 0 ? 0 : 1;
}

/** One operation a line, so that a reviewer sees which ones came and went. */
function format(evidence: ReadonlyMap<string, unknown>): string {
  const head = JSON.stringify(HEADER, undefined, 2).slice(0, -2);
  const lines = [...evidence].map(([operation, one]) => `    ${JSON.stringify(operation)}: ${JSON.stringify(one)}`);
  return `${head},\n  "operations": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function operationsOf(grant: CatalogGrant): { operation: string; plane: Plane }[] {
  const plane = PLANES[grant.via ?? ''];
  return plane ? grant.permissions.map((operation) => ({ operation, plane })) : [];
}

process.exitCode = main(process.argv[2]);
