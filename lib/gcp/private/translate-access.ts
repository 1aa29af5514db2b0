import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import { tooMany, windowUnsupported } from '../../core/errors';
import { byCodePoint, stableStringify } from '../../core/json';
import { shortHash } from '../../core/names';
import type { AccessWindow } from '../../core/window';
import { LIMITS, SCOPES } from '../catalog';
import { allOf, type CelCondition, within } from './conditions';
import type { GcpScope } from './scopes';

/** One role binding to make: these permissions, there, under that condition. */
export interface RoleGrant {
  /** Construct id, from the first resource and target in order: stays when other capabilities come or go. */
  readonly id: string;
  readonly scope: GcpScope;
  /** Each once, in order. */
  readonly permissions: readonly string[];
  readonly condition?: CelCondition;
}

export interface TranslateOptions {
  /** When the access holds. @default - always */
  readonly window?: AccessWindow;
  /** Makes values with references comparable. */
  readonly resolve: (value: unknown) => unknown;
}

interface Group {
  readonly key: string;
  readonly scope: GcpScope;
  readonly condition?: CelCondition;
  readonly names: Set<string>;
  readonly permissions: Set<string>;
}

/** Turns an access plan into role bindings: one for each place and condition, with every permission wanted there. */
export function translateAccess(plan: AccessPlan, { window, resolve }: TranslateOptions): readonly RoleGrant[] {
  const groups = new Map<string, Group>();
  for (const grant of plan.grants) {
    for (const place of grant.scopes) {
      const condition = conditionOf(plan, grant, window);
      const scope = withoutNote(place as GcpScope);
      checkConditions(plan, grant, { scope, condition });
      const key = stableStringify([resolve(scope), resolve(condition?.expression ?? '')]);
      const group = groups.get(key) ?? { key, scope, condition, names: new Set<string>(), permissions: new Set<string>() };
      group.names.add(`${grant.resource}-${grant.target}`);
      for (const permission of grant.permissions) group.permissions.add(permission);
      groups.set(key, group);
    }
  }
  const translated = withIds([...groups.values()]);
  checkConditionalGrants(plan, translated, resolve);
  return translated;
}

function conditionOf(plan: AccessPlan, grant: PlannedGrant, window: AccessWindow | undefined): CelCondition | undefined {
  const timed = within(window);
  return allOf(`agent '${plan.agent.name}'`, [...(grant.conditions as readonly CelCondition[]), ...(timed ? [timed] : [])]);
}

/** Only the window can put a condition on what takes none: the factories put none there. */
function checkConditions(plan: AccessPlan, grant: PlannedGrant, { scope, condition }: Pick<RoleGrant, 'scope' | 'condition'>): void {
  const { title, conditions } = SCOPES[scope.type];
  if (condition && !conditions)
    throw windowUnsupported(plan.agent.name, grant.resource, `the access policy of a ${title} takes no conditions`);
}

/** `meant` tells a reader which thing of a project is wanted; it limits nothing, so it does not split a binding. */
function withoutNote({ meant: _meant, ...scope }: GcpScope): GcpScope {
  return scope as GcpScope;
}

function withIds(groups: readonly Group[]): readonly RoleGrant[] {
  const wanted = groups.map((group) => [...group.names].sort(byCodePoint)[0] ?? '');
  return groups.map((group, index) => {
    const name = wanted[index] ?? '';
    const shared = wanted.filter((other) => other === name).length > 1;
    return {
      id: shared ? `${name}-${shortHash(group.key)}` : name,
      scope: group.scope,
      permissions: [...group.permissions].sort(byCodePoint),
      ...(group.condition ? { condition: group.condition } : {}),
    };
  });
}

/** One policy holds at most so many conditional bindings of one role for one member. @see https://docs.cloud.google.com/iam/quotas */
function checkConditionalGrants(plan: AccessPlan, grants: readonly RoleGrant[], resolve: (value: unknown) => unknown): void {
  const counts = new Map<string, number>();
  const most = LIMITS.conditions.perRoleAndMember;
  for (const grant of grants.filter(({ condition }) => condition !== undefined)) {
    const key = stableStringify([resolve(grant.scope), grant.permissions]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > most) throw tooMany(`agent '${plan.agent.name}'`, `conditional grants of one role on one ${grant.scope.type}`, count, most);
  }
}
