import { Construct } from 'constructs';
import type { ContainmentSettings } from '../../../core/containment/settings';
import type { IDuration } from '../../../core/duration';
import {
  EventgridEventSubscription,
  EventgridTopic,
  MonitorScheduledQueryRulesAlertV2,
  RoleAssignment,
  StorageAccount,
  StorageContainer,
  StorageContainerImmutabilityPolicy,
  StorageQueue,
  StorageTable,
} from '../../../terraform/azurerm';
import { Lazy } from '../../../terraform/core';
import { jsonTemplate } from '../../../terraform/json-template';
import type { ResourceGroupRef } from '../../agent-identity';
import type { AlertRoute } from '../../alert-target';
import facts from '../../catalog/monitoring.json';
import { actionGroupOf } from '../action-group';
import { fleetName, worldName } from '../monitoring/names';
import { kqlText } from '../monitoring/queries';
import { nameBasedId } from '../name-based-id';
import { topicHost } from '../topic-host';
import { WorkerFunction } from '../worker-function';
import { Peers } from './peers';

export interface ResponderProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  readonly workspaceId: string;
  /** Topic of detections. */
  readonly bus: EventgridTopic;
  readonly notify: readonly AlertRoute[];
  readonly settings: ContainmentSettings;
  readonly evidenceRetention: IDuration;
  /** Application that people ask for tokens of. */
  readonly people: { readonly tenantId: string; readonly clientId: string };
  /** Object ids of those who may contain and restore. */
  readonly operators: readonly string[];
  /** Whether the responder may disable service principals. */
  readonly directory: boolean;
}

const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';
/** What the responder does to the identity of an agent: it cuts federation, and marks it. */
export const ON_IDENTITY: readonly string[] = [
  `${IDENTITY}/federatedIdentityCredentials/delete`,
  `${IDENTITY}/federatedIdentityCredentials/read`,
  `${IDENTITY}/read`,
  'Microsoft.Resources/tags/read',
  'Microsoft.Resources/tags/write',
];
const QUEUE = 'events';
const STEP_SECONDS = 60;

/** The responder with its records, its registry and its evidence. */
export class ResponderFunction extends Construct {
  readonly function: WorkerFunction;
  /** Account of the registry and the evidence, which no function but this one may use. */
  readonly vault: StorageAccount;
  readonly registry: StorageContainer;
  readonly evidence: StorageContainer;
  readonly records: StorageTable;
  /** Topic of containments and notices. */
  readonly topic: EventgridTopic;
  /** Responders of other clouds. */
  readonly others: Peers;
  private readonly props: ResponderProps;

  constructor(scope: Construct, id: string, props: ResponderProps) {
    super(scope, id);
    this.props = props;
    const { fleet, group } = props;
    const place = { resourceGroupName: group.name, location: group.location };
    this.vault = new StorageAccount(this, 'Vault', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, 'vault'),
      ...place,
      accountTier: 'Standard',
      accountReplicationType: 'ZRS',
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      allowNestedItemsToBePublic: false,
      minTlsVersion: 'TLS1_2',
      lifecycle: { preventDestroy: true },
    });
    this.registry = new StorageContainer(this, 'Registry', { name: 'registry', storageAccountId: this.vault.id });
    this.evidence = new StorageContainer(this, 'Evidence', { name: 'evidence', storageAccountId: this.vault.id });
    new StorageContainerImmutabilityPolicy(this, 'Keep', {
      storageContainerResourceManagerId: this.evidence.id,
      immutabilityPeriodInDays: Math.ceil(props.evidenceRetention.toSeconds() / 86_400),
    });
    this.topic = new EventgridTopic(this, 'Topic', {
      name: fleetName(fleet, 'containments'),
      ...place,
      inputSchema: 'CloudEventSchemaV1_0',
      localAuthEnabled: false,
      identity: { type: 'SystemAssigned' },
    });
    this.others = new Peers(this, 'OtherClouds', { fleet, group, topic: this.topic });
    this.function = this.worker();
    const { storage } = this.function;
    this.records = new StorageTable(this, 'Records', { name: 'incidents', storageAccountName: storage.name });
    const queue = new StorageQueue(this, 'Queue', { name: QUEUE, storageAccountName: storage.name });
    this.deliver('Detections', { topic: props.bus, type: 'AgentDetection', queue });
    this.deliver('Containments', { topic: this.topic, type: 'AgentContainment', queue });
    this.function.grant('Remember', storage.id, facts.roles.tables);
    this.function.grant('Hear', storage.id, facts.roles.queues);
    this.function.grant('ReadRegistry', this.registry.id, facts.roles.readBlobs);
    this.function.grant('KeepEvidence', this.evidence.id, facts.roles.writeBlobs);
    this.function.grant('Tell', this.topic.id, facts.roles.publish);
    this.addAlerts();
  }

  private worker(): WorkerFunction {
    const { fleet, group, workspaceId, settings, people, operators, directory } = this.props;
    const made = new WorkerFunction(this, 'Function', {
      fleet,
      group,
      handler: 'containment',
      workspaceId,
      maxInstances: 40,
      settings: {
        EVENT_QUEUE: QUEUE,
        RECORD_TABLE: 'incidents',
        TOPIC_ENDPOINT: topicHost(this.topic),
        PEERS: Lazy.stringValue({ produce: () => jsonTemplate(this.others.addresses) }),
        REGISTRY_CONTAINER: `${this.vault.primaryBlobEndpoint}${this.registry.name}`,
        EVIDENCE_CONTAINER: `${this.vault.primaryBlobEndpoint}${this.evidence.name}`,
        SETTINGS: JSON.stringify({ ...settings, longestStepSeconds: STEP_SECONDS }),
        ...(directory ? { DIRECTORY: 'yes' } : {}),
      },
    });
    made.add({ TABLE_ENDPOINT: made.storage.primaryTableEndpoint });
    const { tenantId, clientId } = people;
    // Nobody comes in without a token of the directory; who it was is in headers that nobody can send from outside.
    made.app.putAuthSettingsV2({
      authEnabled: true,
      requireAuthentication: true,
      requireHttps: true,
      unauthenticatedAction: 'Return401',
      defaultProvider: 'azureactivedirectory',
      login: {},
      activeDirectoryV2: {
        clientId,
        tenantAuthEndpoint: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        allowedAudiences: [clientId, `api://${clientId}`],
        ...(operators.length > 0 ? { allowedIdentities: [...operators] } : {}),
      },
    });
    return made;
  }

  /** Events of a topic into the queue, by the topic's own identity: what was delivered once waits there until it was heard. */
  private deliver(id: string, { topic, type, queue }: { topic: EventgridTopic; type: string; queue: StorageQueue }): void {
    const { storage } = this.function;
    const principalId = topic.identity.principalId;
    const may = new RoleAssignment(this, `MayDeliver${id}`, {
      name: nameBasedId(storage.id, topic.id, 'deliver'),
      scope: storage.id,
      roleDefinitionName: facts.roles.deliver,
      principalId,
      principalType: 'ServicePrincipal',
      skipServicePrincipalAadCheck: true,
    });
    new EventgridEventSubscription(this, id, {
      name: fleetName(this.props.fleet, `contain-${id.toLowerCase()}`),
      scope: topic.id,
      eventDeliverySchema: 'CloudEventSchemaV1_0',
      includedEventTypes: [type],
      storageQueueEndpoint: { storageAccountId: storage.id, queueName: queue.name, queueMessageTimeToLiveInSeconds: 604_800 },
      deliveryIdentity: { type: 'SystemAssigned' },
      retryPolicy: { eventTimeToLive: 1440, maxDeliveryAttempts: 30 },
      dependsOn: [may],
    });
  }

  private addAlerts(): void {
    const { fleet, group, workspaceId, notify } = this.props;
    const actions = actionGroupOf(this, notify, { fleet, group, task: 'containment' });
    const said = (message: string): string =>
      `AppTraces\n| extend Line = parse_json(Message)\n| where Line.message == ${kqlText(message)} and Line.fleet == ${kqlText(fleet)}\n| project TimeGenerated, Text = tostring(Line.text)`;
    const poison = `AppExceptions\n| where OuterMessage has ${kqlText(`${QUEUE}-poison`)} or OuterMessage has "incidents could not be gone on with"`;
    for (const [id, severity, query] of [
      ['told', 1, said('told')],
      ['drill-failed', 1, said('drill failed')],
      ['responder-fails', 0, poison],
    ] as const)
      new MonitorScheduledQueryRulesAlertV2(this, `Alert-${id}`, {
        name: fleetName(fleet, `containment-${id}`),
        resourceGroupName: group.name,
        location: group.location,
        scopes: [workspaceId],
        severity,
        evaluationFrequency: 'PT1M',
        windowDuration: 'PT5M',
        skipQueryValidation: true,
        autoMitigationEnabled: false,
        criteria: [{ query, timeAggregationMethod: 'Count', operator: 'GreaterThan', threshold: 0 }],
        ...(actions ? { action: { actionGroups: [actions.id] } } : {}),
      });
  }
}
