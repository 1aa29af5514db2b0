import type { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { emptyField } from '../../../core/errors';
import type { JsonObject } from '../../../core/json';
import { invalidTrust } from '../../../core/native-errors';
import { resolveTokens, Token } from '../../../terraform/core';
import type { IAgentIdentity } from '../../agent-identity';
import { checkProject } from './check-project';
import { SHAPES, shaped } from './checks';
import type { FleetPool } from './fleet-pool';
import type { ProviderSpec } from './provider-spec';
import { takeWorkload } from './shared-principal';
import type { GkeTrustProps } from './trust-props';

/** One way to become an agent. `kind` is the factory of `AgentTrust` that made it. */
export type TrustWay =
  | { readonly form: 'attached'; readonly kind: string }
  | { readonly form: 'gke'; readonly kind: string; readonly props: GkeTrustProps }
  | { readonly form: 'provider'; readonly kind: string; readonly provider: (agent: string) => ProviderSpec }
  | { readonly form: 'agent'; readonly kind: string; readonly parent: IAgentIdentity };

/** What a way is bound to. */
export interface TrustContext {
  readonly agent: AgentSpec;
  /** The identity. */
  readonly scope: Construct;
  /** Project of the identity. */
  readonly project: string;
  /** Whether roles are granted to the principal itself, and not to a service account that it takes on. */
  readonly direct: boolean;
  /** The fleet's pool; made at the first call. */
  readonly pool: () => FleetPool;
}

/** A way, bound. */
export interface BoundWay {
  readonly kind: string;
  /** IAM member that becomes the agent. @default - nobody: the workload is given the identity by who deploys it */
  readonly member?: string;
  /** What the manifest says of it; may hold tokens. */
  readonly bounds: JsonObject;
}

/** Makes what a way needs, and says who comes in by it. */
export function bindWay(way: TrustWay, context: TrustContext): BoundWay {
  switch (way.form) {
    case 'attached':
      return { kind: way.kind, bounds: { attachedBy: 'whoever holds iam.serviceAccounts.actAs on it' } };
    case 'gke':
      return { kind: way.kind, ...bindGke(way.props, context) };
    case 'provider':
      return bindProvider(way.kind, way.provider(context.agent.name), context);
    case 'agent':
      return { kind: way.kind, bounds: bindParent(way.parent, context.agent) };
  }
}

function bindProvider(kind: string, spec: ProviderSpec, { agent, direct, pool }: TrustContext): BoundWay {
  const { member, provider } = pool().admit({ agent: agent.name, kind, spec, direct });
  return { kind, member, bounds: { ...spec.bounds, provider } };
}

/** @see https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity */
function bindGke(props: GkeTrustProps, { agent, scope, project, direct }: TrustContext): { member: string; bounds: JsonObject } {
  const namespace = shaped(agent.name, ['namespace', props.namespace], SHAPES.label);
  const account = shaped(agent.name, ['serviceAccount', props.serviceAccount], SHAPES.serviceAccount);
  if (account === 'default') {
    throw invalidTrust(agent.name, {
      rule: "needs its own 'serviceAccount' in its trust",
      reason: 'every pod of the namespace that names none runs as that one',
      value: account,
      fix: 'make a Kubernetes service account for the agent',
    });
  }
  const pool = `${checkProject(agent.name, 'project', props.project ?? project)}.svc.id.goog`;
  const bounds = { pool, namespace, serviceAccount: account };
  takeWorkload(scope, { agent: agent.name, workload: String(resolveTokens(scope, `${pool}[${namespace}/${account}]`)), direct });
  if (!direct) return { member: `serviceAccount:${pool}[${namespace}/${account}]`, bounds };
  const number = projectNumber(agent.name, props.projectNumber);
  return {
    member: `principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/subject/ns/${namespace}/sa/${account}`,
    bounds,
  };
}

function projectNumber(agent: string, value: string | undefined): string {
  if (value === undefined)
    throw emptyField(`agent '${agent}'`, 'projectNumber', 'the principal of a pod is spelled with the number of its project');
  return Token.isUnresolved(value) ? value : shaped(agent, ['projectNumber', value], SHAPES.numericId);
}

function bindParent(parent: IAgentIdentity, agent: AgentSpec): JsonObject {
  if (parent.agent.delegatesTo.every((child) => child.name !== agent.name)) {
    throw invalidTrust(agent.name, {
      rule: "must be among the 'delegatesTo' of the agent it trusts",
      reason: 'delegation is declared by the agent that delegates',
      value: parent.agent.name,
      fix: `add '${agent.name}' to 'delegatesTo' of '${parent.agent.name}', or trust another agent`,
    });
  }
  return { agent: parent.agent.name, fleet: parent.fleet, member: parent.member };
}
