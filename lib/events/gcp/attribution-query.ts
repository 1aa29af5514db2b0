import { invalidQueryValue } from '../../core/event-errors';

const INSERT_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * The audit log entry of one event, as a filter of Cloud Logging. The entry itself says through whom: `serviceAccountDelegationInfo` lists, nearest
 * first, who asked for the token of whom; the task is in the labels that the maker of the token writes.
 * @see https://docs.cloud.google.com/logging/docs/audit
 */
export function loggingAttribution(insertId: string): string {
  if (!INSERT_ID.test(insertId)) throw invalidQueryValue('insertId', insertId, INSERT_ID.source);
  return `insertId="${insertId}" AND protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"`;
}
