import { Construct, type IConstruct } from 'constructs';
import { GovernanceBook } from '../../core/governance/book';
import { shortHash } from '../../core/names';
import { invalidBinding, invalidResourceId } from '../../core/native-errors';
import { CosmosdbSqlRoleDefinition, DataAzurermSubscription, RoleDefinition } from '../../terraform/azurerm';
import { Fn, resolveTokens, TerraformStack, Token } from '../../terraform/core';
import { CATALOG } from '../catalog';
import { pinAddress } from './identity/address';
import { nameBasedId } from './name-based-id';
import type { CosmosGrant, RoleGrant } from './translate-access';

const ID = 'AgenticIamRoles';

/** Whose role, and where it may be assigned. */
export interface RoleOwner {
  readonly fleet: string;
  /** @default - the subscription of the provider */
  readonly assignableScope?: string;
}

/**
 * Refuses what a role with data actions cannot be assigned at: a management group, or the tenant.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles
 */
export function checkAssignableScope(agent: string, scope: string): string {
  if (Token.isUnresolved(scope) || /^\/subscriptions\/[\w-]+(\/resourceGroups\/[\w.()-]+)?$/i.test(scope)) return scope;
  throw invalidResourceId(`agent '${agent}'`, '/subscriptions/<id> or /subscriptions/<id>/resourceGroups/<name>', scope);
}

/**
 * Refuses, as far as ids are known, resources at which a role of this scope cannot be assigned. A role with data actions
 * lives in subscriptions or resource groups, and an agent's roles have one such home.
 */
export function checkReach(agent: string, grants: readonly RoleGrant[], assignableScope: string | undefined): void {
  const known = grants.map(({ scope }) => scope).filter((scope) => !Token.isUnresolved(scope));
  const home = assignableScope ?? known[0]?.split('/').slice(0, 3).join('/');
  if (home === undefined || Token.isUnresolved(home)) return;
  const outside = known.find((scope) => !scope.toLowerCase().startsWith(`${home.toLowerCase()}/`));
  if (outside === undefined) return;
  throw invalidBinding(`agent '${agent}'`, {
    rule: `needs all its resources inside ${assignableScope === undefined ? 'one subscription' : `its assignable scope '${home}'`}`,
    reason: 'Azure assigns a custom role nowhere else',
    value: outside,
    fix: "name in 'assignableScope' the subscription or resource group that holds them all, or give the others to a second agent",
  });
}

/**
 * The custom roles of a stack. One for each set of permissions that a fleet uses: the name holds a hash of the set, so a
 * role never changes what it grants, and agents that need the same share one of the 5,000 that a tenant may have.
 */
export class RoleDefinitions extends Construct {
  /** The roles of the stack a construct is in. */
  static of(scope: IConstruct): RoleDefinitions {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as RoleDefinitions | undefined) ?? new RoleDefinitions(stack);
  }

  private readonly known = new Map<string, RoleDefinition | CosmosdbSqlRoleDefinition>();
  private subscription: string | undefined;

  private constructor(stack: TerraformStack) {
    super(stack, ID);
  }

  /** The role with exactly these permissions. */
  rbac({ fleet, assignableScope }: RoleOwner, { actions, dataActions }: RoleGrant): RoleDefinition {
    const scope = assignableScope ?? this.subscriptionId();
    // Resolved: the text of a token counts the tokens made before it.
    const place = assignableScope === undefined ? '' : String(resolveTokens(this, assignableScope));
    const hash = shortHash(TerraformStack.of(this).node.path, fleet, place, ...actions, '', ...dataActions);
    return this.findOrMake(fleet, hash, (id) => {
      const definition = new RoleDefinition(this, id, {
        // Names are unique in a tenant; the scope, hashed at deployment, keeps two subscriptions apart.
        name: `agentic-iam ${fleet} ${hash} ${Fn.substr(Fn.sha256(scope), 0, 10)}`,
        roleDefinitionId: nameBasedId(scope, fleet, hash),
        description: `Exactly what agents of fleet ${fleet} need on one kind of resource. Made by agentic-iam; do not assign by hand.`,
        scope,
        assignableScopes: [scope],
        permissions: [{ actions: [...actions], notActions: [], dataActions: [...dataActions], notDataActions: [] }],
      });
      pinAddress(definition, fleet, hash);
      return definition;
    });
  }

  /** The data-plane role of a Cosmos DB account with exactly these permissions. */
  cosmos({ fleet }: RoleOwner, { scope, dataActions }: CosmosGrant, accountKey: string): CosmosdbSqlRoleDefinition {
    const hash = shortHash(TerraformStack.of(this).node.path, fleet, accountKey, ...dataActions);
    return this.findOrMake(fleet, hash, (id) => {
      const definition = new CosmosdbSqlRoleDefinition(this, id, {
        name: `agentic-iam ${fleet} ${hash}`,
        roleDefinitionId: nameBasedId(scope.accountId, fleet, hash),
        accountName: scope.accountName,
        resourceGroupName: scope.resourceGroupName,
        type: 'CustomRole',
        assignableScopes: [scope.accountId],
        permissions: [{ dataActions: [...dataActions] }],
      });
      pinAddress(definition, fleet, hash);
      return definition;
    });
  }

  /** Ids, as conditions name them, of the roles of Azure itself that were made so far. */
  roleIds(): readonly string[] {
    const made = [...this.known.values()].filter((one): one is RoleDefinition => one instanceof RoleDefinition);
    return made.map((one) => String(resolveTokens(this, one.roleDefinitionId)));
  }

  private findOrMake<T extends RoleDefinition | CosmosdbSqlRoleDefinition>(fleet: string, hash: string, make: (id: string) => T): T {
    const id = `${fleet}-${hash}`;
    GovernanceBook.of(this.node.root).claim(`${this.node.path}/${id}`, { control: 'access-as-declared', cloud: CATALOG.cloud, fleet });
    const definition = (this.known.get(id) as T | undefined) ?? make(id);
    this.known.set(id, definition);
    return definition;
  }

  private subscriptionId(): string {
    this.subscription ??= new DataAzurermSubscription(this, 'Subscription', {}).id;
    return this.subscription;
  }
}
