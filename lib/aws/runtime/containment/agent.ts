import type { ContainableAgent } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';

/** A policy document. */
export type PolicyDocument = JsonObject;

/** Something that works for an agent and is stopped with it. */
export type AgentWork =
  /** A function: no concurrency, and nothing that feeds it. `reserved` is what the template gives it. */
  | { readonly kind: 'lambda'; readonly arn: string; readonly reserved?: number }
  | { readonly kind: 'ecs-service'; readonly cluster: string; readonly service: string; readonly desired: number }
  | { readonly kind: 'state-machine'; readonly arn: string }
  | { readonly kind: 'pod-association'; readonly cluster: string; readonly associationId: string }
  /** A runtime or gateway of AgentCore. `refusal` is the resource policy by which nobody invokes it, `policy` the one of its template, both as text. */
  | { readonly kind: 'agent-core'; readonly arn: string; readonly refusal: string; readonly policy?: string }
  /** A profile of Roles Anywhere: no certificate gets credentials by it. */
  | { readonly kind: 'roles-anywhere-profile'; readonly profileId: string };

/** What the responder knows of an agent on AWS; written by its own stack. */
export interface AwsContainment {
  readonly roleArn: string;
  readonly roleName: string;
  /** The managed policy whose default version is the brake, and what it says at each stage. */
  readonly brake: {
    readonly policyArn: string;
    readonly released: PolicyDocument;
    readonly restricted: PolicyDocument;
    readonly braked: PolicyDocument;
  };
  /** The trust policy as it was synthesised. */
  readonly trust: PolicyDocument;
  /** Policies that stop chains, wherever a chain of this agent can lead. */
  readonly chains: readonly string[];
  readonly work: readonly AgentWork[];
  readonly secrets: readonly string[];
  /** Credential providers that it asks for tokens of others. @default - none */
  readonly providers?: readonly string[];
  /** What works for one workflow alone, and the templates of tasks that are its own. @default - no workflow can be stopped by itself */
  readonly workflows?: Readonly<Record<string, { readonly work: readonly AgentWork[]; readonly tasks: readonly string[] }>>;
  /** Where it keeps what it remembers from one run to the next. @default - nowhere */
  readonly memories?: readonly string[];
  /** Actions that the agent was granted, to be tried by the check: at most as many as one simulation takes. */
  readonly actions: readonly string[];
  /** Those of them that reading needs, which go on in safe mode. */
  readonly reads: readonly string[];
}

export const nativeOf = (agent: ContainableAgent): AwsContainment => agent.native as unknown as AwsContainment;
