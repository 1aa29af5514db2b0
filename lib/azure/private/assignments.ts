import type { Construct } from 'constructs';
import { emptyField } from '../../core/errors';
import { checkLiteral } from '../../core/names';
import { nativeRole } from '../../core/native-errors';
import type { AccessWindow } from '../../core/window';
import { CosmosdbSqlRoleAssignment, PimActiveRoleAssignment, RoleAssignment } from '../../terraform/azurerm';
import { Token } from '../../terraform/core';
import type { IAgentIdentity } from '../agent-identity';
import { pinAddress } from './identity/address';
import { nameBasedId } from './name-based-id';
import { RoleDefinitions, type RoleOwner } from './role-definitions';
import type { CosmosGrant, RoleGrant } from './translate-access';

/** A role assigned past the capabilities. */
export interface NativeGrantProps {
  /** Id of the resource, resource group or subscription. */
  readonly scope: string;
  /** Name of a built-in role, for example `Reader`. @default - `roleDefinitionId` is given */
  readonly roleName?: string;
  /** Resource id of a role definition. @default - `roleName` is given */
  readonly roleDefinitionId?: string;
  /** What the role lets do, for the manifest. @default - the role's name or id */
  readonly permissions?: readonly string[];
}

/** Assigns the grant's role to the identity at its scope: for good, by condition, or by schedule. */
export function assignRole(scope: Construct, identity: IAgentIdentity, { grant, owner }: { grant: RoleGrant; owner: RoleOwner }): void {
  const roleDefinitionId = RoleDefinitions.of(scope).rbac(owner, grant).roleDefinitionResourceId;
  const assignment = grant.schedule
    ? new PimActiveRoleAssignment(scope, grant.id, {
        scope: grant.scope,
        roleDefinitionId,
        principalId: identity.principalId,
        justification: describe(identity),
        schedule: scheduleOf(grant.schedule),
      })
    : new RoleAssignment(scope, grant.id, {
        ...direct(identity, grant.scope, roleDefinitionId),
        roleDefinitionId,
        ...(grant.condition === undefined ? {} : { condition: grant.condition, conditionVersion: '2.0' }),
      });
  pinAddress(assignment, identity.fleet, identity.agent.name, grant.id);
}

/** Assigns the grant's Cosmos DB data-plane role to the identity. */
export function assignCosmosRole(
  scope: Construct,
  identity: IAgentIdentity,
  { grant, owner, accountKey }: { grant: CosmosGrant; owner: RoleOwner; accountKey: string },
): void {
  const roleDefinitionId = RoleDefinitions.of(scope).cosmos(owner, grant, accountKey).id;
  const assignment = new CosmosdbSqlRoleAssignment(scope, grant.id, {
    name: nameBasedId(grant.scope.scope, identity.principalId, roleDefinitionId),
    accountName: grant.scope.accountName,
    resourceGroupName: grant.scope.resourceGroupName,
    scope: grant.scope.scope,
    principalId: identity.principalId,
    roleDefinitionId,
  });
  pinAddress(assignment, identity.fleet, identity.agent.name, grant.id);
}

/** Assigns a role of the user's choice, and writes it down. */
export function assignNativeRole(scope: Construct, identity: IAgentIdentity, native: NativeGrantProps & { readonly id: string }): void {
  const { id, roleName, roleDefinitionId } = native;
  const role = roleName ?? roleDefinitionId;
  if (role === undefined || (roleName !== undefined && roleDefinitionId !== undefined)) throw nativeRole(identity.agent.name, id);
  const subject = `native grant '${id}' of agent '${identity.agent.name}'`;
  for (const [field, value] of Object.entries({ scope: native.scope, role })) {
    if (Token.isUnresolved(value)) continue;
    if (value.trim() === '') throw emptyField(subject, field, 'an assignment names one role at one place');
    checkLiteral(subject, field, value);
  }
  const assignment = new RoleAssignment(scope, id, {
    ...direct(identity, native.scope, role),
    ...(roleName === undefined ? { roleDefinitionId: role } : { roleDefinitionName: role }),
  });
  identity.recordNativeGrant({ origin: assignment.node.path, permissions: native.permissions ?? [role], scopes: [native.scope] });
}

/**
 * Says what the principal is: Azure then assigns without looking it up, which fails for minutes after its creation.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
 */
function direct(identity: IAgentIdentity, scope: string, role: string) {
  return {
    name: nameBasedId(scope, identity.principalId, role),
    scope,
    principalId: identity.principalId,
    principalType: 'ServicePrincipal',
    skipServicePrincipalAadCheck: true,
    description: describe(identity),
  };
}

/** Names only, which are checked: free text of the spec could open a Terraform template. */
function describe({ agent, fleet }: IAgentIdentity): string {
  return `agentic-iam: agent ${agent.name} of fleet ${fleet}`;
}

function scheduleOf({ notBefore, notAfter }: AccessWindow) {
  return {
    ...(notBefore === undefined ? {} : { startDateTime: notBefore }),
    ...(notAfter === undefined ? {} : { expiration: { endDateTime: notAfter } }),
  };
}
