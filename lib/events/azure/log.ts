import type { AgentEvent, EventReader, UnreadEvent } from '../../core/agent-event';
import { type Fields, fieldsOf } from '../../core/json-fields';
import { readActivity } from './activity';
import { readDirectoryChange, readGraphRequest, readSignIn } from './directory';
import { readResourceLog } from './resource-log';
import { firstText } from './row';

/** Tables of Log Analytics and categories of exports, by the reader that knows them. */
const READERS: readonly (readonly [RegExp, (row: Fields) => AgentEvent | UnreadEvent])[] = [
  [/SignInLogs$/i, readSignIn],
  [/^(MicrosoftGraphActivityLogs)$/i, readGraphRequest],
  [
    /^(AuditLogs|ApplicationManagement|DirectoryManagement|RoleManagement|UserManagement|GroupManagement|AuthorizationPolicy)$/i,
    readDirectoryChange,
  ],
  [
    /^(Storage(Read|Write|Delete)|Storage(Blob|Queue|Table)Logs|AuditEvent|AZKVAuditLogs|AzureDiagnostics|RequestResponse|Audit)$/i,
    readResourceLog,
  ],
];

/**
 * Reads one record of a log of Azure: the activity log, a resource's own log, a sign-in, a change of the directory, or a request to Microsoft Graph; as a row of Log
 * Analytics, or as a diagnostic setting exports it.
 */
export const readAzureLog: EventReader = (given): AgentEvent | UnreadEvent => {
  const row = fieldsOf(given);
  if (!row) return { reason: 'It is no JSON object.' };
  const kind = firstText(row, 'Type', 'category', 'Category') ?? '';
  const known = READERS.find(([form]) => form.test(kind));
  if (known) return known[1](row);
  const resource = firstText(row, '_ResourceId', 'ResourceId', 'resourceId') ?? '';
  if (/^\/tenants\/.*\/providers\/microsoft\.aadiam$/i.test(resource)) return readDirectoryChange(row);
  // Of some logs a record says no category, but an operation without the slashes that all operations of roles have.
  const operation = firstText(row, 'OperationName', 'operationName') ?? '';
  if (!('OperationNameValue' in row) && operation !== '' && !operation.includes('/') && /\/providers\//i.test(resource))
    return readResourceLog(row);
  const id = firstText(row, 'EventDataId', 'eventDataId', 'properties.eventDataId', 'operationId');
  return readActivity(row, id ?? withoutId(row));
};

/** Exports to Event Hubs give the activity log no id of its own: the operation, its state and when tell records apart. */
function withoutId(row: Fields): string | undefined {
  const parts = [
    firstText(row, 'correlationId', 'CorrelationId'),
    firstText(row, 'operationName.value', 'operationName', 'OperationNameValue'),
    firstText(row, 'resultType', 'ActivityStatusValue'),
    firstText(row, 'time', 'TimeGenerated'),
  ];
  return parts.every((part) => part !== undefined) ? parts.join(' ') : undefined;
}
