import type { AgentEvent, EventOutcome, EventReader, UnreadEvent } from '../../core/agent-event';
import { type Fields, fieldsOf, listOf, rowsOf, textOf } from '../../core/json-fields';
import { effectsOf } from './effects';
import facts from './evidence-actions.json';
import outcomes from './outcomes.json';
import { callerOf } from './principal';

const AUDIT_LOG = 'type.googleapis.com/google.cloud.audit.AuditLog';
const OUTCOMES: Readonly<Record<string, string>> = outcomes.codes;
const READS: ReadonlySet<string> = new Set(facts.auditedReads.types);

/**
 * Reads one audit log entry of Google Cloud: admin activity, data access, policy denied or system event.
 * @see https://docs.cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
 */
export const readAuditLog: EventReader = (given): AgentEvent | UnreadEvent => {
  const entry = fieldsOf(given);
  const payload = fieldsOf(entry?.['protoPayload']);
  const id = textOf(entry?.['insertId']);
  const unread = (reason: string): UnreadEvent => ({ ...(id === undefined ? {} : { id }), reason });
  if (!entry || !payload) return unread('It is no log entry with a payload.');
  if (payload['@type'] !== AUDIT_LOG) return unread(`Its payload is ${JSON.stringify(payload['@type'] ?? null)}, and no audit log.`);
  const time = new Date(textOf(entry['timestamp']) ?? '');
  const method = textOf(payload['methodName']);
  if (id === undefined || method === undefined || Number.isNaN(time.getTime()))
    return unread('It lacks one of insertId, timestamp and methodName.');
  const code = fieldsOf(payload['status'])?.['code'];
  // A long operation is written once when it begins, and once more when it has ended.
  const operation = fieldsOf(entry['operation']);
  const isEnd = operation?.['last'] === true && operation['first'] !== true && (code === undefined || code === 0);
  // Some services write the end alone: it then says what was asked for.
  if (isEnd && rowsOf(payload['authorizationInfo']).length === 0)
    return { id, reason: 'It is the end of an operation whose beginning was recorded.', expected: true };
  return called(entry, payload, { id, time: time.toISOString(), method, code });
};

interface Called {
  readonly id: string;
  readonly time: string;
  readonly method: string;
  readonly code: unknown;
}

function called(entry: Fields, payload: Fields, { id, time, method, code }: Called): AgentEvent {
  const asked = rowsOf(payload['authorizationInfo']);
  const labels = fieldsOf(fieldsOf(entry['resource'])?.['labels']);
  const locations = listOf(fieldsOf(payload['resourceLocation'])?.['currentLocations']).map(textOf);
  const types = asked.map((one) => textOf(one['permissionType'])).filter((type) => type !== undefined);
  const effects = effectsOf(payload);
  return {
    id,
    time,
    cloud: 'gcp',
    ...callerOf(fieldsOf(payload['authenticationInfo'])),
    action: mainPermission(asked) ?? method,
    resources: resourcesOf(entry, asked, textOf(payload['resourceName'])),
    outcome: outcomeOf(code, asked),
    ...(code === undefined || code === 0 ? {} : { error: String(code) }),
    ...pick('task', textOf(fieldsOf(entry['labels'])?.['agentic-iam-task'])),
    ...pick('account', textOf(labels?.['project_id'])),
    ...pick('region', locations[0] ?? textOf(labels?.['location'])),
    ...pick('source', textOf(fieldsOf(payload['requestMetadata'])?.['callerIp'])),
    ...(types.length > 0 ? { readOnly: types.every((type) => READS.has(type)) } : {}),
    ...(effects ? { effects } : {}),
  };
}

/** Of several permissions the one that was refused, else the first: it is what the call is about. */
function mainPermission(asked: readonly Fields[]): string | undefined {
  const refused = asked.find(({ granted }) => granted === false);
  return textOf((refused ?? asked[0])?.['permission']);
}

/** An account is written by its number, and called by its email everywhere else. */
function resourcesOf(entry: Fields, asked: readonly Fields[], named: string | undefined): readonly string[] {
  const resource = fieldsOf(entry['resource']);
  const email = resource?.['type'] === 'service_account' ? textOf(fieldsOf(resource['labels'])?.['email_id']) : undefined;
  if (email !== undefined) return [email];
  const listed = [...new Set(asked.flatMap((one) => textOf(one['resource']) ?? []))];
  return listed.length > 0 || named === undefined ? listed : [named];
}

function outcomeOf(code: unknown, asked: readonly Fields[]): EventOutcome {
  if (asked.some(({ granted }) => granted === false)) return 'denied';
  if (code === undefined || code === 0) return 'succeeded';
  return (OUTCOMES[String(code)] as EventOutcome | undefined) ?? 'failed';
}

function pick<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: string });
}
