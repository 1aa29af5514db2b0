import type { BoundResource } from '../../../core/access-plan';
import type {
  EventgridDomain,
  EventgridTopic,
  Eventhub,
  LogicAppWorkflow,
  ServicebusQueue,
  ServicebusSubscription,
  ServicebusTopic,
} from '../../../terraform/azurerm';
import { type AzureResourceAttributes, idOf } from './resource-id';

const SERVICE_BUS = 'Microsoft.ServiceBus/namespaces/<name>';

export function serviceBusQueue(queue: ServicebusQueue | AzureResourceAttributes): BoundResource {
  const scope = idOf('serviceBusQueue', `${SERVICE_BUS}/queues/<name>`, queue);
  return { kind: 'service-bus-queue', targets: { queue: { scopes: [scope] } } };
}

export function serviceBusTopic(topic: ServicebusTopic | AzureResourceAttributes): BoundResource {
  const scope = idOf('serviceBusTopic', `${SERVICE_BUS}/topics/<name>`, topic);
  return { kind: 'service-bus-topic', targets: { topic: { scopes: [scope] } } };
}

export function serviceBusSubscription(subscription: ServicebusSubscription | AzureResourceAttributes): BoundResource {
  const scope = idOf('serviceBusSubscription', `${SERVICE_BUS}/topics/<name>/subscriptions/<name>`, subscription);
  return { kind: 'service-bus-subscription', targets: { subscription: { scopes: [scope] } } };
}

export function eventHub(hub: Eventhub | AzureResourceAttributes): BoundResource {
  const scope = idOf('eventHub', 'Microsoft.EventHub/namespaces/<name>/eventhubs/<name>', hub);
  return { kind: 'event-hub', targets: { hub: { scopes: [scope] } } };
}

export function eventGridTopic(topic: EventgridTopic | AzureResourceAttributes): BoundResource {
  const scope = idOf('eventGridTopic', 'Microsoft.EventGrid/topics/<name>', topic);
  return { kind: 'event-grid-topic', targets: { topic: { scopes: [scope] } } };
}

export function eventGridDomain(domain: EventgridDomain | AzureResourceAttributes): BoundResource {
  const scope = idOf('eventGridDomain', 'Microsoft.EventGrid/domains/<name>', domain);
  return { kind: 'event-grid-domain', targets: { domain: { scopes: [scope] } } };
}

export function logicApp(workflow: LogicAppWorkflow | AzureResourceAttributes): BoundResource {
  const scope = idOf('logicApp', 'Microsoft.Logic/workflows/<name>', workflow);
  return { kind: 'logic-app', targets: { workflow: { scopes: [scope] } } };
}

export function durableTaskHub(hub: AzureResourceAttributes): BoundResource {
  const scope = idOf('durableTaskHub', 'Microsoft.DurableTask/schedulers/<name>/taskHubs/<name>', hub);
  return { kind: 'durable-task-hub', targets: { hub: { scopes: [scope] } } };
}
