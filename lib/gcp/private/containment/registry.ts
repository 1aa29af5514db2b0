import { Construct } from 'constructs';
import { readingSecrets, remembering } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { StorageBucketObject } from '../../../terraform/google';
import { literalText } from '../../../terraform/literal';
import type { AgentIdentity } from '../../agent-identity';
import type { AgentWork } from '../../agent-work';

export interface RegistryEntry {
  readonly identity: AgentIdentity;
  readonly member: FleetMember;
  readonly bucket: string;
  readonly armed: boolean;
  readonly canary: boolean;
  readonly work: readonly AgentWork[];
}

/** What the responder is to know of an agent, as an object beside its account; references are filled in when it is deployed. */
export function registerAgent(entry: RegistryEntry): void {
  const { agent, fleet } = entry.identity;
  new StorageBucketObject(new Construct(entry.identity, 'Contain'), 'Object', {
    bucket: entry.bucket,
    name: `contain/${fleet}/${agent.name}.json`,
    contentType: 'application/json',
    content: Lazy.stringValue({ produce: () => JSON.stringify(resolveTokens(entry.identity, entryOf(entry))) }),
  });
}

function entryOf({ identity, member, armed, canary, work }: RegistryEntry): object {
  const { agent, fleet } = identity;
  const grants = member.plan?.grants ?? [];
  const named = (list: readonly { readonly resource: string; readonly kind: string }[]): readonly string[] => [
    ...new Set(list.map(({ resource, kind }) => `${kind} ${resource}`)),
  ];
  const memories = named(remembering(grants));
  return {
    name: agent.name,
    fleet,
    cloud: 'gcp',
    owner: literalText(agent.owner),
    armed,
    ...(canary ? { canary } : {}),
    responses: agent.responses,
    native: {
      email: identity.email,
      project: identity.project,
      displayName: `${agent.name} of ${fleet}`,
      work: work.map((one) => one.entry),
      secrets: named(readingSecrets(grants)),
      ...(memories.length > 0 ? { memories } : {}),
    },
  };
}
