import { inflateRawSync } from 'node:zlib';
import { AccessLevel } from '../../../core/enums';
import type { ActionFacts } from '../../../core/review/world';
import levels from './levels.json';
import catalog from './permissions.json';
import predefined from './predefined-roles.json';

const EXACT: Readonly<Record<string, string>> = levels.exact;
const WORDS = new Map<string, AccessLevel>(
  (['list', 'read', 'delete', 'permissions', 'tagging'] as const).flatMap((level) =>
    levels[level].map((word) => [word, level as AccessLevel] as const),
  ),
);
const CREDENTIALS = new Set(levels.credentials);
const DATA = new Set(levels.data);
const RUNS_CODE = new Set(levels.runsCode);
const ROLES: Readonly<Record<string, string>> = predefined.roles;

/** What yields a service account, and nothing else. */
const LEADS_ON = /^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$/;

let permissions: readonly string[] | undefined;

/** Every permission that a predefined role of Google Cloud holds, sorted. */
export function allPermissions(): readonly string[] {
  permissions ??= Object.entries(catalog.permissions)
    .flatMap(([head, words]) => words.split(' ').map((word) => `${head}.${word}`))
    .sort();
  return permissions;
}

let known: ReadonlySet<string> | undefined;

/** Whether the catalog knows a permission. */
export function isPermission(name: string): boolean {
  known ??= new Set(allPermissions());
  return known.has(name);
}

let byLowerCase: ReadonlyMap<string, string> | undefined;

/** The permission as Google Cloud writes it, where it is known in another case. */
export function canonicalPermission(name: string): string {
  byLowerCase ??= new Map(allPermissions().map((one) => [one.toLowerCase(), one]));
  return byLowerCase.get(name.toLowerCase()) ?? name;
}

const unpacked = new Map<string, readonly string[]>();

/**
 * The permissions of a predefined role, sorted, or undefined where the catalog does not know the role.
 * @see https://docs.cloud.google.com/iam/docs/roles-permissions
 */
export function permissionsOfRole(name: string): readonly string[] | undefined {
  const packed = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (packed === undefined) return undefined;
  const found = unpacked.get(name) ?? unpack(packed);
  unpacked.set(name, found);
  return found;
}

function unpack(packed: string): readonly string[] {
  const bits = inflateRawSync(Buffer.from(packed, 'base64'));
  return allPermissions().filter((_, at) => ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0);
}

/** What is known of the permissions of Google Cloud. */
export const GCP_FACTS: ActionFacts = {
  level: (permission) => {
    const exact = Object.hasOwn(EXACT, permission) ? EXACT[permission] : undefined;
    if (exact !== undefined) return exact as AccessLevel;
    // A custom role may name what no predefined role holds; the word at its end still says what it does.
    return WORDS.get(permission.slice(permission.lastIndexOf('.') + 1)) ?? (isPermission(permission) ? AccessLevel.WRITE : undefined);
  },
  reads: (permission) => (CREDENTIALS.has(permission) ? 'credentials' : DATA.has(permission) ? 'data' : 'metadata'),
  leadsOn: (permission) => LEADS_ON.test(permission),
  runsCode: (permission) => RUNS_CODE.has(permission),
  get count() {
    return allPermissions().length;
  },
};
