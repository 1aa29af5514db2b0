// Writes lib/policy/azure/facts/operations.json and built-in-roles.json: every operation and pattern that a built-in role of Azure names,
// and which role names which. Needs the file azure/built-in-roles-raw.json of the data set named below, which is not part of this project.
//
//   node --import tsx tools/evidence/azure-built-in-roles.ts <built-in-roles-raw.json>
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const TARGET = resolve(__dirname, '../../lib/policy/azure/facts');
const HEADER = {
  generated: 'node --import tsx tools/evidence/azure-built-in-roles.ts <azure/built-in-roles-raw.json of the source>',
  source: 'https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles',
  from: 'https://github.com/iann0036/iam-dataset at commit 2073fa52ac008a45477aa0b1b4580cd99135bf60 of 2026-08-22, MIT licence',
  checked: '2026-11-25',
};

interface Permission {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
  readonly condition?: string | null;
}

interface Role {
  readonly name: string;
  readonly roleName: string;
  readonly permissions: readonly Permission[];
}

const [file] = process.argv.slice(2);
if (!file) throw new Error('give the file of built-in roles as the only argument');
const roles = [...(JSON.parse(readFileSync(file, 'utf8')) as readonly Role[])].sort((a, b) => (a.roleName < b.roleName ? -1 : 1));
const planes = {
  control: namesOf(({ actions = [], notActions = [] }) => [...actions, ...notActions]),
  data: namesOf(({ dataActions = [], notDataActions = [] }) => [...dataActions, ...notDataActions]),
};

/** Names in one case each: roles write the same operation in several. */
function namesOf(pick: (permission: Permission) => readonly string[]): readonly string[] {
  const byCase = new Map<string, string>();
  for (const name of roles.flatMap(({ permissions }) => permissions.flatMap(pick)))
    if (!byCase.has(name.toLowerCase())) byCase.set(name.toLowerCase(), name);
  return [...byCase.values()].sort();
}

function numbers(plane: readonly string[], names: readonly string[] = []): string {
  const places = new Map(plane.map((name, at) => [name.toLowerCase(), at]));
  return names.map((name) => (places.get(name.toLowerCase()) ?? 0).toString(36)).join(' ');
}

function rowOf({ name, roleName, permissions }: Role): string {
  const rows = permissions.map(({ actions, notActions, dataActions, notDataActions, condition }) => ({
    a: numbers(planes.control, actions),
    na: numbers(planes.control, notActions),
    d: numbers(planes.data, dataActions),
    nd: numbers(planes.data, notDataActions),
    ...(condition ? { condition } : {}),
  }));
  return `  ${JSON.stringify(name)}: ${JSON.stringify({ name: roleName, permissions: rows })}`;
}

const about = 'names and patterns of operations, by plane; the place of each is its number in built-in-roles.json';
write(
  'operations.json',
  about,
  Object.entries(planes).map(([plane, names]) => ` "${plane}": [\n${names.map((name) => `  ${JSON.stringify(name)}`).join(',\n')}\n ]`),
);
const packed =
  'roles by their id: actions (a), notActions (na), dataActions (d) and notDataActions (nd) as numbers in operations.json, in base 36';
write('built-in-roles.json', packed, [` "roles": {\n${roles.map(rowOf).join(',\n')}\n }`]);

function write(name: string, text: string, members: readonly string[]): void {
  const head = JSON.stringify({ ...HEADER, about: text }, null, 1).replace(/\n}$/, '');
  writeFileSync(join(TARGET, name), `${head},\n${members.join(',\n')}\n}\n`);
}

process.stdout.write(`${roles.length} roles, ${planes.control.length} + ${planes.data.length} names\n`);
