import type { AccessEntry, AccessOrigin, AccessRegion } from '../../../core/review/access';
import { builtInPermissions, knownNames, type RoleFact } from '../facts';
import { DATA, matchesName, mayShare, readRemainder, remainderOf } from '../facts/names';
import { type AbacExpression, parseAbac } from './abac';
import { alternativesFor } from './constraints';

/** A role at a scope. */
export interface RoleAt {
  readonly role: RoleFact;
  readonly scope: string;
  readonly condition?: AbacExpression;
  readonly origin: AccessOrigin;
}

const expanded = new WeakMap<RoleFact, readonly { readonly actions: readonly string[]; readonly condition?: AbacExpression }[]>();

/**
 * The operations of a role, block by block: exact names as they are; of a pattern every known name and pattern that it matches, and the
 * pattern itself, which stands for what is not known.
 */
export function actionsOf(role: RoleFact): readonly { readonly actions: readonly string[]; readonly condition?: AbacExpression }[] {
  const known = expanded.get(role);
  if (known) return known;
  const made = role.permissions.map(({ actions, notActions, dataActions, notDataActions, condition }) => ({
    actions: [
      ...expand(actions, notActions, 'control'),
      ...expand(dataActions, notDataActions, 'data').map((name) => (name.includes('*') ? `${DATA}${name}` : name)),
    ].sort(),
    ...(condition === undefined ? {} : { condition: parseAbac(condition) }),
  }));
  expanded.set(role, made);
  return made;
}

function expand(patterns: readonly string[], without: readonly string[], plane: 'control' | 'data'): readonly string[] {
  const names = new Map<string, string>();
  const add = (name: string): void => {
    names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
  };
  const isOut = (name: string): boolean => without.some((pattern) => matchesName(pattern, name));
  for (const pattern of patterns) {
    const found = pattern.includes('*') ? knownNames(plane).filter((name) => matchesName(pattern, name)) : [canonical(pattern, plane)];
    for (const name of found) {
      if (isOut(name)) continue;
      // Of a narrower pattern of which something is taken out, the wider one says enough.
      if (!name.includes('*') || hidden(name, without, plane).length === 0) add(name);
    }
    if (pattern.includes('*') && !isOut(pattern)) add(remainderOf(pattern, hidden(pattern, without, plane)));
    for (const rest of remainders(plane)) if (holds({ pattern, without }, rest)) add(rest);
  }
  return [...names.values()];
}

/** What is taken out of a pattern and would not show among the known names. */
function hidden(pattern: string, without: readonly string[], plane: 'control' | 'data'): readonly string[] {
  return without.filter(
    (one) => mayShare(one, pattern) && (one.includes('*') || canonicalNames(plane).get(one.toLowerCase()) === undefined),
  );
}

/** Whether everything that is left of one pattern is left of another. */
function holds({ pattern, without }: { readonly pattern: string; readonly without: readonly string[] }, rest: string): boolean {
  const inner = readRemainder(rest);
  return (
    matchesName(pattern, inner.pattern) &&
    without.every((one) => !mayShare(one, inner.pattern) || inner.without.some((other) => matchesName(other, one)))
  );
}

const restsOf = new Map<string, readonly string[]>();

/** What the built-in roles leave of their patterns, such as Contributor of everything. */
function remainders(plane: 'control' | 'data'): readonly string[] {
  const known = restsOf.get(plane);
  if (known) return known;
  const blocks = builtInPermissions().map(({ actions, notActions, dataActions, notDataActions }) =>
    plane === 'control' ? ([actions, notActions] as const) : ([dataActions, notDataActions] as const),
  );
  const made = blocks.flatMap(([patterns, without]) =>
    patterns
      .filter((pattern) => pattern.includes('*') && !without.some((one) => matchesName(one, pattern)))
      .flatMap((pattern) => {
        const left = hidden(pattern, without, plane);
        return left.length > 0 ? [remainderOf(pattern, left)] : [];
      }),
  );
  restsOf.set(plane, [...new Set(made)]);
  return [...new Set(made)];
}

const cases = new Map<string, ReadonlyMap<string, string>>();

function canonicalNames(plane: 'control' | 'data'): ReadonlyMap<string, string> {
  const known = cases.get(plane) ?? new Map(knownNames(plane).map((one) => [one.toLowerCase(), one]));
  cases.set(plane, known);
  return known;
}

function canonical(name: string, plane: 'control' | 'data'): string {
  return canonicalNames(plane).get(name.toLowerCase()) ?? name;
}

/** An assignment as access: actions whose conditions come to the same are one entry. */
export function entriesAt({ role, scope, condition, origin }: RoleAt): readonly AccessEntry[] {
  const groups = new Map<string, { readonly actions: string[]; readonly region: AccessRegion }>();
  for (const block of actionsOf(role)) {
    const own = [condition, block.condition].filter((one) => one !== undefined);
    for (const action of block.actions) {
      for (const region of regionsFor(scope, own, action)) {
        const key = JSON.stringify(region);
        const group = groups.get(key);
        if (group) group.actions.push(action);
        else groups.set(key, { actions: [action], region });
      }
    }
  }
  return [...groups.values()].map(({ actions, region }) => ({ actions, region, except: [], origins: [origin] }));
}

/** A scope and all below it, as far as the conditions leave it. */
export function regionsFor(scope: string, conditions: readonly AbacExpression[], action: string): readonly AccessRegion[] {
  const base: AccessRegion = { resources: [namesAt(scope)], notResources: [], when: [] };
  return conditions.reduce<readonly AccessRegion[]>(
    (regions, condition) =>
      regions.flatMap((region) => alternativesFor(condition, action).map((when) => ({ ...region, when: [...region.when, ...when] }))),
    [base],
  );
}

/** What lies below a management group is not known from names, so it is everything. */
export function namesAt(scope: string): readonly string[] {
  if (scope === '/' || /^\/providers\/Microsoft\.Management\/managementGroups\/|^\uE000[^\uE001]*azurerm_management_group\./i.test(scope))
    return ['*'];
  const text = scope.replace(/[\\*?]/g, '\\$&');
  return [text, `${text}/*`];
}

const MANAGEMENT = String.raw`\/providers\/Microsoft\.Management\/managementGroups\/[^/]+`;
const WHOLE = new RegExp(
  `^(\\/|\\/subscriptions\\/[^/]+|${MANAGEMENT}|\\$\\{[^}]*azurerm_(subscription|management_group)\\.[^}]*\\})$`,
  'i',
);
const GROUP =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+|\$\{[^}]*azurerm_resource_group\.[^}]*\}|\$\{[^}]*azurerm_subscription\.[^}]*\}\/resourceGroups\/[^/]+)$/i;

/** Whether a scope, as it is shown, is a subscription or holds some: whoever rules it rules all there is in view. */
export function isWhole(scope: string): boolean {
  return WHOLE.test(scope);
}

/** Whether a scope, as it is shown, holds resources that are not in view: a resource group, or what holds some. */
export function isWide(scope: string): boolean {
  return isWhole(scope) || GROUP.test(scope);
}
