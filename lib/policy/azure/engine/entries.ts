import type { AccessEntry, AccessOrigin, AccessRegion } from '../../../core/review/access';
import { knownNames, type RoleFact } from '../facts';
import { matchesName } from '../facts/names';
import { type AbacExpression, parseAbac } from './abac';
import { alternativesFor } from './constraints';

/** A role at a scope. */
export interface RoleAt {
  readonly role: RoleFact;
  readonly scope: string;
  readonly condition?: AbacExpression;
  readonly origin: AccessOrigin;
}

/** Patterns of the data plane are told apart from those of the control plane by this before them; exact names are of one plane only. */
const DATA = 'data ';

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
  for (const pattern of patterns) {
    const found = pattern.includes('*')
      ? [pattern, ...knownNames(plane).filter((name) => matchesName(pattern, name))]
      : [canonical(pattern, plane)];
    for (const name of found) names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
  }
  return [...names.values()].filter((name) => !without.some((pattern) => matchesName(pattern, name)));
}

const cases = new Map<string, ReadonlyMap<string, string>>();

function canonical(name: string, plane: 'control' | 'data'): string {
  const known = cases.get(plane) ?? new Map(knownNames(plane).map((one) => [one.toLowerCase(), one]));
  cases.set(plane, known);
  return known.get(name.toLowerCase()) ?? name;
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
