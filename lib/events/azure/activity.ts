import { type AgentEvent, type CallEffect, EVERYONE, type UnreadEvent } from '../../core/agent-event';
import { type Fields, fieldsOf, follow, textOf } from '../../core/json-fields';
import { callerOf } from './caller';
import facts from './evidence-actions.json';
import { outcomeOf } from './outcome';
import { addressOf, firstText, lower, objectIn } from './row';

const ADMINISTERS: Readonly<Record<string, string>> = facts.administers.roles;
const BEGINNINGS = /^(start|started|accept|accepted)$/i;

/**
 * Reads one record of the activity log: a row of AzureActivity, what a diagnostic setting exports, or what the API gives. Reads are not in this log.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema
 */
export function readActivity(row: Fields, id: string | undefined): AgentEvent | UnreadEvent {
  const unread = (reason: string, expected?: true): UnreadEvent => ({
    ...(id === undefined ? {} : { id }),
    reason,
    ...(expected ? { expected } : {}),
  });
  const time = new Date(firstText(row, 'TimeGenerated', 'eventTimestamp', 'time') ?? '');
  const action = firstText(row, 'OperationNameValue', 'operationName.value', 'operationName');
  if (id === undefined || action === undefined || Number.isNaN(time.getTime()))
    return unread('It lacks one of EventDataId, TimeGenerated and OperationNameValue.');
  const status = firstText(row, 'ActivityStatusValue', 'status.value', 'resultType') ?? '';
  if (BEGINNINGS.test(status)) return unread('It is the beginning of an operation whose end is recorded, too.', true);
  const detail = firstText(row, 'ActivitySubstatusValue', 'subStatus.value', 'resultSignature');
  const resource = firstText(row, '_ResourceId', 'ResourceId', 'resourceId');
  const outcome = outcomeOf(status, detail);
  const account = firstText(row, 'SubscriptionId', 'subscriptionId') ?? /^\/subscriptions\/([^/]+)/i.exec(resource ?? '')?.[1];
  const source = addressOf(firstText(row, 'CallerIpAddress', 'callerIpAddress', 'httpRequest.clientIpAddress'));
  const effects = effectsOf(action, row);
  return {
    id,
    time: time.toISOString(),
    cloud: 'azure',
    ...callerOf(row),
    // The log writes operations in capitals; they count in any case.
    action,
    resources: resource === undefined ? [] : [lower(resource)],
    outcome,
    ...(outcome === 'succeeded' || detail === undefined ? {} : { error: detail }),
    ...(account === undefined ? {} : { account: account.toLowerCase() }),
    ...(source === undefined ? {} : { source }),
    ...(effects.length > 0 ? { effects } : {}),
  };
}

/** A role that administers, given to somebody; a resource opened to everyone. */
function effectsOf(action: string, row: Fields): readonly CallEffect[] {
  const properties = objectIn(row, 'Properties_d', 'Properties', 'properties') ?? {};
  const body = objectIn(properties, 'requestbody', 'requestBody', 'responseBody') ?? {};
  const inside = fieldsOf(follow(body, 'Properties')) ?? fieldsOf(follow(body, 'properties')) ?? body;
  if (/^microsoft\.authorization\/roleassignments\/write$/i.test(action)) {
    const role = textOf(inside['RoleDefinitionId']) ?? textOf(inside['roleDefinitionId']);
    const name = ADMINISTERS[role?.split('/').at(-1)?.toLowerCase() ?? ''];
    return name === undefined ? [] : [{ kind: 'administers', to: name }];
  }
  const opens = inside['allowBlobPublicAccess'] === true || /^(blob|container)$/i.test(textOf(inside['publicAccess']) ?? '');
  return opens && /^microsoft\.storage\//i.test(action) ? [{ kind: 'lets-in', to: EVERYONE }] : [];
}
