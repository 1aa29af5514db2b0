// What the scorecard of a large fleet takes: reading what synth wrote, judging it, and drawing the page. Run: npm run bench:report
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as program from '../../lib/cli/program';
import { fromDist } from './dist';
import { aws } from './synth/aws';
import { azure } from './synth/azure';
import { gcp } from './synth/gcp';
import { exitWith, type Goal, median, printTable } from './table';

const AGENTS = 200;
const FEW = 20;
const ROUNDS = 5;
const MOST_SECONDS = 2;
/** Ten times the agents may take this many times as long for each. */
const MOST_GROWTH = 1.5;

const { run } = fromDist<typeof program>('cli/program.js');
const io = { out: () => {}, err: (text: string) => process.stderr.write(text), stdin: () => '', width: 120, color: false, watched: false };

/** Milliseconds of one report, and characters of its page. */
async function report(folder: string): Promise<{ readonly ms: number; readonly size: number }> {
  const html = join(folder, 'scorecard.html');
  const start = performance.now();
  await run(['report', folder, '--html', html], io);
  const ms = performance.now() - start;
  return { ms, size: readFileSync(html, 'utf8').length };
}

async function measured(synth: (agents: number, folder: string, review: 'off') => void, agents: number) {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-bench-'));
  try {
    synth(agents, folder, 'off');
    await report(folder);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await report(folder));
    return { ms: median(rounds.map(({ ms }) => ms)), size: rounds[0]?.size ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  process.setSourceMapsEnabled(false);
  const goals: Goal[] = [];
  const rows: string[][] = [];
  for (const { cloud, library } of [aws, azure, gcp]) {
    const few = await measured(library, FEW);
    const many = await measured(library, AGENTS);
    const growth = many.ms / AGENTS / (few.ms / FEW);
    rows.push([cloud, (few.ms / 1000).toFixed(2), (many.ms / 1000).toFixed(2), growth.toFixed(2), (many.size / 1024).toFixed(0)]);
    goals.push({
      goal: `${cloud}: the scorecard of ${AGENTS} agents, read, judged and drawn within ${MOST_SECONDS} s`,
      met: many.ms <= MOST_SECONDS * 1000,
      found: `${(many.ms / 1000).toFixed(2)} s, median of ${ROUNDS}`,
    });
    goals.push({
      goal: `${cloud}: each of ${AGENTS} agents takes at most ${MOST_GROWTH} x what each of ${FEW} takes`,
      met: growth <= MOST_GROWTH,
      found: `${growth.toFixed(2)} x`,
    });
  }
  printTable('Scorecard', ['cloud', `s, ${FEW} agents`, `s, ${AGENTS} agents`, 'growth', 'KB of the page'], rows);
  exitWith(goals);
}

if (require.main === module) void main();
