import type { AgentEvent, UnreadEvent } from '../../core/agent-event';
import { type Fields, rowsOf, textOf } from '../../core/json-fields';
import { callerOf } from './caller';
import table from './operations.json';
import { outcomeOf } from './outcome';
import { addressOf, firstText, lower, numberIn, objectIn } from './row';

type StorageKind = keyof typeof table.storage.prefixes;
interface Named {
  readonly action: string;
  readonly resource: string | undefined;
}

const KEY_VAULT: Readonly<Record<string, string>> = table.keyVault.operations;
const COGNITIVE: Readonly<Record<string, string>> = table.cognitiveServices.operations;
/** How the parts of a storage account are called in an id, and the things in them. */
const PARTS = {
  blob: ['blobservices', 'containers', 'blobs'],
  queue: ['queueservices', 'queues', 'messages'],
  table: ['tableservices', 'tables', 'entities'],
} as const;

/**
 * Reads one record of a resource's own log: of storage, of a key vault, of a model. Things inside of a resource get ids as roles would name their scope.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-schema
 */
export function readResourceLog(row: Fields): AgentEvent | UnreadEvent {
  const time = new Date(firstText(row, 'TimeGenerated', 'time') ?? '');
  const operation = firstText(row, 'OperationName', 'operationName');
  const resource = lower(firstText(row, '_ResourceId', 'ResourceId', 'resourceId') ?? '');
  const request = firstText(row, 'CorrelationId', 'correlationId', 'properties.requestId', 'RequestId');
  if (request === undefined || operation === undefined || resource === '' || Number.isNaN(time.getTime()))
    return { reason: 'It lacks one of time, operationName, resourceId and correlationId.' };
  if (table.keyVault.expected.includes(operation))
    return { id: request, reason: 'It is the beginning of a request that is recorded, too.', expected: true };
  const named = nameOf(row, operation, resource);
  if (!named)
    return {
      id: request,
      reason: `Operation '${operation}' of ${resource.split('/providers/').at(-1)?.split('/').slice(0, 2).join('/')} is not known.`,
    };
  const code = numberIn(row, 'StatusCode', 'statusCode', 'HttpStatusCode', 'httpStatusCode_d', 'properties.httpStatusCode');
  const detail = firstText(row, 'StatusText', 'statusText', 'ResultSignature', 'resultSignature', 'properties.metricResponseType');
  const outcome = outcomeOf(firstText(row, 'ResultType', 'resultType') ?? (code === undefined ? detail : undefined), detail, code);
  const account = /^\/subscriptions\/([^/]+)/.exec(resource)?.[1];
  const source = addressOf(firstText(row, 'CallerIpAddress', 'CallerIPAddress', 'callerIpAddress'));
  const region = firstText(row, 'Location', 'location');
  return {
    // One request may be several records, of several operations.
    id: `${request} ${operation} ${named.resource ?? ''}`,
    time: time.toISOString(),
    cloud: 'azure',
    ...callerOf(row),
    action: named.action,
    resources: [named.resource ?? resource],
    outcome,
    ...(outcome === 'succeeded' || detail === undefined ? {} : { error: detail }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region: region.replaceAll(' ', '').toLowerCase() }),
    ...(source === undefined ? {} : { source }),
  };
}

function nameOf(row: Fields, operation: string, resource: string): Named | undefined {
  if (resource.includes('/microsoft.storage/storageaccounts/')) return storage(row, operation, resource);
  if (resource.includes('/microsoft.keyvault/vaults/')) return vault(row, operation, resource);
  const action = COGNITIVE[operation];
  return action === undefined ? undefined : { action, resource };
}

/** `/account/container/path`, or the address of a request. */
function storage(row: Fields, operation: string, resource: string): Named | undefined {
  const kind =
    (Object.keys(PARTS) as StorageKind[]).find((one) => resource.includes(`/${PARTS[one][0]}`)) ??
    (firstText(row, 'ServiceType', 'properties.serviceType') as StorageKind | undefined);
  if (kind === undefined || !Object.hasOwn(PARTS, kind)) return undefined;
  const known: Readonly<Record<string, string>> = table.storage[kind];
  const last = Object.entries(known).find(([name]) => name.toLowerCase() === operation.toLowerCase())?.[1];
  const action = authorised(row) ?? (last === undefined ? undefined : `${table.storage.prefixes[kind]}${last}`);
  if (action === undefined) return undefined;
  const key = firstText(row, 'ObjectKey', 'properties.objectKey') ?? pathOf(firstText(row, 'Uri', 'uri'));
  const [, , container, ...path] = key?.split('/') ?? [];
  const [service, holder, things] = PARTS[kind];
  const base = `${resource.split(`/${service}`)[0]}/${service}/default`;
  if (container === undefined || container === '') return { action, resource: base };
  const inside = path.join('/');
  // What is listed is the container; names of blobs count in their case.
  const thing = inside === '' || /^list/i.test(operation) ? '' : `/${things}/${inside}`;
  return { action, resource: `${base}/${holder}/${lower(container)}${thing}` };
}

/** What the request was authorised for, as the log itself says. */
function authorised(row: Fields): string | undefined {
  const text = firstText(row, 'AuthorizationDetails');
  const details = text === undefined ? objectIn(row, 'identity')?.['authorization'] : listIn(text);
  return rowsOf(details)
    .map((one) => textOf(one['action']))
    .find((action) => action !== undefined);
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The path of an address with an empty account before it, like the keys of objects. */
function pathOf(uri: string | undefined): string | undefined {
  const path = uri === undefined ? undefined : /^https?:\/\/[^/]+(\/[^?]*)/.exec(uri)?.[1];
  return path === undefined ? undefined : `/account${decoded(path)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `https://name.vault.azure.net/secrets/name/version` */
function vault(row: Fields, operation: string, resource: string): Named | undefined {
  const last = KEY_VAULT[operation];
  if (last === undefined) return undefined;
  const address = firstText(row, 'Id', 'properties.id', 'id_s', 'RequestUri', 'properties.requestUri', 'requestUri_s') ?? '';
  const [, collection, name] = /^https:\/\/[^/]+\/(secrets|keys|certificates)\/([^/?]+)/i.exec(address) ?? [];
  const base = resource.split('/secrets/')[0] ?? resource;
  return { action: `${table.keyVault.prefix}${last}`, resource: name === undefined ? base : lower(`${base}/${collection}/${name}`) };
}
