import { createColors } from 'picocolors';
import { plain, wrap } from '../core/report/text';
import type { GrantUse, JudgedCall, OutsideReason, ReceiptIssuance, TaskReceipt } from '../core/task-receipt-types';

export interface ReceiptTextOptions {
  readonly width: number;
  readonly color: boolean;
}

const REASONS: Readonly<Record<OutsideReason, string>> = {
  'not-granted': 'what was issued does not grant it',
  'after-expiry': 'the credentials had expired',
  'after-revocation': 'the task had been revoked',
  'unknown-credential': 'the ledger knows no such credential',
  'no-hand-over': 'the task may not hand work to this agent',
};

const VERDICTS: Readonly<Record<TaskReceipt['verdict'], string>> = {
  within: 'every recorded call is within what was issued',
  outside: 'calls fell outside of what was issued',
  'nothing-recorded': 'no call is recorded',
};

/** The receipt as a person reads it: what was asked for, what was issued, what was done with it, how it ended. */
export function renderReceipt(receipt: TaskReceipt, { width, color }: ReceiptTextOptions): string {
  const { bold, dim, green, red, yellow } = createColors(color);
  const lines: string[] = [];
  const section = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push('', bold(title), ...body.map((line) => `  ${line}`));
  };
  const paint = receipt.verdict === 'outside' ? red : receipt.verdict === 'within' ? green : yellow;
  lines.push(`${bold(`Task ${plain(receipt.task)} of agent ${plain(receipt.agent)}`)}: ${paint(VERDICTS[receipt.verdict])}`);
  for (const issuance of receipt.issuances) section(titleOf(issuance), issued(issuance));
  section('Granted and used', receipt.used.flatMap(used));
  section('Granted and never used', receipt.unused.flatMap(unused).map(yellow));
  section(`Outside of what was issued: ${receipt.outside.count}`, receipt.outside.count > 0 ? calls(receipt.outside).map(red) : []);
  section(`Not decided: ${receipt.undecided.count}`, receipt.undecided.count > 0 ? calls(receipt.undecided) : []);
  section(
    'Handed over',
    receipt.handedOver.map(({ agent, calls: count }) => `${plain(agent)}: ${times(count)}, under policies of its own`),
  );
  lines.push('', countsOf(receipt));
  for (const { reason, count } of receipt.unread) lines.push(dim(`  not read: ${count}, ${plain(reason)}`));
  for (const note of receipt.notes) lines.push(...wrap(`Note: ${plain(note)}`, width).map(dim));
  return `${lines.join('\n')}\n`;
}

const STATES: Readonly<Record<ReceiptIssuance['state'], string>> = {
  pending: 'asked for, and not issued so far',
  failed: 'asked for, and not issued',
  live: 'issued, and still valid',
  expired: 'issued, and expired',
  revoked: 'issued, and revoked',
};

function titleOf({ template, parameters, state }: ReceiptIssuance): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `${plain([template, ...values].join(' '))}: ${STATES[state]}`;
}

function issued(one: ReceiptIssuance): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['asked for', `${shortTime(one.requestedAt)} by ${one.caller} (request ${one.requestId})`],
    ['policy', one.policyHash === undefined ? undefined : `SHA-256 ${one.policyHash}`],
    ['credential', one.credential === undefined ? undefined : `${one.credential}, ${times(one.calls)}`],
    ['expires', one.expiresAt === undefined ? undefined : shortTime(one.expiresAt)],
    ['revoked', one.revokedAt === undefined ? undefined : shortTime(one.revokedAt)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(11)}${plain(value)}`]));
}

function used({ calls: count, denied, first = '', last = '', ...grant }: GrantUse): readonly string[] {
  const refused = denied > 0 ? `, ${denied} of them refused nevertheless` : '';
  const when = first === last ? `at ${shortTime(first)}` : `from ${shortTime(first)} to ${shortTime(last)}`;
  return [...unused(grant), `  ${times(count)} ${when}${refused}`];
}

function unused({ permission, resources, capability }: Pick<GrantUse, 'permission' | 'resources' | 'capability'>): readonly string[] {
  const where = resources.length > 0 ? ` on ${resources.join(', ')}` : '';
  return [plain(`${permission}${where}${capability === undefined ? '' : ` (${capability})`}`)];
}

function calls({ calls: listed, count }: TaskReceipt['outside']): readonly string[] {
  const lines = listed.flatMap(oneCall);
  return count > listed.length ? [...lines, `and ${count - listed.length} more`] : lines;
}

function oneCall({ event, reasons, dependsOn = [] }: JudgedCall): readonly string[] {
  const on = event.resources.length > 0 ? ` on ${event.resources.join(', ')}` : '';
  const why = [...reasons.map((reason) => REASONS[reason]), ...(dependsOn.length > 0 ? [`depends on ${dependsOn.join(', ')}`] : [])];
  return [
    plain(`${shortTime(event.time)} ${event.action}${on}: ${event.outcome}`),
    plain(`  ${why.join('; ')}; event ${event.id}${event.credential === undefined ? '' : `, credential ${event.credential}`}`),
  ];
}

function countsOf({ counts }: TaskReceipt): string {
  const { calls: all, succeeded, denied, failed, repeated, records, unread } = counts;
  const again = repeated > 0 ? `, ${repeated} of its records came twice` : '';
  return `${times(all)} of the task (${succeeded} succeeded, ${denied} denied, ${failed} failed)${again}; ${records} records read, ${unread} of them not understood`;
}

function times(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}

/** Without fractions of a second, which logs do not record. */
function shortTime(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}
