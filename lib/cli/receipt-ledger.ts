import { tryReadSourceIdentity } from '../core/attribution';
import { unreadableInput } from '../core/review-errors';
import type { IssuanceStatus, TaskIssuance } from '../core/task-issuance';
import { readDocument } from './inputs';
import type { Io } from './io';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a ledger: entries as JSON or JSON Lines, the output of `aws dynamodb query` or `scan`, or an export of the table.
 * @throws AgenticIamError for an entry that is none
 */
export function readLedger(path: string, io: Io): readonly TaskIssuance[] {
  const { file, json } = readDocument(path, io, []);
  const items = itemsOf(json).map((item) => plainItem(item));
  const revoked = new Map<string, string>();
  for (const item of items) {
    const whole = item['requestId'] === undefined ? wholeTask(item) : undefined;
    if (whole !== undefined) revoked.set(whole, String(item['revokedAt']));
  }
  return items
    .filter((item) => item['requestId'] !== undefined || wholeTask(item) === undefined)
    .map((item, index) => {
      const issuance = readIssuance(item, `${file}' entry '${index + 1}`);
      const revokedAt = issuance.revokedAt ?? revoked.get(`${issuance.agent}@${issuance.task}`);
      return revokedAt === undefined ? issuance : { ...issuance, revokedAt };
    });
}

function itemsOf(json: unknown): readonly unknown[] {
  const list = Array.isArray(json) ? json : [json];
  return list.flatMap((one: unknown) => {
    const { Items, Item } = (one ?? {}) as Fields;
    return Array.isArray(Items) ? Items : [Item ?? one];
  });
}

/** An item with its types taken off, where DynamoDB wrote it. */
function plainItem(item: unknown): Fields {
  const fields = (typeof item === 'object' && item !== null ? item : {}) as Fields;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, untyped(value)]));
}

function untyped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[type, inner] = [], more] = Object.entries(value);
  return more === undefined && (type === 'S' || type === 'N' || type === 'BOOL') ? inner : value;
}

/** What is said of a whole task: `agent@task`. */
function wholeTask({ pk, agent, task, revokedAt }: Fields): string | undefined {
  if (typeof revokedAt !== 'string') return undefined;
  if (typeof pk === 'string' && tryReadSourceIdentity(pk)) return pk;
  return typeof agent === 'string' && typeof task === 'string' ? `${agent}@${task}` : undefined;
}

const STATUSES: readonly string[] = ['pending', 'issued', 'failed'] satisfies readonly IssuanceStatus[];
const OPTIONAL = ['expiresAt', 'credential', 'policyHash', 'policy', 'revokedAt'] as const;

function readIssuance(item: Fields, place: string): TaskIssuance {
  const text = (name: string): string => {
    const value = item[name];
    if (typeof value === 'string') return value;
    throw notAnEntry(place, `it has no '${name}'`);
  };
  const status = text('status');
  if (!STATUSES.includes(status)) throw notAnEntry(place, `its status is '${status}'`);
  for (const name of ['requestedAt', 'expiresAt', 'revokedAt'])
    if (item[name] !== undefined && Number.isNaN(Date.parse(text(name)))) throw notAnEntry(place, `its '${name}' is no time`);
  const optional = Object.fromEntries(OPTIONAL.flatMap((name) => (item[name] === undefined ? [] : [[name, text(name)]])));
  return {
    agent: text('agent'),
    task: text('task'),
    template: text('template'),
    requestId: text('requestId'),
    caller: text('caller'),
    requestedAt: text('requestedAt'),
    status: status as IssuanceStatus,
    parameters: readParameters(item['parameters'], place),
    ...optional,
  };
}

function readParameters(value: unknown, place: string): Readonly<Record<string, string>> {
  const fields: unknown = typeof value === 'string' ? parseOrNothing(value) : (value ?? {});
  if (typeof fields !== 'object' || fields === null || !Object.values(fields).every((one) => typeof one === 'string'))
    throw notAnEntry(place, 'its parameters are no texts by name');
  return fields as Readonly<Record<string, string>>;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notAnEntry(place: string, reason: string) {
  return unreadableInput(place, {
    rule: 'must be an entry of a ledger of tasks',
    reason,
    fix: 'write the ledger with: aws dynamodb query or scan on the table of the broker',
  });
}
