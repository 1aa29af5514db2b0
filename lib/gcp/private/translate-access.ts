import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import { byCodePoint, stableStringify } from '../../core/json';
import { shortHash } from '../../core/names';
import { tooMany, windowUnsupported } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import { LIMITS, SCOPES } from '../catalog';
import { allOf, type CelCondition, within } from './conditions';
import type { GcpScope } from './scopes';

/** One role binding to make: these permissions, there, under that condition. */
export interface RoleGrant {
  /**
   * Construct id, from the place and the condition alone. Were it to change while the binding stays the same, Terraform
   * would add the binding anew and then remove it with the old address.
   */
  readonly id: string;
  readonly scope: GcpScope;
  /** The place, resolved: equal for equal places of a stack. */
  readonly where: string;
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

/** Turns an access plan into role bindings: one for each place and condition, with every permission wanted there. */
export function translateAccess(plan: AccessPlan, { window, resolve }: TranslateOptions): readonly RoleGrant[] {
  const grants = new Map<string, RoleGrant & { readonly permissions: string[] }>();
  for (const planned of plan.grants) {
    for (const place of planned.scopes) {
      const scope = withoutNote(place as GcpScope);
      const condition = conditionOf(plan, planned, window);
      checkConditions(plan, planned, { scope, condition });
      const resolved = resolve(scope);
      const id = `${scope.type}-${shortHash(stableStringify([resolved, resolve(condition?.expression ?? '')]))}`;
      const known = grants.get(id) ?? { id, scope, where: stableStringify(resolved), permissions: [], ...(condition ? { condition } : {}) };
      known.permissions.push(...planned.permissions.filter((permission) => !known.permissions.includes(permission)));
      grants.set(id, known);
    }
  }
  const translated = [...grants.values()].map((grant) => ({ ...grant, permissions: [...grant.permissions].sort(byCodePoint) }));
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

/** One policy holds at most so many conditional bindings of one role for one member. @see https://docs.cloud.google.com/iam/quotas */
function checkConditionalGrants(plan: AccessPlan, grants: readonly RoleGrant[], resolve: (value: unknown) => unknown): void {
  const counts = new Map<string, number>();
  const most = LIMITS.conditions.perRoleAndMember;
  for (const grant of grants.filter(({ condition }) => condition !== undefined)) {
    const key = stableStringify([resolve(grant.scope), grant.permissions]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > most)
      throw tooMany(`agent '${plan.agent.name}'`, {
        what: `conditional grants of one role on one ${grant.scope.type}`,
        count,
        limit: most,
      });
  }
}
