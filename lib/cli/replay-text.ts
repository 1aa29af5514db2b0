import { createColors } from 'picocolors';
import type { Behaviour } from '../core/detection/summary';
import { plain, wrap } from '../core/report/text';
import type { ReplayResult } from './replay';

interface TextOptions {
  readonly width: number;
  readonly color: boolean;
}

/** Behaviours that are told one by one; the rest is counted. */
const MOST_TOLD = 50;

/** What a replay found, as a person reads it: what happened, worst first, what would have been done, and what the answer does not cover. */
export function renderReplay(result: ReplayResult, { width, color }: TextOptions): string {
  const { bold, dim, green, red, yellow } = createColors(color);
  const { summary, counts } = result;
  const lines: string[] = [];
  const paint = { critical: red, high: red, medium: yellow, low: dim } as const;
  lines.push(
    summary.total === 0
      ? `${bold('Nothing detected')}: ${green('every call is within what was declared')}`
      : `${bold(`${summary.behaviours.length} ${summary.behaviours.length === 1 ? 'behaviour' : 'behaviours'} detected`)}, seen ${times(summary.total)}`,
  );
  for (const behaviour of summary.behaviours.slice(0, MOST_TOLD)) {
    const { latest } = behaviour;
    const head = `${latest.severity.toUpperCase().padEnd(9)}${latest.signal} (${latest.rule}, ${latest.basis})`;
    lines.push(
      '',
      paint[latest.severity](head),
      ...wrap(`${plain(latest.agent)} ${plain(latest.summary)}`, width - 2).map((line) => `  ${line}`),
    );
    lines.push(dim(`  ${whenOf(behaviour)}; recommended: ${latest.response}; id ${latest.fingerprint.slice(0, 12)}`));
  }
  const more = summary.behaviours.length - MOST_TOLD;
  if (more > 0) lines.push('', `and ${more} more; --json has all of them`);
  if (summary.total > 0) {
    lines.push('', bold('By signal'));
    for (const [signal, count] of Object.entries(summary.bySignal))
      lines.push(
        `  ${signal.padEnd(22)}${String(count).padStart(6)}${count === 0 ? '' : `   ${rate(count, counts.watched)} of 1,000 calls`}`,
      );
  }
  if (summary.wouldContain.length > 0) {
    lines.push('', bold('Would have been acted upon, had containment been armed'));
    for (const { agent, at, response, because } of summary.wouldContain)
      lines.push(`  ${plain(agent)}: ${response} at ${at.slice(0, 19).replace('T', ' ')} UTC, for ${because.rule}`);
  }
  lines.push(
    '',
    bold('Read'),
    `  ${of(counts.records, 'record')} of ${of(result.files, 'file')}: ${of(counts.watched, 'call')} of watched agents, ${counts.others} of others`,
  );
  if (counts.duplicates > 0) lines.push(`  ${of(counts.duplicates, 'record')} more that had been read before`);
  if (counts.late > 0)
    lines.push(yellow(`  ${counts.late} calls came after their time was settled: they are judged one by one, and not as part of an order`));
  for (const [reason, count] of Object.entries(counts.unread)) lines.push(yellow(`  not read: ${count}, ${plain(reason)}`));
  list(
    'Agents of this library that the registry does not hold',
    Object.entries(counts.unregistered).map(([name, count]) => `${plain(name)}: ${of(count, 'call')}`),
  );
  list('Agents without a call', result.silent.map(plain));
  if (result.inexact.length > 0)
    lines.push(
      '',
      ...wrap(
        `Note: only deployment knows some resources of ${result.inexact.map(plain).join(', ')}, so that calls on other resources look granted. The deployed registry knows them: aws ssm get-parameters-by-path --recursive --path /agentic-iam/FLEET/watch`,
        width,
      ).map(dim),
    );
  return `${lines.join('\n')}\n`;

  function list(title: string, names: readonly string[]): void {
    if (names.length > 0) lines.push('', bold(title), ...names.map((name) => `  ${name}`));
  }
}

function whenOf({ first, last, occurrences }: Behaviour): string {
  const at = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;
  return occurrences === 1 ? at(first) : `${occurrences} times, ${at(first)} to ${at(last)}`;
}

function of(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function rate(count: number, all: number): string {
  return ((1000 * count) / Math.max(1, all)).toFixed(1);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
