import type { Construct } from 'constructs';
import type { AgenticIamError } from '../../../core/errors';
import { type JsonValue, stableStringify } from '../../../core/json';
import { invalidTrust } from '../../../core/native-errors';
import { TerraformStack } from '../../../terraform/core';

/** Members taken, by the root of the app: a second agent with the same one would share an identity. */
const TAKEN = new WeakMap<object, Map<string, string>>();

/** Takes a member for an agent, resolved, and refuses it to a second one. */
export function takeMember(construct: Construct, agent: string, member: JsonValue): void {
  const { root } = construct.node;
  const taken = TAKEN.get(root) ?? new Map<string, string>();
  TAKEN.set(root, taken);
  const text = stableStringify(member);
  // A reference names a resource of its own stack; another stack may have one of the same name.
  const key = text.includes('${') ? `${TerraformStack.of(construct).node.path} ${text}` : text;
  const holder = taken.get(key);
  if (holder !== undefined) throw sharedPrincipal(agent, holder, member);
  taken.set(key, agent);
}

/** Workloads that come in without a provider, by the root of the app. */
const WORKLOADS = new WeakMap<object, Map<string, { readonly agent: string; readonly direct: boolean }>>();

/** A workload that is itself one agent must not become another as well; several may take on accounts by one workload. */
export function takeWorkload(
  construct: Construct,
  { agent, workload, direct }: { readonly agent: string; readonly workload: string; readonly direct: boolean },
): void {
  const { root } = construct.node;
  const taken = WORKLOADS.get(root) ?? new Map<string, { readonly agent: string; readonly direct: boolean }>();
  WORKLOADS.set(root, taken);
  const holder = taken.get(workload);
  if (holder && holder.agent !== agent && (holder.direct || direct)) throw sharedPrincipal(agent, holder.agent, workload);
  if (!holder?.direct) taken.set(workload, { agent, direct });
}

/** Refuses two agents behind one principal. */
export const sharedPrincipal = (agent: string, holder: string, principal: JsonValue): AgenticIamError =>
  invalidTrust(agent, {
    rule: `must not share its principal with agent '${holder}'`,
    reason: 'an identity is never shared',
    value: principal,
    fix: 'give each a principal of its own, or a service account of its own: new AgentIdentity(...)',
  });
