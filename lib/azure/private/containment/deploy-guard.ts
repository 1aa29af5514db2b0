import {
  type DataAzurermUserAssignedIdentity as Data,
  DataAzurermUserAssignedIdentity,
  RoleAssignment,
  UserAssignedIdentity,
} from '../../../terraform/azurerm';
import { Aspects, resolveTokens, TerraformStack } from '../../../terraform/core';
import type { AgentIdentity } from '../../agent-identity';

/** What the responder writes on an identity that it contains; `lib/azure/runtime/containment/mark.ts`. */
const TAG = 'agentic-iam:contained';

/**
 * Makes a plan fail that would give roles to an agent while it is contained, with a message that says what to do. The identity is looked at as it is in Azure, by
 * parts of its id, which no first plan knows: that one looks while it is applied.
 * @see https://developer.hashicorp.com/terraform/language/validate#resource-and-data-preconditions
 */
export function guardDeployments(identity: AgentIdentity): void {
  const { agent, fleet } = identity;
  const made = identity.node.findAll().find((node): node is UserAssignedIdentity => node instanceof UserAssignedIdentity);
  if (!made) return;
  made.addOverride('lifecycle.ignore_changes', [`tags["${TAG}"]`]);
  const id = String(resolveTokens(identity, identity.identityId)).replace(/^\$\{|\}$/g, '');
  const part = (at: number): string => `\${element(split("/", ${id}), ${at})}`;
  const seen: Data = new DataAzurermUserAssignedIdentity(identity, 'AsItIs', { name: part(8), resourceGroupName: part(4) });
  const address = `data.azurerm_user_assigned_identity.${seen.friendlyUniqueId}`;
  const precondition = [
    {
      condition: `\${try(${address}.tags["${TAG}"], "") == ""}`,
      error_message: `Agent '${agent.name}' of fleet '${fleet}' is contained: this deployment would give it its roles again. Two people restore it with 'agentic-iam restore --agent ${agent.name} --fleet ${fleet} --reason WHY'; then deploy.`,
    },
  ];
  const own = String(resolveTokens(identity, identity.principalId));
  Aspects.of(TerraformStack.of(identity)).add({
    visit: (node) => {
      if (!(node instanceof RoleAssignment) || String(resolveTokens(node, node.principalIdInput ?? '')) !== own) return;
      node.addOverride('lifecycle.precondition', precondition);
    },
  });
}
