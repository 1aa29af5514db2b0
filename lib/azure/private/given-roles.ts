import type { IConstruct } from 'constructs';
import { CosmosdbSqlRoleAssignment, PimActiveRoleAssignment, RoleAssignment, RoleDefinition } from '../../terraform/azurerm';
import { resolveTokens } from '../../terraform/core';
import type { IAgentIdentity } from '../agent-identity';

/** Roles that this app gives the principal. One that is given by the name of a built-in role is taken away, too, and given again by the next deployment. */
export function assignmentsOf(identity: IAgentIdentity, reads: ReadonlySet<string>): readonly object[] {
  const { assigned, inCosmos } = givenTo(identity);
  const rbac = assigned
    .filter(({ roleDefinitionIdInput }) => roleDefinitionIdInput !== undefined)
    .map((node) => ({
      id: node.id,
      roleDefinitionId: node.roleDefinitionId,
      ...(node.conditionInput === undefined ? {} : { condition: node.conditionInput }),
      reads: onlyReads(node, reads),
    }));
  const cosmos = inCosmos.map((node) => ({ id: node.id, roleDefinitionId: node.roleDefinitionId, cosmosScope: node.scope, reads: false }));
  return [...rbac, ...cosmos];
}

/** What this app gives an identity, by the resources that give it. */
export function givenTo(identity: IAgentIdentity): {
  readonly assigned: readonly RoleAssignment[];
  readonly inCosmos: readonly CosmosdbSqlRoleAssignment[];
  readonly scheduled: readonly PimActiveRoleAssignment[];
} {
  const nodes = identity.node.root.node.findAll();
  const own = String(resolveTokens(identity, identity.principalId));
  const isOwn = (node: IConstruct, principal: string | undefined): boolean => String(resolveTokens(node, principal)) === own;
  return {
    assigned: nodes.filter((node): node is RoleAssignment => node instanceof RoleAssignment && isOwn(node, node.principalIdInput)),
    inCosmos: nodes.filter(
      (node): node is CosmosdbSqlRoleAssignment => node instanceof CosmosdbSqlRoleAssignment && isOwn(node, node.principalIdInput),
    ),
    scheduled: nodes.filter(
      (node): node is PimActiveRoleAssignment => node instanceof PimActiveRoleAssignment && isOwn(node, node.principalIdInput),
    ),
  };
}

/** The role that is assigned, where it is made by this app. */
export function roleOf(assignment: RoleAssignment): RoleDefinition | undefined {
  const wanted = String(resolveTokens(assignment, assignment.roleDefinitionIdInput));
  return assignment.node.root.node
    .findAll()
    .find(
      (node): node is RoleDefinition =>
        node instanceof RoleDefinition && String(resolveTokens(node, node.roleDefinitionResourceId)) === wanted,
    );
}

/** Actions of a role that is made by this app. */
export function actionsOf(definition: RoleDefinition): { readonly actions: readonly string[]; readonly dataActions: readonly string[] } {
  const permissions = (definition.permissionsInput ?? []) as readonly {
    readonly actions?: readonly string[];
    readonly dataActions?: readonly string[];
  }[];
  return {
    actions: permissions.flatMap(({ actions = [] }) => actions),
    dataActions: permissions.flatMap(({ dataActions = [] }) => dataActions),
  };
}

/** Whether the assigned role, where it is made by this app, holds nothing that does more than read. */
function onlyReads(assignment: RoleAssignment, reads: ReadonlySet<string>): boolean {
  const definition = roleOf(assignment);
  if (!definition) return false;
  const { actions, dataActions } = actionsOf(definition);
  const all = [...actions, ...dataActions];
  return all.length > 0 && all.every((action) => reads.has(action));
}
