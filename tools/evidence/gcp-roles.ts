// Writes lib/policy/gcp/facts/permissions.json and predefined-roles.json: every permission that a predefined role of Google Cloud holds,
// and which role holds which. Needs the folder gcp/roles of the data set named below; the folder itself is not part of this project.
//
//   node --import tsx tools/evidence/gcp-roles.ts <folder of role files>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const TARGET = resolve(__dirname, '../../lib/policy/gcp/facts');
const HEADER = {
  generated: 'node --import tsx tools/evidence/gcp-roles.ts <folder gcp/roles of the source>',
  source: 'https://docs.cloud.google.com/iam/docs/roles-permissions',
  from: 'https://github.com/iann0036/iam-dataset at commit 2073fa52ac008a45477aa0b1b4580cd99135bf60 of 2026-08-22, MIT licence',
  checked: '2026-11-25',
};

interface Role {
  readonly name: string;
  readonly includedPermissions?: readonly string[];
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('give the folder of role files as the only argument');
const roles = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Role)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const permissions = [...new Set(roles.flatMap(({ includedPermissions = [] }) => includedPermissions))].sort();
const places = new Map(permissions.map((permission, at) => [permission, at]));

/** Permissions by what comes before their last word, so that the file stays small and can be read. */
const tree = new Map<string, string[]>();
for (const permission of permissions) {
  const cut = permission.lastIndexOf('.');
  const head = permission.slice(0, cut);
  tree.set(head, [...(tree.get(head) ?? []), permission.slice(cut + 1)]);
}
const rows = [...tree].map(([head, verbs]) => `  ${JSON.stringify(head)}: ${JSON.stringify(verbs.join(' '))}`);
const about = 'permissions by all but their last word; sorted, so that the place of each is its number in predefined-roles.json';
write('permissions.json', { ...HEADER, about }, 'permissions', rows);

function bitsOf({ includedPermissions = [] }: Role): string {
  const bits = Buffer.alloc(Math.ceil(permissions.length / 8));
  for (const permission of includedPermissions) {
    const at = places.get(permission) ?? 0;
    bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return deflateRawSync(bits, { level: 9 }).toString('base64');
}

const packed = 'the permissions of each role as bits, in the order of permissions.json, deflated, in base 64';
write(
  'predefined-roles.json',
  { ...HEADER, about: packed },
  'roles',
  roles.map((role) => `  ${JSON.stringify(role.name)}: ${JSON.stringify(bitsOf(role))}`),
);

function write(file: string, header: object, member: string, lines: readonly string[]): void {
  const head = JSON.stringify(header, null, 1).replace(/\n}$/, '');
  writeFileSync(join(TARGET, file), `${head},\n "${member}": {\n${lines.join(',\n')}\n }\n}\n`);
}

process.stdout.write(`${roles.length} roles, ${permissions.length} permissions\n`);
