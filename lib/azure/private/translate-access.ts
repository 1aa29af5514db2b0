import type { AccessPlan, NativeScope, PlannedGrant } from '../../core/access-plan';
import { byCodePoint, stableStringify } from '../../core/json';
import { policyTooLarge, windowUnsupported } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import { LIMITS } from '../catalog';
import type { AccessCondition, ConditionedPermission } from './conditions';
import { knowsTime, renderCondition } from './conditions';
import type { CosmosScope } from './cosmos-scope';

/** How the catalog says Azure grants a permission. */
export enum GrantedVia {
  /** Control plane of Azure RBAC. */
  ACTION = 'action',
  /** Data plane of Azure RBAC. */
  DATA_ACTION = 'data-action',
  /** Cosmos DB's own data-plane roles. */
  COSMOS_ROLE = 'cosmos-role',
  /** Nothing to grant: the trust of the other identity lets in. */
  FEDERATION = 'federation',
}

/** One role assignment: Azure takes one per principal, role and scope, so all grants on a scope share it. */
export interface RoleGrant {
  /** Unique in the plan; stays while the resource that is first by name keeps its name, in whatever order they are declared. */
  readonly id: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
  readonly condition?: string;
  /** When it holds, where a condition cannot say it. */
  readonly schedule?: AccessWindow;
}

/** One assignment of a Cosmos DB data-plane role. */
export interface CosmosGrant {
  readonly id: string;
  readonly scope: CosmosScope;
  readonly dataActions: readonly string[];
}

/** What Azure must be told for an access plan. */
export interface AzureAccess {
  readonly roles: readonly RoleGrant[];
  readonly cosmos: readonly CosmosGrant[];
}

export interface TranslateOptions {
  /** When the access holds. @default - always */
  readonly window?: AccessWindow;
  /** Text that two scopes share if and only if they are the same place; tokens differ each time an attribute is asked for. */
  readonly keyOf: (scope: NativeScope) => string;
}

interface ScopeGroup {
  id: string;
  readonly scope: NativeScope;
  readonly grants: PlannedGrant[];
}

/** Turns an access plan into role assignments at the narrowest scopes. Pure. */
export function translateAccess(plan: AccessPlan, options: TranslateOptions): AzureAccess {
  const { window } = options;
  const rbac = groupByScope(plan, options.keyOf, [GrantedVia.ACTION, GrantedVia.DATA_ACTION]);
  const cosmos = groupByScope(plan, options.keyOf, [GrantedVia.COSMOS_ROLE]);
  const untimed = plan.grants.find((grant) => grant.via === GrantedVia.COSMOS_ROLE || grant.via === GrantedVia.FEDERATION);
  if (window && untimed) throw windowUnsupported(plan.agent.name, untimed.resource, untimedReason(untimed));
  return {
    roles: rbac.map((group) => roleGrant(plan, group, window)),
    cosmos: cosmos.map(({ id, scope, grants }) => ({ id, scope: scope as unknown as CosmosScope, dataActions: permissionsOf(grants) })),
  };
}

function groupByScope(plan: AccessPlan, keyOf: TranslateOptions['keyOf'], via: readonly GrantedVia[]): ScopeGroup[] {
  const groups = new Map<string, ScopeGroup>();
  const named = plan.grants.filter((grant) => via.includes(grant.via as GrantedVia));
  for (const grant of named) {
    grant.scopes.forEach((scope, index) => {
      const key = keyOf(scope);
      const id = `${grant.resource}-${grant.target}${index > 0 ? `-${index + 1}` : ''}`;
      const group = groups.get(key) ?? { id, scope, grants: [] };
      if (byCodePoint(id, group.id) < 0) group.id = id;
      groups.set(key, group);
      group.grants.push(grant);
    });
  }
  return [...groups.values()];
}

function roleGrant(plan: AccessPlan, { id, scope, grants }: ScopeGroup, window: AccessWindow | undefined): RoleGrant {
  const permissions = permissionsOf(grants);
  const timed = window !== undefined && permissions.every(knowsTime);
  const condition = renderCondition(conditionedBy(grants), timed ? window : undefined);
  if (condition !== undefined && window && !timed) throw windowUnsupported(plan.agent.name, grants[0]?.resource ?? id, CONDITION_REASON);
  if (condition !== undefined && Buffer.byteLength(condition) > LIMITS.condition.value) {
    const names = [...new Set(grants.map((grant) => grant.resource))].join(', ');
    throw policyTooLarge(plan.agent.name, {
      what: 'the condition of one role assignment',
      size: Buffer.byteLength(condition),
      limit: LIMITS.condition.value,
      largest: names,
    });
  }
  return {
    id,
    scope: scope as string,
    actions: permissionsOf(grants.filter((grant) => grant.via === GrantedVia.ACTION)),
    dataActions: permissionsOf(grants.filter((grant) => grant.via === GrantedVia.DATA_ACTION)),
    ...(condition === undefined ? {} : { condition }),
    ...(window && !timed ? { schedule: window } : {}),
  };
}

/** In an order of its own: Azure makes an assignment anew for another text, though it mean the same. */
function conditionedBy(grants: readonly PlannedGrant[]): ConditionedPermission[] {
  const all = grants.flatMap((grant) => grant.permissions.map((permission) => ({ permission, condition: conditionOf(grant) })));
  return all.sort((left, right) => byCodePoint(stableStringify([left]), stableStringify([right])));
}

const CONDITION_REASON = 'its role assignment needs a condition, and the kind of assignment that ends by itself takes none';

function untimedReason(grant: PlannedGrant): string {
  return grant.via === GrantedVia.FEDERATION
    ? 'a federated credential has no end'
    : 'an assignment of a Cosmos DB data-plane role has neither condition nor end';
}

function conditionOf(grant: PlannedGrant): AccessCondition {
  return Object.assign({}, ...grant.conditions) as AccessCondition;
}

function permissionsOf(grants: readonly PlannedGrant[]): string[] {
  return [...new Set(grants.flatMap((grant) => grant.permissions))].sort();
}
