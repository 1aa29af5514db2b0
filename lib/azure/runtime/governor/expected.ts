import type { ContainerClient } from '@azure/storage-blob';
import type { LookedAfter } from '../../../core/governance/look-after';
import { blobsBelow } from '../blob-registry';

/** A role that synth gave the agent. */
export interface ExpectedAssignment {
  readonly id: string;
  readonly roleDefinitionId: string;
  readonly condition?: string;
  /** Scope inside of a Cosmos DB account. @default - a role of Azure itself */
  readonly cosmosScope?: string;
}

/** A role that synth made. */
export interface ExpectedRole {
  readonly id: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

/** What synth made of an agent, with references filled in by the deployment. */
export interface ExpectedAgent extends LookedAfter {
  readonly fleet: string;
  readonly principalId: string;
  /** Resource id of the managed identity. @default - an application, which has none, and of which is not known whether it is contained */
  readonly identityId?: string;
  /** `/subscriptions/ID`, where its roles are. */
  readonly subscription: string;
  readonly assignments: readonly ExpectedAssignment[];
  /** Roles that are given for a time: their assignments come and go under names of their own. */
  readonly scheduled: readonly { readonly scope: string; readonly roleDefinitionId: string }[];
  readonly roles: readonly ExpectedRole[];
  readonly credentials: readonly {
    readonly name: string;
    readonly issuer: string;
    readonly subject: string;
    readonly audiences: readonly string[];
  }[];
  /** Secrets bound to it, by resource id. */
  readonly secrets: readonly string[];
  /** Query of the workspace for the operations that the agent was let do. */
  readonly used: string;
}

/** A setting by which logs are sent on. */
export interface ExpectedSetting {
  /** What it is on. */
  readonly target: string;
  readonly name: string;
  readonly properties: {
    readonly workspaceId: string;
    readonly logAnalyticsDestinationType?: string;
    readonly eventHubAuthorizationRuleId: string;
    readonly eventHubName: string;
    readonly logs: readonly { readonly category: string; readonly enabled: true }[];
  };
}

/** Agents of a fleet, as their stacks wrote them down. */
export async function expectedAgents(container: ContainerClient, fleet: string): Promise<readonly ExpectedAgent[]> {
  const parts = await blobsBelow(container, `expected/${fleet}/`);
  return parts.map(({ text }) => JSON.parse(text ?? '{}') as ExpectedAgent);
}

/** Settings by which calls of the fleet are recorded. */
export async function expectedSettings(container: ContainerClient, fleet: string): Promise<readonly ExpectedSetting[]> {
  const [part] = await blobsBelow(container, `records/${fleet}.json`);
  return part ? (JSON.parse(part.text ?? '[]') as readonly ExpectedSetting[]) : [];
}
