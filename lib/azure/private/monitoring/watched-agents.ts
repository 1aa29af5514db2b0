import { Construct } from 'constructs';
import type { WatchedAgent } from '../../../core/detection/registry';
import { agentNotWatchable } from '../../../core/detection-errors';
import type { FleetMember } from '../../../core/fleet';
import { azureWatched } from '../../../events/azure/watched';
import { StorageBlob } from '../../../terraform/azurerm';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';

/** Where the detector of a fleet finds its agents. */
export const watchPrefix = (fleet: string): string => `watch/${fleet}/`;

/** What an agent declared, as a blob of the monitoring; references are filled in when it is deployed. */
export function watchBlob(
  identity: IAgentIdentity,
  member: FleetMember,
  { account, container }: { readonly account: string; readonly container: string },
): void {
  const { agent, fleet } = identity;
  new StorageBlob(new Construct(identity, 'Watch'), 'Blob', {
    storageAccountName: account,
    storageContainerName: container,
    name: `${watchPrefix(fleet)}${agent.name}.json`,
    type: 'Block',
    contentType: 'application/json',
    sourceContent: Lazy.stringValue({ produce: () => jsonTemplate(watchedAgent(identity, member)) }),
  });
  identity.node.addValidation({
    validate: () => (member.plan ? [] : [agentNotWatchable(agent.name, identity.node.path).message]),
  });
}

function watchedAgent(identity: IAgentIdentity, member: FleetMember): WatchedAgent {
  // Records are read in small letters, and what a reference gives is written in both.
  const watched = azureWatched(member.toManifest(), (reference) => `\${lower(${reference})}`);
  const { owner, ...rest } = watched;
  return {
    ...rest,
    ...(owner === undefined ? {} : { owner: literalText(owner) }),
    principals: [identity.principalId, identity.clientId].map((id) => asLower(String(resolveTokens(identity, id)))),
  };
}

/** A reference of the template in small letters, once it is known. */
function asLower(text: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, reference: string) => `\${lower(${reference})}`);
}
