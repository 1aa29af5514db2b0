import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import type { JsonObject, JsonValue } from '../../core/json';
import { byCodePoint, stableStringify } from '../../core/json';
import { conflictingConditions } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import type { Condition, Statement } from './statement';

export interface TranslateOptions {
  /** When the access holds. @default - always */
  readonly window?: AccessWindow;
  /** What a string that may hold tokens is compared and sorted by. @default - the string itself */
  readonly textOf?: (value: string) => string;
}

/** All actions that hold under one condition, by resource. */
interface Cell {
  readonly condition: Condition;
  /** Text of the resource -> the resource and its actions. */
  readonly resources: Map<string, { readonly resource: string; readonly actions: Set<string> }>;
}

/**
 * The statements of an access plan. They allow exactly what the plan grants: resources share a statement only where
 * they take the same actions under the same condition.
 */
export function translateAccess(plan: AccessPlan, options: TranslateOptions = {}): readonly Statement[] {
  const textOf = options.textOf ?? ((value: string) => value);
  const during = windowCondition(options.window);
  const cells = new Map<string, Cell>();
  for (const grant of plan.grants) {
    const condition = mergeConditions(plan.agent.name, during ? [...grant.conditions, during] : grant.conditions);
    const key = stableStringify(condition);
    const cell = cells.get(key) ?? { condition, resources: new Map() };
    cells.set(key, cell);
    for (const resource of arnsOf(grant)) {
      const text = textOf(resource);
      const entry = cell.resources.get(text) ?? { resource, actions: new Set() };
      cell.resources.set(text, entry);
      for (const action of grant.permissions) entry.actions.add(action);
    }
  }
  const statements = [...cells.values()].flatMap(statementsOf);
  return statements.sort((a, b) => byCodePoint(a.text, b.text)).map(({ statement }) => statement);
}

function arnsOf(grant: PlannedGrant): readonly string[] {
  return grant.scopes.flatMap((scope) => (typeof scope === 'string' ? [scope] : Object.values(scope)));
}

function statementsOf(cell: Cell): { readonly text: string; readonly statement: Statement }[] {
  const byActions = new Map<string, { readonly actions: readonly string[]; readonly texts: string[] }>();
  for (const [text, { actions }] of cell.resources) {
    const sorted = [...actions].sort(byCodePoint);
    const key = sorted.join();
    const group = byActions.get(key) ?? { actions: sorted, texts: [] };
    byActions.set(key, group);
    group.texts.push(text);
  }
  return [...byActions.values()].map(({ actions, texts }) => {
    const sorted = texts.sort(byCodePoint);
    const statement: Statement = {
      Effect: 'Allow',
      Action: actions,
      Resource: sorted.flatMap((text) => cell.resources.get(text)?.resource ?? []),
      ...(Object.keys(cell.condition).length > 0 ? { Condition: cell.condition } : {}),
    };
    return { text: stableStringify([actions, sorted, cell.condition]), statement };
  });
}

/** Dates of a window as a condition. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime */
function windowCondition(window: AccessWindow | undefined): JsonObject | undefined {
  if (!window) return undefined;
  return {
    ...(window.notBefore ? { DateGreaterThanEquals: { 'aws:CurrentTime': window.notBefore } } : {}),
    ...(window.notAfter ? { DateLessThanEquals: { 'aws:CurrentTime': window.notAfter } } : {}),
  };
}

/**
 * One condition that holds where all of these hold. Two demands on the same key by the same operator cannot both be
 * written down, so they are refused unless they are equal.
 */
export function mergeConditions(agent: string, conditions: readonly JsonObject[]): Condition {
  const merged: Record<string, Record<string, JsonValue>> = {};
  for (const [operator, demands] of conditions.flatMap((condition) => Object.entries(condition))) {
    const known = merged[operator] ?? {};
    merged[operator] = known;
    for (const [key, value] of Object.entries(demands as JsonObject)) {
      // IAM reads the names of condition keys without regard to case.
      const same = Object.keys(known).find((other) => other.toLowerCase() === key.toLowerCase());
      const before = same === undefined ? undefined : known[same];
      if (before === undefined) known[key] = value;
      else if (demandText(before) !== demandText(value)) throw conflictingConditions(agent, `${operator} ${key}`, [before, value]);
    }
  }
  return merged;
}

/** A demand without regard to the order of its values, or to whether a single one stands in a list. */
function demandText(value: JsonValue): string {
  const values = Array.isArray(value) ? value : [value];
  return stableStringify([...new Set(values.map((one) => stableStringify(one)))].sort(byCodePoint));
}
