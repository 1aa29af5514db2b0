import type { ContainableAgent } from '../../../core/containment/types';

/** A role that the agent was given, as its template says it. */
export interface AgentAssignment {
  /** `SCOPE/providers/Microsoft.Authorization/roleAssignments/NAME`, or of a Cosmos DB account `ACCOUNT/sqlRoleAssignments/NAME`. */
  readonly id: string;
  readonly roleDefinitionId: string;
  readonly condition?: string;
  /** Scope inside of a Cosmos DB account. @default - a role of Azure itself */
  readonly cosmosScope?: string;
  /** Whether it only reads, so that safe mode leaves it. */
  readonly reads: boolean;
}

/** Something that works for an agent and is stopped with it, by its resource id. */
export interface AgentWork {
  readonly kind: 'web-app' | 'container-app' | 'virtual-machine';
  readonly id: string;
}

/** What the responder knows of an agent on Azure; written by its own stack. */
export interface AzureContainment {
  readonly principalId: string;
  /** Resource id of the managed identity. @default - an application, which has none */
  readonly identityId?: string;
  /** Tags that the identity must have. */
  readonly tags: Readonly<Record<string, string>>;
  /** `/subscriptions/ID`, where its roles are. */
  readonly subscription: string;
  readonly assignments: readonly AgentAssignment[];
  readonly work: readonly AgentWork[];
  /** Secrets that it reads. */
  readonly secrets: readonly string[];
  /** Whether quarantine disables them. @default false */
  readonly disableSecrets?: boolean;
  /** Scopes in which quarantine lets Azure deny it every change. @default - none */
  readonly denyChangesIn?: readonly string[];
  /** Region that keeps what is known of deployments to a subscription. @default - nothing is denied */
  readonly location?: string;
  /** Where it keeps what it remembers from one run to the next. @default - nowhere */
  readonly memories?: readonly string[];
}

export const nativeOf = (agent: ContainableAgent): AzureContainment => agent.native as unknown as AzureContainment;
