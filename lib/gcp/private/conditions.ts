import type { JsonObject } from '../../core/json';
import { tooMany } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import { LIMITS } from '../catalog';

/**
 * A condition of a role binding. Its title is derived from what it says: a changed title would replace the grant.
 * @see https://docs.cloud.google.com/iam/docs/conditions-overview
 */
export interface CelCondition extends JsonObject {
  /** What it limits, in a word or two. */
  readonly title: string;
  /** Common Expression Language. */
  readonly expression: string;
}

const condition = (title: string, expression: string): CelCondition => Object.freeze({ title, expression });

/**
 * Only objects whose name begins with the prefix. Holds for objects, never for listing: a listing is a request on the
 * bucket, and what it asks for can be read in credential access boundaries alone.
 * @see https://docs.cloud.google.com/iam/docs/conditions-attribute-reference#api-attributes-storage
 */
export const objectsUnder = (bucket: string, prefix: string): CelCondition =>
  condition('prefix', `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}")`);

/** Only the Firestore database of this name. @see https://docs.cloud.google.com/iam/docs/conditions-resource-attributes */
export const onlyDatabase = (name: string): CelCondition => condition('database', `resource.name == "${name}"`);

/** Only the Cloud SQL instance of this name. @see https://docs.cloud.google.com/sql/docs/postgres/iam-conditions */
export const onlyInstance = (name: string): CelCondition =>
  condition('instance', `resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "${name}"`);

/** Only versions of this parameter. The slash keeps out a parameter whose name only begins so. */
export const onlyVersionsOf = (name: string): CelCondition => condition('parameter', `resource.name.startsWith("${name}/")`);

/** Only memories of exactly this scope. @see https://docs.cloud.google.com/gemini-enterprise-agent-platform/scale/memory-bank/iam-conditions */
export function onlyMemoriesOf(scope: Readonly<Record<string, string>>): CelCondition {
  const entries = Object.keys(scope)
    .sort()
    .map((key) => `"${key}": "${scope[key]}"`);
  return condition('memory scope', `api.getAttribute("aiplatform.googleapis.com/memoryScope", {}) == {${entries.join(', ')}}`);
}

/** Only sessions of this user. @see https://docs.cloud.google.com/iam/docs/conditions-attribute-reference */
export const onlySessionsOf = (user: string): CelCondition =>
  condition('session user', `api.getAttribute("aiplatform.googleapis.com/sessionUserId", "") == "${user}"`);

/** Only within the window, both ends included; undefined where there is none. */
export function within(window: AccessWindow | undefined): CelCondition | undefined {
  const bounds = [
    ...(window?.notBefore ? [`request.time >= timestamp("${window.notBefore}")`] : []),
    ...(window?.notAfter ? [`request.time <= timestamp("${window.notAfter}")`] : []),
  ];
  return bounds.length > 0 ? condition('window', bounds.join(' && ')) : undefined;
}

/** All of these at once; undefined where there are none. Refuses more logic than a condition may hold. */
export function allOf(subject: string, conditions: readonly CelCondition[]): CelCondition | undefined {
  const unique = [...new Map(conditions.map((one) => [one.expression, one])).values()];
  if (unique.length === 0) return undefined;
  const expression = unique.map((one) => one.expression).join(' && ');
  const operators = expression.replace(/"[^"]*"/g, '').match(/&&|\|\||!(?!=)/g)?.length ?? 0;
  const most = LIMITS.conditions.logicalOperators;
  if (operators > most) throw tooMany(subject, { what: 'logical operators in one condition', count: operators, limit: most });
  return condition(`agentic-iam: ${unique.map((one) => one.title).join(', ')}`, expression);
}
