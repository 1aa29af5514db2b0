import { Construct } from 'constructs';
import { readingSecrets, remembering } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { byCodePoint } from '../../../core/json';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { StorageBucketObject } from '../../../terraform/google';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentWork } from '../../agent-work';
import type { StopTag } from '../../runtime/containment/agent';
import type { BindingBrake } from './binding-brake';
import { everything } from './deny-brake';
import type { IdentitySwitch } from './identity-switch';
import { policyNames } from './written-deny';

export interface RegistryEntry {
  readonly identity: IAgentIdentity;
  /** What of it is switched off. */
  readonly by: IdentitySwitch;
  /** Of deny policies, the tags that they wait for. */
  readonly tags: readonly StopTag[];
  /** What takes its role bindings away, where that was asked for. */
  readonly bindings: BindingBrake | undefined;
  /** Address of what asks what a canary may do. */
  readonly probe: string | undefined;
  readonly member: FleetMember;
  readonly bucket: string;
  /** Project of the responder. */
  readonly project: string;
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
    content: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(entry.identity, entryOf(entry))) }),
  });
}

function entryOf({ identity, member, by, tags, bindings, probe, project, armed, canary, work }: RegistryEntry): object {
  const { agent, fleet } = identity;
  const grants = member.plan?.grants ?? [];
  const named = (list: readonly { readonly resource: string; readonly kind: string }[]): readonly string[] => [
    ...new Set(list.map(({ resource, kind }) => `${kind} ${resource}`)),
  ];
  const memories = named(remembering(grants));
  const sharedWith = by.kind === 'pool' ? [...by.pool.agents].filter((name) => name !== agent.name).sort(byCodePoint) : [];
  return {
    name: agent.name,
    fleet,
    cloud: 'gcp',
    owner: literalText(agent.owner),
    // A detection that is wrong must not stop the others of a pool.
    armed: armed && sharedWith.length === 0,
    ...(canary ? { canary } : {}),
    responses: agent.responses,
    native: {
      identity: switchEntry(by, { identity, member, tags, project, sharedWith }),
      work: work.map((one) => one.entry),
      secrets: named(readingSecrets(grants)),
      ...(bindings ? { bindings: { member: identity.member, granted: bindings.granted } } : {}),
      ...(probe === undefined ? {} : { probe }),
      ...(memories.length > 0 ? { memories } : {}),
    },
  };
}

function switchEntry(
  by: IdentitySwitch,
  {
    identity,
    member,
    tags,
    project: own,
    sharedWith,
  }: Pick<RegistryEntry, 'identity' | 'member' | 'tags' | 'project'> & { readonly sharedWith: readonly string[] },
): object {
  if (by.kind === 'denied') return { kind: by.kind, tags };
  if (by.kind === 'written') {
    const { kind, place, organization } = by;
    const names = policyNames(identity, { fleet: identity.fleet, project: own });
    return { kind, place, organization, ...names, principal: identity.member, permissions: everything(member) };
  }
  if (by.kind === 'pool') return { kind: by.kind, name: by.pool.name, displayName: by.pool.displayName, sharedWith };
  const { agent, fleet, project, email } = identity;
  return { kind: by.kind, email, project, displayName: `${agent.name} of ${fleet}` };
}
