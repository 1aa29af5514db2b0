import { Construct } from 'constructs';
import type { WatchedAgent } from '../../../core/detection/registry';
import { agentNotWatchable } from '../../../core/detection-errors';
import type { FleetMember } from '../../../core/fleet';
import { gcpWatched } from '../../../events/gcp/watched';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { StorageBucketObject } from '../../../terraform/google';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';

/** Where the detector of a fleet finds its agents. */
export const watchPrefix = (fleet: string): string => `watch/${fleet}/`;

/** What an agent declared, as an object in the bucket of the monitoring; references are filled in when it is deployed. */
export function watchObject(
  identity: IAgentIdentity,
  member: FleetMember,
  { bucket, counted }: { readonly bucket: string; readonly counted: boolean },
): void {
  const { agent, fleet } = identity;
  new StorageBucketObject(new Construct(identity, 'Watch'), 'Object', {
    bucket,
    name: `${watchPrefix(fleet)}${agent.name}.json`,
    contentType: 'application/json',
    content: Lazy.stringValue({ produce: () => jsonTemplate(watchedAgent(identity, member, counted)) }),
  });
  identity.node.addValidation({
    validate: () => (member.plan ? [] : [agentNotWatchable(agent.name, identity.node.path).message]),
  });
}

function watchedAgent(identity: IAgentIdentity, member: FleetMember, counted: boolean): WatchedAgent {
  const watched = gcpWatched(member.toManifest(), (reference) => `\${${reference}}`);
  // What the manifest resolved are the template's own references; all else is text.
  const { owner, ...rest } = watched;
  return {
    ...rest,
    ...(owner === undefined ? {} : { owner: literalText(owner) }),
    principals: [String(resolveTokens(identity, identity.email ?? identity.member))],
    scope: { ...watched.scope, accounts: [String(resolveTokens(identity, identity.project))] },
    ...(counted ? { counted } : {}),
  };
}
