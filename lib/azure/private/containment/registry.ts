import { Construct, type IConstruct } from 'constructs';
import { readingSecrets, readPermissions, remembering } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { CosmosdbSqlRoleAssignment, RoleAssignment, RoleDefinition, StorageBlob } from '../../../terraform/azurerm';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentWork } from '../../agent-work';

export interface RegistryEntry {
  readonly identity: IAgentIdentity;
  readonly member: FleetMember;
  /** Resource id of the managed identity; undefined for what is none. */
  readonly identityId: string | undefined;
  readonly subscription: string;
  readonly account: string;
  readonly container: string;
  readonly armed: boolean;
  readonly canary: boolean;
  readonly work: readonly AgentWork[];
}

/** What the responder is to know of an agent, as a blob; references are filled in when it is deployed. */
export function registerAgent(entry: RegistryEntry): void {
  const { agent, fleet } = entry.identity;
  new StorageBlob(new Construct(entry.identity, 'Contain'), 'Blob', {
    storageAccountName: entry.account,
    storageContainerName: entry.container,
    name: `contain/${fleet}/${agent.name}.json`,
    type: 'Block',
    contentType: 'application/json',
    sourceContent: Lazy.stringValue({ produce: () => JSON.stringify(resolveTokens(entry.identity, entryOf(entry))) }),
  });
}

function entryOf(entry: RegistryEntry): object {
  const { identity, identityId, member, subscription, armed, canary, work } = entry;
  const { agent, fleet } = identity;
  const grants = member.plan?.grants ?? [];
  const scopesOf = (list: readonly { readonly scopes: readonly unknown[] }[]): readonly string[] => [
    ...new Set(list.flatMap(({ scopes }) => scopes.map(String))),
  ];
  const memories = scopesOf(remembering(grants));
  return {
    name: agent.name,
    fleet,
    cloud: 'azure',
    owner: literalText(agent.owner),
    armed,
    ...(canary ? { canary } : {}),
    responses: agent.responses,
    native: {
      principalId: identity.principalId,
      ...(identityId === undefined ? {} : { identityId }),
      tags: identityId === undefined ? {} : { agent: agent.name, fleet },
      subscription,
      assignments: assignmentsOf(identity, readPermissions(grants)),
      work: work.map(({ kind, id }) => ({ kind, id })),
      secrets: scopesOf(readingSecrets(grants)),
      ...(memories.length > 0 ? { memories } : {}),
    },
  };
}

/** Roles that this app gives the principal. One that is given by the name of a built-in role is taken away, too, and given again by the next deployment. */
function assignmentsOf(identity: IAgentIdentity, reads: ReadonlySet<string>): readonly object[] {
  const nodes = identity.node.root.node.findAll();
  const own = String(resolveTokens(identity, identity.principalId));
  const isOwn = (node: IConstruct, principal: string | undefined): boolean => String(resolveTokens(node, principal)) === own;
  const rbac = nodes
    .filter((node): node is RoleAssignment => node instanceof RoleAssignment && isOwn(node, node.principalIdInput))
    .filter(({ roleDefinitionIdInput }) => roleDefinitionIdInput !== undefined)
    .map((node) => ({
      id: node.id,
      roleDefinitionId: node.roleDefinitionId,
      ...(node.conditionInput === undefined ? {} : { condition: node.conditionInput }),
      reads: onlyReads(node, reads),
    }));
  const cosmos = nodes
    .filter((node): node is CosmosdbSqlRoleAssignment => node instanceof CosmosdbSqlRoleAssignment && isOwn(node, node.principalIdInput))
    .map((node) => ({ id: node.id, roleDefinitionId: node.roleDefinitionId, cosmosScope: node.scope, reads: false }));
  return [...rbac, ...cosmos];
}

/** Whether the assigned role, where it is made by this app, holds nothing that does more than read. */
function onlyReads(assignment: RoleAssignment, reads: ReadonlySet<string>): boolean {
  const wanted = String(resolveTokens(assignment, assignment.roleDefinitionIdInput));
  const definition = assignment.node.root.node
    .findAll()
    .find(
      (node): node is RoleDefinition =>
        node instanceof RoleDefinition && String(resolveTokens(node, node.roleDefinitionResourceId)) === wanted,
    );
  const permissions = (definition?.permissionsInput ?? []) as readonly {
    readonly actions?: readonly string[];
    readonly dataActions?: readonly string[];
  }[];
  const all = permissions.flatMap(({ actions = [], dataActions = [] }) => [...actions, ...dataActions]);
  return definition !== undefined && all.length > 0 && all.every((action) => reads.has(action));
}
