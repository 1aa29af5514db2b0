import type { AgentEvent, UnreadEvent } from '../../core/agent-event';
import { type Fields, follow, rowsOf, textOf } from '../../core/json-fields';
import { callerOf } from './caller';
import { outcomeOf } from './outcome';
import { addressOf, firstText, lower, numberIn } from './row';

/** What a token was asked for; the log gives its operation no name that roles know. */
export const SIGN_IN = 'Sign-in activity';
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Reads one sign-in of an application, a managed identity or an agent.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aadmanagedidentitysigninlogs
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs
 */
export function readSignIn(row: Fields): AgentEvent | UnreadEvent {
  const id = firstText(row, 'properties.id', 'Id', 'properties.correlationId', 'CorrelationId', 'correlationId');
  const resource = firstText(row, 'properties.resourceDisplayName', 'ResourceDisplayName', 'properties.resourceId', 'ResourceIdentity');
  const code = firstText(row, 'ResultType', 'resultType') ?? String(numberIn(row, 'properties.status.errorCode') ?? '');
  return made(row, {
    id: id === undefined ? undefined : `${id} ${resource ?? ''}`,
    action: SIGN_IN,
    resources: resource === undefined ? [] : [resource],
    // Errors of the directory are numbers with words of their own; 0 is none.
    outcome: code === '' || code === '0' ? 'succeeded' : 'denied',
    error: code === '' || code === '0' ? undefined : code,
  });
}

/**
 * Reads one change of the directory.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/auditlogs
 */
export function readDirectoryChange(row: Fields): AgentEvent | UnreadEvent {
  const targets = rowsOf(follow(row, 'properties.targetResources') ?? row['TargetResources']);
  const result = firstText(row, 'properties.result', 'Result', 'resultType', 'ResultType');
  const detail = firstText(row, 'properties.resultReason', 'ResultReason');
  const outcome = outcomeOf(result, detail);
  return made(row, {
    id: firstText(row, 'properties.id', 'Id'),
    action: firstText(row, 'properties.activityDisplayName', 'ActivityDisplayName', 'operationName', 'OperationName'),
    resources: targets.flatMap((one) => textOf(one['id']) ?? textOf(one['displayName']) ?? []).map(lower),
    outcome,
    error: outcome === 'succeeded' ? undefined : detail,
  });
}

/**
 * Reads one request to Microsoft Graph. The action is the method and the path, ids aside.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/microsoftgraphactivitylogs
 */
export function readGraphRequest(row: Fields): AgentEvent | UnreadEvent {
  const method = firstText(row, 'RequestMethod', 'properties.requestMethod');
  const uri = firstText(row, 'RequestUri', 'properties.requestUri');
  const path = uri === undefined ? undefined : /^https?:\/\/[^/]+(\/[^?]*)/.exec(uri)?.[1]?.replace(/\/+/g, '/');
  const code = numberIn(row, 'ResponseStatusCode', 'properties.responseStatusCode');
  const outcome = outcomeOf(undefined, undefined, code);
  return made(row, {
    id: firstText(row, 'RequestId', 'properties.requestId', 'OperationId', 'properties.operationId'),
    action: method === undefined || path === undefined ? undefined : `graph:${method.toUpperCase()} ${path.replace(ID, '{id}')}`,
    resources: path === undefined ? [] : [path],
    outcome,
    error: outcome === 'succeeded' || code === undefined ? undefined : String(code),
  });
}

interface Draft extends Pick<AgentEvent, 'resources' | 'outcome'> {
  readonly id: string | undefined;
  readonly action: string | undefined;
  readonly error: string | undefined;
}

function made(row: Fields, { id, action, resources, outcome, error }: Draft): AgentEvent | UnreadEvent {
  const time = new Date(firstText(row, 'TimeGenerated', 'properties.activityDateTime', 'properties.createdDateTime', 'time') ?? '');
  if (id === undefined || action === undefined || Number.isNaN(time.getTime()))
    return { ...(id === undefined ? {} : { id }), reason: 'It lacks one of its id, its time and what was done.' };
  const source = addressOf(firstText(row, 'IPAddress', 'properties.ipAddress', 'callerIpAddress', 'properties.initiatedBy.user.ipAddress'));
  return {
    id,
    time: time.toISOString(),
    cloud: 'azure',
    ...callerOf(row),
    action,
    resources,
    outcome,
    ...(error === undefined ? {} : { error }),
    ...(source === undefined ? {} : { source }),
  };
}
