import { type JsonObject, type JsonValue, stableStringify } from '../../../core/json';

/** Members of a statement whose lists mean the same in any order, and the same as their only value. */
const LISTS: ReadonlySet<string> = new Set(['Action', 'NotAction', 'Resource', 'NotResource']);

/** A policy as one text that two documents share which say the same: IAM gives back what it was given, but for the shape of lists. */
export function normalText(document: JsonObject): string {
  const statements = ([document['Statement']].flat() as JsonValue[]).map((one) => normal(one as JsonObject));
  return stableStringify(statements.map((one) => stableStringify(one)).sort());
}

function normal(statement: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(statement).map(([key, value]) => [
      key,
      LISTS.has(key) ? listOf(value) : key === 'Condition' || key === 'Principal' ? deep(value) : value,
    ]),
  ) as JsonObject;
}

const listOf = (value: JsonValue): JsonValue => [...new Set([value].flat().map(String))].sort();

/** Values of conditions and principals: single ones are lists of one, and all are texts. */
function deep(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return listOf(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner as JsonValue)]));
}
