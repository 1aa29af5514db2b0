import type { AccessWindow } from '../../core/window';

/**
 * What must hold for a permission to count, as the catalog and bound resources state it. Rendered to the text of a role
 * assignment by {@link renderCondition}.
 */
export interface AccessCondition {
  /** Only this suboperation of the permission. */
  readonly subOperation?: string;
  /** Every suboperation but this. */
  readonly exceptSubOperation?: string;
  /** Only blobs whose path begins so. */
  readonly prefix?: string;
  /** Only these tables of a Log Analytics workspace. */
  readonly tables?: readonly string[];
}

/** One permission and what must hold for it. The same permission given twice holds if either does. */
export interface ConditionedPermission {
  readonly permission: string;
  readonly condition: AccessCondition;
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const QUEUE_MESSAGES = 'Microsoft.Storage/storageAccounts/queueServices/queues/messages';
const LOG_TABLES = 'Microsoft.OperationalInsights/workspaces/tables';
const BLOB_LIST = 'Blob.List';

/** Holds nowhere, as names of containers have three characters at least; Azure knows no word for false. */
const NOWHERE = `@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '-'`;

/**
 * Whether a condition can bound the permission in time: only the data actions of blobs and queues know the attribute.
 * @see https://learn.microsoft.com/en-us/azure/storage/blobs/storage-auth-abac-attributes#utc-now
 */
export function knowsTime(permission: string): boolean {
  return permission.startsWith(`${BLOBS}/`) || permission.startsWith(`${QUEUE_MESSAGES}/`);
}

/** Part of the calls a permission covers; blobs are listed and read by one permission, told apart by suboperation. */
interface Target {
  readonly text: string;
  readonly listing: boolean;
  readonly permission: string;
}

/**
 * The condition of one role assignment: each permission only as its conditions say, and only inside the window.
 * Undefined where nothing is bounded. An assignment has one condition for all its permissions, so each clause lets every
 * other permission pass.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/conditions-format
 */
export function renderCondition(permissions: readonly ConditionedPermission[], window?: AccessWindow): string | undefined {
  const bounded = new Map<string, string[]>();
  for (const permission of new Set(permissions.map((one) => one.permission))) {
    const alternatives = permissions.filter((one) => one.permission === permission).map((one) => one.condition);
    for (const target of targetsOf(permission, alternatives)) {
      const bounds = alternatives
        .filter((condition) => covers(condition, target))
        .map((condition) => expressions(condition, target, window));
      if (bounds.some((one) => one.length === 0)) continue;
      const text = bounds.length === 0 ? NOWHERE : join('OR', [...new Set(bounds.map((one) => join('AND', one)))]);
      bounded.set(text, [...(bounded.get(text) ?? []), `!(${target.text})`]);
    }
  }
  const clauses = [...bounded].map(([text, targets]) => `((${targets.join(' AND ')}) OR (${text}))`);
  return clauses.length > 0 ? clauses.join(' AND ') : undefined;
}

function targetsOf(permission: string, alternatives: readonly AccessCondition[]): Target[] {
  const text = `ActionMatches{'${permission}'}`;
  const split = permission === `${BLOBS}/read` && alternatives.some((one) => one.subOperation ?? one.exceptSubOperation ?? one.prefix);
  if (!split) return [{ text, listing: false, permission }];
  return [
    { text: `${text} AND NOT SubOperationMatches{'${BLOB_LIST}'}`, listing: false, permission },
    { text: `${text} AND SubOperationMatches{'${BLOB_LIST}'}`, listing: true, permission },
  ];
}

function covers(condition: AccessCondition, target: Target): boolean {
  return target.listing ? condition.exceptSubOperation !== BLOB_LIST : condition.subOperation !== BLOB_LIST;
}

/** Each must hold; none means unbounded. */
function expressions(condition: AccessCondition, { permission, listing }: Target, window: AccessWindow = {}): string[] {
  const all: string[] = [];
  if (condition.prefix !== undefined && permission.startsWith(`${BLOBS}/`)) {
    const attribute = listing ? `@Request[${BLOBS}:prefix]` : `@Resource[${BLOBS}:path]`;
    all.push(`${attribute} StringStartsWith '${condition.prefix}'`);
  }
  if (condition.tables !== undefined && permission.startsWith(`${LOG_TABLES}/`)) all.push(oneOfTables(condition.tables));
  if (knowsTime(permission)) {
    if (window.notBefore) all.push(`@Environment[UtcNow] DateTimeGreaterThan '${instant(window.notBefore)}'`);
    if (window.notAfter) all.push(`@Environment[UtcNow] DateTimeLessThan '${instant(window.notAfter)}'`);
  }
  return all;
}

/** ForAny, not ForAll: over an absent attribute the latter holds. */
function oneOfTables(tables: readonly string[]): string {
  const values = tables.map((table) => `'${table}'`);
  const attribute = `@Resource[${LOG_TABLES}:name]`;
  return values.length === 1
    ? `${attribute} StringEquals ${values[0]}`
    : `${attribute} ForAnyOfAnyValues:StringEquals {${values.join(', ')}}`;
}

/** With milliseconds, as the documented examples write it. */
function instant(value: string): string {
  return value.replace(/Z$/, '.000Z');
}

/** Azure wants parentheses from the third expression on, even where the operators are alike. */
function join(operator: 'AND' | 'OR', parts: readonly string[]): string {
  const grouped = parts.map((part) => (operator === 'OR' && parts.length > 1 && part.includes(' AND ') ? `(${part})` : part));
  return grouped.reduce((left, right, index) => (index > 1 ? `(${left}) ${operator} ${right}` : `${left} ${operator} ${right}`));
}
