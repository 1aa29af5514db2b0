import { Construct } from 'constructs';
import { readingSecrets, readPermissions, remembering } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { StorageBlob } from '../../../terraform/azurerm';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentWork } from '../../agent-work';
import { assignmentsOf } from '../given-roles';

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
  readonly denyChangesIn: readonly string[];
  /** Region of the responder. */
  readonly location: string;
  readonly disableSecrets: boolean;
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
    sourceContent: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(entry.identity, entryOf(entry))) }),
  });
}

/** Secrets that the agent was given to read; known once its roles were made. */
export const secretsOf = ({ plan }: FleetMember): readonly string[] => scopesOf(readingSecrets(plan?.grants ?? []));

const scopesOf = (list: readonly { readonly scopes: readonly unknown[] }[]): readonly string[] => [
  ...new Set(list.flatMap(({ scopes }) => scopes.map(String))),
];

function entryOf(entry: RegistryEntry): object {
  const { identity, identityId, member, subscription, armed, canary, work, denyChangesIn, location, disableSecrets } = entry;
  const { agent, fleet } = identity;
  const grants = member.plan?.grants ?? [];
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
      secrets: secretsOf(member),
      ...(disableSecrets ? { disableSecrets } : {}),
      ...(denyChangesIn.length > 0 ? { denyChangesIn: [...new Set(denyChangesIn)], location } : {}),
      ...(memories.length > 0 ? { memories } : {}),
    },
  };
}
