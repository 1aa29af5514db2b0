import type { AgentEvent, EventOutcome, EventReader, UnreadEvent } from '../../core/agent-event';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one row of AzureActivity, as Log Analytics or an export gives it. The agent is not in the row: its object id is, and the manifest says
 * whose that is.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azureactivity
 */
export const readActivity: EventReader = (given): AgentEvent | UnreadEvent => {
  const row = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : undefined;
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => row?.[name]).find((value): value is string => typeof value === 'string' && value !== '');
  const id = text('EventDataId', 'eventDataId', 'operationId');
  const unread = (reason: string): UnreadEvent => ({ ...(id === undefined ? {} : { id }), reason });
  if (!row) return unread('It is no JSON object.');
  const time = new Date(text('TimeGenerated', 'eventTimestamp', 'time') ?? '');
  const action = text('OperationNameValue', 'operationName');
  if (id === undefined || action === undefined || Number.isNaN(time.getTime()))
    return unread('It lacks one of EventDataId, TimeGenerated and OperationNameValue.');
  const status = text('ActivityStatusValue', 'resultType') ?? '';
  const detail = text('ActivitySubstatusValue', 'resultSignature');
  const resource = text('_ResourceId', 'ResourceId', 'resourceId');
  const outcome = outcomeOf(status, detail);
  const account = text('SubscriptionId', 'subscriptionId') ?? /^\/subscriptions\/([^/]+)/i.exec(resource ?? '')?.[1];
  const source = text('CallerIpAddress', 'callerIpAddress');
  return {
    id,
    time: time.toISOString(),
    cloud: 'azure',
    principal: text('Caller', 'caller') ?? 'unknown',
    // The log writes operations in capitals.
    action,
    resources: resource === undefined ? [] : [resource],
    outcome,
    ...(outcome === 'succeeded' || detail === undefined ? {} : { error: detail }),
    ...(account === undefined ? {} : { account }),
    ...(source === undefined ? {} : { source }),
  };
};

function outcomeOf(status: string, detail = ''): EventOutcome {
  if (/^(success|succeeded|start|started|accept|accepted)$/i.test(status)) return 'succeeded';
  if (/forbidden|unauthorized|authorizationfailed/i.test(detail)) return 'denied';
  if (/notfound/i.test(detail)) return 'not-found';
  if (/toomanyrequests|throttl/i.test(detail)) return 'throttled';
  if (/badrequest|invalid/i.test(detail)) return 'invalid';
  return 'failed';
}
