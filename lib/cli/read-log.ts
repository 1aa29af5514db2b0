import type { AgentEvent, EventReader, UnreadEvent } from '../core/agent-event';
import type { ActionTraits } from '../core/detection/action-traits';
import { fieldsOf, textOf } from '../core/json-fields';
import { awsEvents, azureEvents, gcpEvents } from './event-clouds';

/** Which cloud wrote a record, by what only its logs have. */
function readerOf(record: unknown): EventReader {
  const fields = fieldsOf(record);
  if (!fields) return awsEvents().readCloudTrail;
  const inside = fieldsOf(fields['detail']) ?? fields;
  if ('protoPayload' in fields || ('insertId' in fields && 'logName' in fields)) return gcpEvents().readAuditLog;
  if (textOf(inside['eventVersion']) !== undefined || 'userIdentity' in inside) return awsEvents().readCloudTrail;
  const azure = ['category', 'Type', 'OperationNameValue', 'operationName', 'OperationName', 'RequestUri'].some((name) => name in fields);
  return azure ? azureEvents().readAzureLog : awsEvents().readCloudTrail;
}

/** Reads a record of the log of any cloud. */
export function readLog(record: unknown): AgentEvent | UnreadEvent {
  return readerOf(record)(record);
}

/** What is known of the actions of all clouds: none of them names actions as another does. */
export const ALL_TRAITS: ActionTraits = {
  of: (action) => {
    if (action.includes('/') || action.includes(' ')) return azureEvents().AZURE_TRAITS.of(action);
    return action.includes(':') ? awsEvents().AWS_TRAITS.of(action) : gcpEvents().GCP_TRAITS.of(action);
  },
};
