import { AccessLevel } from '../../../core/enums';
import type { ReadKind } from '../../../core/review/access';
import type { ActionFacts } from '../../../core/review/world';
import builtIn from './built-in-roles.json';
import levels from './levels.json';
import { bare, DATA, matchesName, mayShare } from './names';
import operations from './operations.json';

/** What one permission block of a role says: names and patterns of operations, and a condition of the role itself. */
export interface RolePermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  readonly condition?: string;
}

/** A role definition. */
export interface RoleFact {
  readonly name: string;
  readonly permissions: readonly RolePermission[];
}

interface PackedPermission {
  readonly a: string;
  readonly na: string;
  readonly d: string;
  readonly nd: string;
  readonly condition?: string;
}

const ROLES = builtIn.roles as Readonly<Record<string, { readonly name: string; readonly permissions: readonly PackedPermission[] }>>;

/**
 * The built-in role of an id, a GUID alone or at the end of a name, or undefined where the catalog does not know it.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles
 */
export function builtInRole(id: string): RoleFact | undefined {
  const guid = id.split('/').at(-1)?.toLowerCase() ?? '';
  const row = Object.hasOwn(ROLES, guid) ? ROLES[guid] : undefined;
  return row && { name: row.name, permissions: row.permissions.map(unpack) };
}

let byName: ReadonlyMap<string, string> | undefined;

/** The built-in role of a name, in any case. */
export function builtInRoleNamed(name: string): RoleFact | undefined {
  byName ??= new Map(Object.entries(ROLES).map(([id, row]) => [row.name.toLowerCase(), id]));
  const id = byName.get(name.toLowerCase());
  return id === undefined ? undefined : builtInRole(id);
}

function unpack({ a, na, d, nd, condition }: PackedPermission): RolePermission {
  const names = (plane: readonly string[], numbers: string): readonly string[] =>
    numbers === '' ? [] : numbers.split(' ').flatMap((number) => plane[Number.parseInt(number, 36)] ?? []);
  return {
    actions: names(operations.control, a),
    notActions: names(operations.control, na),
    dataActions: names(operations.data, d),
    notDataActions: names(operations.data, nd),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** Names and patterns that are known, of the control plane or of data. */
export function knownNames(plane: 'control' | 'data'): readonly string[] {
  return operations[plane];
}

const planes = new Map<string, 'control' | 'data'>();

/** The plane of an exact operation that is known. */
export function planeOf(name: string): 'control' | 'data' | undefined {
  if (planes.size === 0) {
    for (const plane of ['control', 'data'] as const) {
      for (const one of operations[plane]) if (!one.includes('*')) planes.set(one.toLowerCase(), plane);
    }
  }
  return planes.get(name.toLowerCase());
}

const EXACT = new Map(
  (['permissions', 'read', 'delete', 'tagging'] as const).flatMap((level) => levels[level].map((pattern) => [pattern, level] as const)),
);

function remember<T>(make: (action: string) => T): (action: string) => T {
  const known = new Map<string, T>();
  return (action) => {
    if (!known.has(action)) known.set(action, make(action));
    return known.get(action) as T;
  };
}

/** What is known of the operations of Azure. A pattern that was not taken apart has the worst level it may stand for. */
export const AZURE_FACTS: ActionFacts = {
  level: remember(levelOf),
  reads: remember((action): ReadKind => {
    if (isOne(levels.credentials, action)) return 'credentials';
    return isOne(levels.data, action) || (action.startsWith(DATA) && action.includes('*')) ? 'data' : 'metadata';
  }),
  runsCode: remember((action) => !/^(read|delete)$/.test(lastWord(bare(action))) && isOne(levels.runsCode, action)),
  get count() {
    return operations.control.length + operations.data.length;
  },
};

function levelOf(action: string): AccessLevel {
  const name = bare(action);
  const word = lastWord(name);
  if (word === 'read') return AccessLevel.READ;
  const named = [...EXACT].find(([pattern]) => pattern === name || (pattern !== '*' && matchesName(pattern, name)));
  if (named) return named[1] as AccessLevel;
  // A pattern may be anything that its owner can do; what it stands for is listed beside it where it is known.
  return word === 'delete' || word.endsWith('*') ? AccessLevel.DELETE : AccessLevel.WRITE;
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).toLowerCase();
}

/** Whether an operation is one of those, or a pattern may stand for one. */
function isOne(patterns: readonly string[], action: string): boolean {
  const name = bare(action);
  return patterns.some((pattern) => (name.includes('*') ? mayShare(pattern, name) : matchesName(pattern, name)));
}
