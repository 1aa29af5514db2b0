import type { AccessEntry, AccessOrigin, AccessRegion } from '../../../core/review/access';
import { knownNames, type RoleFact, type RolePermission } from '../facts';
import { matchesName } from '../facts/names';
import { type AbacExpression, parseAbac } from './abac';
import { alternativesFor } from './constraints';
import { namesAt } from './scopes';
import { type Plane, sideOf, type Unnamed, unnamedOf } from './unnamed';

/** A role at a scope. */
export interface RoleAt {
  readonly role: RoleFact;
  readonly scope: string;
  readonly condition?: AbacExpression;
  readonly origin: AccessOrigin;
}

interface Block {
  readonly actions: readonly string[];
  readonly unnamed: readonly Unnamed[];
  readonly condition?: AbacExpression;
}

const expanded = new WeakMap<RoleFact, readonly Block[]>();

/** The operations of a role, block by block: of a pattern every known name that it matches, and what it may stand for beside them. */
function blocksOf(role: RoleFact): readonly Block[] {
  const known = expanded.get(role);
  if (known) return known;
  const made = role.permissions.map((block) => ({
    actions: [...expand(block, 'control'), ...expand(block, 'data')].sort(),
    unnamed: [...unnamedOf(block, 'control'), ...unnamedOf(block, 'data')],
    ...(block.condition === undefined ? {} : { condition: parseAbac(block.condition) }),
  }));
  expanded.set(role, made);
  return made;
}

function expand(block: RolePermission, plane: Plane): readonly string[] {
  const { patterns, without } = sideOf(block, plane);
  const names = new Map<string, string>();
  for (const pattern of patterns) {
    const found = pattern.includes('*')
      ? knownNames(plane).filter((name) => !name.includes('*') && matchesName(pattern, name))
      : [canonical(pattern, plane)];
    for (const name of found) names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
  }
  return [...names.values()].filter((name) => !without.some((pattern) => matchesName(pattern, name)));
}

const cases = new Map<Plane, ReadonlyMap<string, string>>();

function canonical(name: string, plane: Plane): string {
  const known = cases.get(plane) ?? new Map(knownNames(plane).map((one) => [one.toLowerCase(), one]));
  cases.set(plane, known);
  return known.get(name.toLowerCase()) ?? name;
}

/** An assignment as access: actions whose conditions come to the same are one entry; those that nothing names come last. */
export function entriesAt({ role, scope, condition, origin }: RoleAt): readonly AccessEntry[] {
  const groups = new Map<string, { readonly actions: string[]; readonly region: AccessRegion }>();
  const add = (action: string, regions: readonly AccessRegion[]): void => {
    for (const region of regions) {
      const key = JSON.stringify(region);
      const group = groups.get(key);
      if (group) group.actions.push(action);
      else groups.set(key, { actions: [action], region });
    }
  };
  const blocks = blocksOf(role).map((block) => ({
    ...block,
    conditions: [condition, block.condition].filter((one) => one !== undefined),
  }));
  for (const { actions, conditions } of blocks) for (const action of actions) add(action, regionsFor(scope, conditions, action));
  for (const { unnamed, conditions } of blocks) {
    for (const { action, when } of unnamed)
      add(
        action,
        regionsFor(scope, conditions, action).map((region) => ({ ...region, when: [...region.when, ...when] })),
      );
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
