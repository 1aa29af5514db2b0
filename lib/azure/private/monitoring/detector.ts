import { Construct } from 'constructs';
import {
  EventgridTopic,
  Eventhub,
  EventhubConsumerGroup,
  RoleAssignment,
  StorageContainer,
  StorageTable,
} from '../../../terraform/azurerm';
import type { ResourceGroupRef } from '../../agent-identity';
import type { AlertRoute } from '../../alert-target';
import facts from '../../catalog/monitoring.json';
import { nameBasedId } from '../name-based-id';
import { topicHost } from '../topic-host';
import { WorkerFunction } from '../worker-function';
import type { CallsHub } from './calls-hub';
import { fleetName } from './names';
import { watchPrefix } from './watched-agents';

export interface DetectorProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  readonly calls: CallsHub;
  readonly workspaceId: string;
  readonly maxInstances: number;
  readonly notify: readonly AlertRoute[];
}

/** The detector with its registry, its memory, and the topic of what it finds. */
export class Detector extends Construct {
  readonly function: WorkerFunction;
  readonly registry: StorageContainer;
  readonly states: StorageTable;
  /** Batches that nothing became of. */
  readonly failures: StorageContainer;
  readonly detections: EventgridTopic;
  /** Detections in OCSF, where somebody reads them. */
  readonly findings?: Eventhub;

  constructor(scope: Construct, id: string, { fleet, group, calls, workspaceId, maxInstances, notify }: DetectorProps) {
    super(scope, id);
    this.detections = new EventgridTopic(this, 'Detections', {
      name: fleetName(fleet, 'detections'),
      resourceGroupName: group.name,
      location: group.location,
      inputSchema: 'CloudEventSchemaV1_0',
      localAuthEnabled: false,
      // Containment has it deliver into a queue.
      identity: { type: 'SystemAssigned' },
    });
    // Names alone: what they are of is made after the function, in its storage.
    const [registry, failures, states] = ['registry', 'failures', 'states'];
    this.function = new WorkerFunction(this, 'Function', {
      fleet,
      group,
      handler: 'detector',
      workspaceId,
      maxInstances,
      settings: {
        EVENT_HUB: calls.hub.name,
        CONSUMER_GROUP: calls.consumers.name,
        EVENTS__fullyQualifiedNamespace: `${calls.namespace.name}.servicebus.windows.net`,
        EVENTS__credential: 'managedidentity',
        TOPIC_ENDPOINT: topicHost(this.detections),
        STATE_TABLE: states,
        REGISTRY_PREFIX: watchPrefix(fleet),
      },
    });
    const { storage, identity } = this.function;
    this.function.add({
      EVENTS__clientId: identity.clientId,
      TABLE_ENDPOINT: storage.primaryTableEndpoint,
      REGISTRY_CONTAINER: `${storage.primaryBlobEndpoint}${registry}`,
      FAILURE_CONTAINER: `${storage.primaryBlobEndpoint}${failures}`,
    });
    this.registry = new StorageContainer(this, 'Registry', { name: registry, storageAccountId: storage.id });
    this.failures = new StorageContainer(this, 'Failures', { name: failures, storageAccountId: storage.id });
    this.states = new StorageTable(this, 'States', { name: states, storageAccountName: storage.name });
    this.function.grant('Remember', storage.id, facts.roles.tables);
    this.function.grant('Receive', calls.hub.id, facts.roles.receive);
    this.function.grant('Tell', this.detections.id, facts.roles.publish);
    const readers = notify.flatMap((route) => (route.kind === 'siem' ? [route.principalId] : []));
    if (readers.length > 0) this.findings = this.findingsFor(readers, calls);
  }

  /** An event hub of findings, which each reader receives as a group of its own. */
  private findingsFor(readers: readonly string[], { namespace }: CallsHub): Eventhub {
    const hub = new Eventhub(this, 'Findings', { name: 'findings', namespaceId: namespace.id, partitionCount: 1, messageRetention: 7 });
    this.function.grant('Find', hub.id, facts.roles.send);
    this.function.add({ FINDINGS: `https://${namespace.name}.servicebus.windows.net/${hub.name}` });
    const { name: namespaceName, resourceGroupName } = namespace;
    for (const [at, principalId] of readers.entries()) {
      new EventhubConsumerGroup(this, `Reader${at}`, { name: `reader-${at}`, eventhubName: hub.name, namespaceName, resourceGroupName });
      new RoleAssignment(this, `MayRead${at}`, {
        name: nameBasedId(hub.id, principalId, facts.roles.receive),
        scope: hub.id,
        roleDefinitionName: facts.roles.receive,
        principalId,
        principalType: 'ServicePrincipal',
      });
    }
    return hub;
  }
}
