// Writes test/fixtures/gcp-permissions.json: for each permission of the Google Cloud catalog, predefined roles that hold
// it. Needs the folder gcp/roles of the data set named below; the folder itself is not part of this project.
//
//   node --import tsx tools/evidence/gcp-permissions.ts <folder of role files>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import catalog from '../../lib/gcp/catalog/capabilities.json';

const TARGET = resolve(__dirname, '../../test/fixtures/gcp-permissions.json');
const ROLES_EACH = 2;
// Narrow roles show best where a permission belongs; those of service agents are for Google's own accounts.
const rank = (role: Role): number => role.size + (/serviceAgent$/i.test(role.name) ? 1e6 : 0);
const MOST_TELLING_FIRST = (a: Role, b: Role): number => rank(a) - rank(b) || (a.name < b.name ? -1 : 1);

interface Role {
  readonly name: string;
  readonly size: number;
  readonly permissions: ReadonlySet<string>;
}

function readRoles(folder: string): Role[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const { name, includedPermissions = [] } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      name: string;
      includedPermissions?: string[];
    };
    return { name, size: includedPermissions.length, permissions: new Set(includedPermissions) };
  });
}

function permissionsOfCatalog(): string[] {
  const entries = Object.values(catalog.capabilities) as { grants?: { permissions: string[] }[] }[];
  return [...new Set(entries.flatMap(({ grants = [] }) => grants.flatMap((grant) => grant.permissions)))].sort();
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('give the folder of role files as the only argument');
const roles = readRoles(folder).sort(MOST_TELLING_FIRST);
const evidence = Object.fromEntries(
  permissionsOfCatalog().map((permission) => [
    permission,
    roles
      .filter((role) => role.permissions.has(permission))
      .slice(0, ROLES_EACH)
      .map((role) => role.name),
  ]),
);
const header = {
  generated: 'node --import tsx tools/evidence/gcp-permissions.ts <folder gcp/roles of the source>',
  source: 'https://github.com/iann0036/iam-dataset at commit 2073fa52ac008a45477aa0b1b4580cd99135bf60 of 2026-08-22',
  licence: 'MIT',
  about: 'for each permission of the Google Cloud catalog, up to two predefined roles that hold it, narrowest first',
};
writeFileSync(TARGET, `${JSON.stringify({ ...header, roles: evidence }, null, 2)}\n`);
process.stdout.write(`${Object.keys(evidence).length} permissions, ${roles.length} roles\n`);
