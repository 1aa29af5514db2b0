import { Construct } from 'constructs';
import type { AccessPlan, BoundResource, NativeScope } from '../core/access-plan';
import { planAccess } from '../core/access-plan';
import type { AgentSpec } from '../core/agent-spec';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { stableStringify } from '../core/json';
import { unregisteredIdentity } from '../core/native-errors';
import type { AccessWindow } from '../core/window';
import { checkWindow } from '../core/window';
import { resolveTokens, Token } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import type { AgentResource } from './agent-resource';
import { CATALOG } from './catalog';
import { assignCosmosRole, assignNativeRole, assignRole, type NativeGrantProps } from './private/assignments';
import { untrustedDelegates } from './private/delegates';
import { checkAssignableScope, checkReach, type RoleOwner } from './private/role-definitions';
import { translateAccess } from './private/translate-access';

export type { NativeGrantProps };

/** What the role of one agent is made of. */
export interface ScopedAgentRoleProps extends AccessWindow {
  readonly identity: IAgentIdentity;
  /** What each resource name of the spec is on Azure. Sub-agents are bound under their own names. */
  readonly resources: Readonly<Record<string, AgentResource>>;
  /**
   * First instant the access holds, ISO 8601 in UTC. On blobs and queues a condition says so, elsewhere an assignment of
   * Privileged Identity Management, which needs its licence in the tenant, and role settings that allow active assignments
   * so long; without `notAfter`, permanent ones. Take the window or the agent out once it is over: the provider fails on an
   * assignment that has ended.
   * @see https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/pim-resource-roles-configure-role-settings
   * @see https://github.com/hashicorp/terraform-provider-azurerm/issues/23432
   * @default - at once
   */
  readonly notBefore?: string;
  /** Last instant the access holds; as `notBefore`. @default - without end */
  readonly notAfter?: string;
  /**
   * Where the custom roles may be assigned: the id of a subscription or resource group that holds all resources.
   * @default - the subscription of the provider
   */
  readonly assignableScope?: string;
}

/**
 * The access of one agent: custom roles with exactly the operations its capabilities need, assigned directly to its
 * principal at the narrowest scope of each bound resource. Directly, as membership of a group lives in tokens that
 * outlast its removal by up to a day.
 *
 * Roles hold no names of agents and are shared: see {@link https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshoot-limits}
 * for how many there may be. Removing an assignment takes up to 10 minutes to be felt.
 *
 * @throws AgenticIamError for an unbound, surplus or unusable resource, a second role, a window that Azure cannot hold,
 *   a condition over 8 KB, or a sub-agent bound to another agent
 */
export class ScopedAgentRole extends Construct {
  readonly agent: AgentSpec;
  /** The capabilities resolved against the bound resources. */
  readonly access: AccessPlan;
  private readonly identity: IAgentIdentity;

  constructor(scope: Construct, id: string, props: ScopedAgentRoleProps) {
    super(scope, id);
    this.identity = props.identity;
    this.agent = props.identity.agent;
    const window = checkWindow(this.agent.name, props);
    const bound = boundResources(props.resources);
    this.access = planAccess(this.agent, CATALOG, bound);
    const owner = this.owner(props.assignableScope);

    const keyOf = (place: NativeScope): string => stableStringify(resolveTokens(this, foldCase(place)));
    const { roles, cosmos } = translateAccess(this.access, { window, keyOf });
    checkReach(this.agent.name, roles, owner.assignableScope);
    this.attach(window);
    for (const grant of roles) assignRole(this, this.identity, { grant, owner });
    for (const grant of cosmos) assignCosmosRole(this, this.identity, { grant, owner, accountKey: keyOf(grant.scope.accountId) });
    this.node.addValidation({ validate: () => untrustedDelegates(this, this.identity, this.access) });
  }

  /**
   * Assigns any role to the agent, past its capabilities. The manifest shows it as native, and reviews count it.
   * @throws AgenticIamError `native-role` unless exactly one of `roleName` and `roleDefinitionId` is given
   */
  addNativeGrant(id: string, assignment: NativeGrantProps): void {
    assignNativeRole(this, this.identity, { id, ...assignment });
  }

  private owner(assignableScope: string | undefined): RoleOwner {
    const { fleet } = this.identity;
    return assignableScope === undefined ? { fleet } : { fleet, assignableScope: checkAssignableScope(this.agent.name, assignableScope) };
  }

  private attach(window: AccessWindow | undefined): void {
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, this.identity.fleet, this.agent.name);
    if (!member) throw unregisteredIdentity(this.agent.name, this.identity.node.path);
    member.attachRole({ plan: this.access, ...(window ? { window } : {}) });
    const { fleet } = this.identity;
    GovernanceBook.of(this.node.root).claim(this.node.path, {
      control: 'access-as-declared',
      cloud: CATALOG.cloud,
      fleet,
      agent: this.agent.name,
    });
  }
}

function boundResources(resources: Readonly<Record<string, AgentResource>>): Record<string, BoundResource> {
  return Object.fromEntries(Object.entries(resources).map(([name, resource]) => [name, resource.bound]));
}

/** Ids of Azure are the same in any case; two assignments of one role to one principal at one place are refused. */
function foldCase(place: NativeScope): NativeScope {
  return typeof place === 'string' && !Token.isUnresolved(place) ? place.toLowerCase() : place;
}
