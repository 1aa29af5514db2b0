import { Construct } from 'constructs';
import { readingSecrets } from '../../../core/containment/registration';
import type { FleetMember } from '../../../core/fleet';
import { FederatedIdentityCredential, MonitorDiagnosticSetting, StorageBlob } from '../../../terraform/azurerm';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { jsonTemplate } from '../../../terraform/json-template';
import { literalText } from '../../../terraform/literal';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentMonitoring } from '../../agent-monitoring';
import { actionsOf, givenTo, roleOf } from '../given-roles';
import { operationsUsed, shownAs } from '../monitoring/queries';

/** Where the governor reads. */
export interface ExpectedPlace {
  readonly account: string;
  readonly container: string;
}

export interface ExpectedSubject {
  readonly identity: IAgentIdentity;
  readonly member: FleetMember;
  /** Resource id of the managed identity; undefined for what is none. */
  readonly identityId: string | undefined;
  readonly subscription: string;
}

/** Id of what is written down, below the identity that it is about. */
export const EXPECTED = 'Expected';

/** What the governor is to compare the agent with, as a blob; references are filled in by the deployment. */
export function registerExpected(subject: ExpectedSubject, { account, container }: ExpectedPlace): void {
  const { identity } = subject;
  const { agent, fleet } = identity;
  new StorageBlob(new Construct(identity, EXPECTED), 'Blob', {
    storageAccountName: account,
    storageContainerName: container,
    name: `expected/${fleet}/${agent.name}.json`,
    type: 'Block',
    contentType: 'application/json',
    sourceContent: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(identity, expectedOf(subject))) }),
  });
}

function expectedOf({ identity, member, identityId, subscription }: ExpectedSubject): object {
  const { agent, fleet, principalId } = identity;
  const { window } = member.toManifest();
  const grants = member.plan?.grants ?? [];
  const { assigned, inCosmos, scheduled } = givenTo(identity);
  const roles = new Map(
    assigned.flatMap((node) => {
      const made = roleOf(node);
      return made ? [[made.node.path, { id: made.roleDefinitionResourceId, ...actionsOf(made) }] as const] : [];
    }),
  );
  return {
    name: agent.name,
    fleet,
    owner: literalText(agent.owner),
    principalId,
    ...(identityId === undefined ? {} : { identityId }),
    subscription,
    assignments: [
      ...assigned.map((node) => ({
        id: node.id,
        roleDefinitionId: node.roleDefinitionId,
        ...(node.conditionInput === undefined ? {} : { condition: node.conditionInput }),
      })),
      ...inCosmos.map((node) => ({ id: node.id, roleDefinitionId: node.roleDefinitionId, cosmosScope: node.scope })),
    ],
    scheduled: scheduled.map(({ scope, roleDefinitionId }) => ({ scope, roleDefinitionId })),
    roles: [...roles.values()],
    credentials: identity.node
      .findAll()
      .filter((node): node is FederatedIdentityCredential => node instanceof FederatedIdentityCredential)
      .map((node) => ({ name: node.nameInput, issuer: node.issuerInput, subject: node.subjectInput, audiences: node.audienceInput })),
    ...(window?.notAfter === undefined ? {} : { notAfter: window.notAfter }),
    secrets: secretsOf({ member }),
    grants: agent.capabilities.map(({ id, resource }, index) => ({
      capability: `${id} ${resource}`,
      index,
      actions: seen(grants, id, resource),
    })),
    used: operationsUsed(principalId),
  };
}

/** Secrets bound to an agent, by resource id, as far as they are known by now. */
export const secretsOf = ({ member }: Pick<ExpectedSubject, 'member'>): readonly string[] => [
  ...new Set(readingSecrets(member.plan?.grants ?? []).flatMap(({ scopes }) => scopes.map(String))),
];

/** Operations of a capability as the workspace shows them; none where it does not show all of them, since then nothing can be said. */
function seen(grants: NonNullable<FleetMember['plan']>['grants'], id: string, resource: string): readonly string[] {
  const own = grants.filter((grant) => grant.capability === id && grant.resource === resource).flatMap(({ permissions }) => permissions);
  const shown = own.map(shownAs);
  return shown.every((one) => one !== undefined) ? [...new Set(shown)].sort() : [];
}

/** Settings by which the calls of the fleet are recorded, as a blob. */
export function registerRecords(scope: Construct, monitoring: AgentMonitoring, { account, container }: ExpectedPlace): void {
  new StorageBlob(scope, 'Records', {
    storageAccountName: account,
    storageContainerName: container,
    name: `records/${monitoring.fleet}.json`,
    type: 'Block',
    contentType: 'application/json',
    sourceContent: Lazy.stringValue({ produce: () => jsonTemplate(resolveTokens(scope, settingsOf(monitoring))) }),
  });
}

function settingsOf(monitoring: AgentMonitoring): readonly object[] {
  return monitoring.node
    .findAll()
    .filter((node): node is MonitorDiagnosticSetting => node instanceof MonitorDiagnosticSetting)
    .map((node) => ({
      target: node.targetResourceIdInput,
      name: node.nameInput,
      properties: {
        workspaceId: node.logAnalyticsWorkspaceIdInput,
        logAnalyticsDestinationType: node.logAnalyticsDestinationTypeInput,
        eventHubAuthorizationRuleId: node.eventhubAuthorizationRuleIdInput,
        eventHubName: node.eventhubNameInput,
        logs: (node.enabledLogInput as readonly { readonly category?: string }[]).map(({ category }) => ({ category, enabled: true })),
      },
    }));
}
