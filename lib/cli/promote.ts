import { writeFileSync } from 'node:fs';
import type { Detection } from '../core/detection/types';
import { promotionOf } from '../core/governance/promotion';
import { addReceipt, ReceiptKind } from '../core/governance/receipts';
import { plain } from '../core/report/text';
import { unreadableInput } from '../core/review-errors';
import { readJson } from '../policy/documents/files';
import { type Io, jsonText } from './io';
import { bookAt } from './recertify';
import { runOver } from './replay';

export interface PromoteCommand {
  readonly agent: string;
  readonly events: readonly string[];
  readonly check?: boolean;
  readonly days?: string;
  readonly on?: string;
  readonly confirmed?: string;
  readonly manifest?: readonly string[];
  readonly fleet?: string;
  readonly cloud?: string;
  readonly receipts?: string;
  readonly json?: boolean;
}

const MOST_DAYS = 366;
const DAY = 86_400_000;

/** Says whether armed containment would have stopped something that was wanted; gives the exit code. */
export async function promote(command: PromoteCommand, io: Io): Promise<number> {
  const { agent, check = false, receipts } = command;
  if (!check && receipts === undefined)
    throw unreadableInput('--receipts', {
      rule: 'must be given where --check is not',
      reason: 'the answer is written down',
      fix: 'add --check, or give a file',
    });
  const book = receipts === undefined ? undefined : bookAt(receipts);
  const days = daysOf(command.days ?? '14');
  const last = dayOf(command.on);
  const confirmed = confirmedIn(command.confirmed);
  const found: Detection[] = [];
  const seen = new Map<string, number>();
  const { registry } = await runOver(command, io, {
    found: (detection) => void found.push(detection),
    read: ({ time }, { name, fleet, cloud }) => {
      // Of the agent alone: that others were busy says nothing of it.
      const isIt = name === agent && (command.fleet ?? fleet) === fleet && (command.cloud ?? cloud) === cloud;
      if (isIt) seen.set(time.slice(0, 10), (seen.get(time.slice(0, 10)) ?? 0) + 1);
    },
  });
  const candidates = registry.agents.filter(
    ({ name, fleet, cloud }) => name === agent && (command.fleet ?? fleet) === fleet && (command.cloud ?? cloud) === cloud,
  );
  const [only] = candidates;
  if (!only || candidates.length > 1)
    throw unreadableInput('--agent', {
      rule: only ? 'is on several clouds or in several fleets' : 'must be an agent of the manifests',
      value: agent,
      fix: only
        ? `say which with --cloud and --fleet: ${candidates.map(({ cloud, fleet }) => `${cloud} ${fleet}`).join(', ')}`
        : `use one of: ${[...new Set(registry.agents.map(({ name }) => name))].sort().join(', ')}`,
    });
  const own = found.filter((one) => one.agent === agent && one.fleet === only.fleet && one.cloud === only.cloud);
  const answer = promotionOf({ detections: own, confirmed, days, last, seen });
  io.out(
    command.json
      ? jsonText({ agent, ...answer })
      : `${plain(answer.said)}\n${answer.falseBlocks.map(({ time, summary, id }) => plain(`  ${time} ${agent} ${summary} (${id})`)).join('\n')}${answer.falseBlocks.length > 0 ? '\n' : ''}`,
  );
  if (book && receipts !== undefined && !check) {
    const made = {
      kind: ReceiptKind.PROMOTION,
      cloud: only.cloud,
      fleet: only.fleet,
      agent,
      at: new Date().toISOString(),
      by: only.owner ?? agent,
      steps: [{ what: answer.said, held: answer.ready }],
    };
    writeFileSync(receipts, jsonText(addReceipt(book, made)));
  }
  return answer.ready ? 0 : 1;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isSafeInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw unreadableInput('--days', { rule: `must be a whole number from 1 to ${MOST_DAYS}`, value: text, fix: 'give for example 14' });
}

function dayOf(on: string | undefined): string {
  if (on === undefined) return new Date(Date.now() - DAY).toISOString().slice(0, 10);
  if (/^\d{4}-\d{2}-\d{2}$/.test(on) && !Number.isNaN(Date.parse(on))) return on;
  throw unreadableInput('--on', { rule: 'must be a day', value: on, fix: "write it like '2026-11-26'" });
}

function confirmedIn(path: string | undefined): ReadonlySet<string> {
  if (path === undefined) return new Set();
  const list = readJson(path);
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return new Set(list);
  throw unreadableInput(path, { rule: 'must be a JSON list of ids of detections', fix: 'write for example ["0f3c..."]' });
}
