import { existsSync } from 'node:fs';
import { type AgentEvent, isAgentEvent } from '../core/agent-event';
import { Detector } from '../core/detection/detector';
import type { DetectorOptions } from '../core/detection/options';
import type { WatchedAgent } from '../core/detection/registry';
import { DETECTION_SEVERITIES } from '../core/detection/rules';
import { DetectionRun } from '../core/detection/run';
import { degreeOf, SummaryBuilder } from '../core/detection/summary';
import type { Detection, DetectionSeverity } from '../core/detection/types';
import { CompiledRegistry } from '../core/detection/watched';
import { unreadableInput } from '../core/review-errors';
import { DEFAULT_PATHS } from './inputs';
import { type Io, jsonText, progress } from './io';
import type * as readLogs from './read-log';
import { logFiles, recordsOf } from './receipt-logs';
import { readRegistries } from './replay-registry';
import { renderReplay } from './replay-text';

export interface ReplayCommand {
  readonly events: readonly string[];
  readonly manifest?: readonly string[];
  readonly minSeverity?: string;
  readonly json?: boolean;
  /** Print each detection as one line of JSON when it is found. */
  readonly lines?: boolean;
}

/**
 * Log files are a good deal less in order than live events: each holds some minutes, unordered, and may come a quarter of an hour late.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
const FILES: DetectorOptions = {
  settleSeconds: 1_800,
  keepSeconds: 7_200,
  idsPerSession: 50_000,
  pendingPerSession: 50_000,
  keysPerAgent: 20_000,
};

/** Runs the detector over logs and prints what it found; gives the exit code: 1 where it found something. */
export async function replay(command: ReplayCommand, io: Io): Promise<number> {
  const least = severityOf(command.minSeverity ?? 'low');
  const summary = new SummaryBuilder();
  const { registry, run, files } = await runOver(command, io, {
    found: (detection) => {
      if (degreeOf(detection.severity) < degreeOf(least)) return;
      summary.add(detection);
      if (command.lines) io.out(`${JSON.stringify(detection)}\n`);
    },
  });
  const result = { schemaVersion: 1, summary: summary.finish(), counts: run.counts, files, ...gapsOf(registry, run) };
  if (command.json) io.out(jsonText(result));
  else if (!command.lines) io.out(renderReplay(result, { width: io.width, color: io.color }));
  return result.summary.total > 0 ? 1 : 0;
}

/** What is done with what comes by. */
export interface Listeners {
  readonly found: (detection: Detection) => void;
  /** Every call of a watched agent that was read. @default - nobody asks */
  readonly read?: (event: AgentEvent, agent: WatchedAgent) => void;
}

/** Runs the detector over logs. */
export async function runOver(command: Pick<ReplayCommand, 'events' | 'manifest'>, io: Io, { found, read: heard }: Listeners) {
  const registry = readRegistries(pathsOf(command.manifest));
  if (registry.agents.length === 0) {
    throw unreadableInput((command.manifest ?? DEFAULT_PATHS).join("' or '"), {
      rule: 'must hold an agent',
      reason: 'there is nothing that the logs could be compared with',
      fix: 'give the manifest of an app with agents, or draft a registry from history',
    });
  }
  // Loaded here: a slip of the hand above is answered at once.
  const { ALL_TRAITS, readLog } = require('./read-log') as typeof readLogs;
  const watched = new CompiledRegistry(registry, ALL_TRAITS);
  const detector = new Detector(watched, FILES);
  const run = new DetectionRun(detector);
  const take = (all: readonly Detection[]): void => all.forEach(found);
  const files = await listOf(command.events);
  for (const [index, file] of files.entries()) {
    progress(io, bar(index, files.length, run.counts.records));
    for await (const read of recordsOf(file)) {
      const event = 'unread' in read ? { reason: read.unread } : readLog(read.record);
      const actor = heard && isAgentEvent(event) ? watched.actor(event) : undefined;
      if (actor) heard?.(event as AgentEvent, actor.agent);
      take(run.add(event));
    }
  }
  take(run.finish());
  progress(io, '');
  return { registry, run, files: files.length };
}

/** What the answer does not cover. */
function gapsOf(registry: ReturnType<typeof readRegistries>, run: DetectionRun) {
  const { byAgent } = run.counts;
  return {
    silent: registry.agents.map(({ cloud, fleet, name }) => `${cloud}/${fleet}/${name}`).filter((key) => byAgent[key] === undefined),
    inexact: registry.inexact,
  };
}

export type ReplayResult = {
  readonly summary: ReturnType<SummaryBuilder['finish']>;
  readonly counts: DetectionRun['counts'];
  readonly files: number;
} & ReturnType<typeof gapsOf>;

async function listOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of logFiles(paths)) files.push(file);
  return files;
}

function pathsOf(given: readonly string[] | undefined): readonly string[] {
  const paths = given ?? DEFAULT_PATHS.filter((path) => existsSync(path));
  if (paths.length > 0) return paths;
  throw unreadableInput(DEFAULT_PATHS.join("' or '"), {
    rule: 'must be here where no --manifest is given',
    fix: 'run synth first, or give the manifest or a registry',
  });
}

function severityOf(text: string): DetectionSeverity {
  const found = DETECTION_SEVERITIES.find((severity) => severity === text);
  if (found) return found;
  throw unreadableInput('--min-severity', {
    rule: `must be one of ${DETECTION_SEVERITIES.join(', ')}`,
    value: text,
    fix: 'choose one of these',
  });
}

const BAR = 30;

function bar(done: number, all: number, records: number): string {
  const full = Math.round((BAR * done) / Math.max(1, all));
  return `[${'='.repeat(full)}${' '.repeat(BAR - full)}] ${done} of ${all} files, ${records} records`;
}
