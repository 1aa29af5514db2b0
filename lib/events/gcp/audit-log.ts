import type { AgentEvent, EventOutcome, EventReader, UnreadEvent } from '../../core/agent-event';
import outcomes from './outcomes.json';

type Fields = Readonly<Record<string, unknown>>;

const AUDIT_LOG = 'type.googleapis.com/google.cloud.audit.AuditLog';
const OUTCOMES: Readonly<Record<string, string>> = outcomes.codes;
/** Accounts of agents are called `<fleet>--<agent>`, where that is not too long. */
const AGENT = /^([a-z0-9-]+?)--([a-z0-9-]+)@[a-z0-9-]+\.iam\.gserviceaccount\.com$/;

/**
 * Reads one audit log entry of Google Cloud. Federated principals have no email and are named by their subject.
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
  const asked = rowsOf(payload['authorizationInfo']);
  const principal = principalOf(fieldsOf(payload['authenticationInfo']));
  const [, fleet, agent] = AGENT.exec(principal) ?? [];
  const through = rowsOf(fieldsOf(payload['authenticationInfo'])?.['serviceAccountDelegationInfo']).map(principalOf);
  const chain = [...through].reverse().flatMap((one) => AGENT.exec(one)?.[2] ?? []);
  const code = fieldsOf(payload['status'])?.['code'];
  const task = textOf(fieldsOf(entry['labels'])?.['agentic-iam-task']);
  return {
    id,
    time: time.toISOString(),
    cloud: 'gcp',
    principal,
    ...(agent === undefined || fleet === undefined ? {} : { agent, fleet }),
    action: textOf(asked[0]?.['permission']) ?? method,
    resources: [...new Set(asked.flatMap((one) => textOf(one['resource']) ?? []))],
    outcome: outcomeOf(code, asked),
    ...(code === undefined || code === 0 ? {} : { error: String(code) }),
    ...(task === undefined ? {} : { task }),
    ...(agent === undefined || chain.length === 0 ? {} : { chain: [...chain, agent] }),
    ...pick('account', textOf(fieldsOf(fieldsOf(entry['resource'])?.['labels'])?.['project_id'])),
    ...pick('source', textOf(fieldsOf(payload['requestMetadata'])?.['callerIp'])),
  };
};

function principalOf(info: Fields | undefined): string {
  const first = fieldsOf(info?.['firstPartyPrincipal']);
  return (
    textOf(info?.['principalEmail']) ??
    textOf(info?.['principalSubject'])?.replace(/^serviceAccount:/, '') ??
    textOf(first?.['principalEmail']) ??
    'unknown'
  );
}

function outcomeOf(code: unknown, asked: readonly Fields[]): EventOutcome {
  if (asked.some(({ granted }) => granted === false)) return 'denied';
  if (code === undefined || code === 0) return 'succeeded';
  return (OUTCOMES[String(code)] as EventOutcome | undefined) ?? 'failed';
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function rowsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf).filter((row) => row !== undefined) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function pick<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: string });
}
