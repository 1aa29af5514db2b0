import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aws } from './synth/aws';
import { azure } from './synth/azure';
import type { SynthCase } from './synth/case';
import { gcp } from './synth/gcp';
import { exitWith, type Goal, median, printTable } from './table';

/** Agents -> repetitions of each program. */
const SIZES: readonly (readonly [number, number])[] = [
  [10, 101],
  [100, 21],
  [1000, 7],
];
const MAX_RATIO = 1.3;
const MAX_GROWTH = 1.2;
/** Of a synth with the review of every agent, beside the same synth without. */
const MAX_REVIEW = 3;
const REVIEWED = 1000;

interface Timing {
  readonly agents: number;
  /** Milliseconds, median. */
  readonly library: number;
  readonly byHand: number;
  /** Median of the ratios of neighbouring runs, which the machine's other work disturbs alike. */
  readonly ratio: number;
}

/** `npm run bench:synth -- aws` measures that cloud alone. */
function main(names: readonly string[]): void {
  // The loader of TypeScript switches source maps on; CDKTF takes a stack trace for every token, so that would be most of what is measured.
  process.setSourceMapsEnabled(false);
  const goals: Goal[] = [];
  const rows: string[][] = [];
  const reviews: string[][] = [];
  for (const one of [aws, azure, gcp].filter(({ cloud }) => names.length === 0 || names.includes(cloud))) {
    const differing = compareOutput(one);
    goals.push({
      goal: `${one.cloud}: both programs synthesise the same`,
      met: differing.length === 0,
      found: differing[0]?.slice(0, 300) ?? 'same',
    });
    const timings = SIZES.map(([agents, repetitions]) => time(one, agents, repetitions));
    rows.push(...timings.map((timing) => row(one.cloud, timing)));
    goals.push(...timings.map((timing) => ratioGoal(one.cloud, timing)), growthGoal(one.cloud, timings));
    const review = timeReview(one);
    reviews.push([one.cloud, `${REVIEWED}`, review.without.toFixed(0), review.reviewed.toFixed(0), review.ratio.toFixed(2)]);
    goals.push({
      goal: `${one.cloud}: ${REVIEWED} agents with their review in at most ${MAX_REVIEW} x the time without`,
      met: review.ratio <= MAX_REVIEW,
      found: review.ratio.toFixed(2),
    });
  }
  printTable(
    'Build and synth without the review, median of alternating runs in one process',
    ['cloud', 'agents', 'library ms', 'by hand ms', 'ratio', 'ms/agent'],
    rows,
  );
  printTable('Build and synth with the review of every agent', ['cloud', 'agents', 'without ms', 'with ms', 'ratio'], reviews);
  exitWith(goals);
}

function row(cloud: string, { agents, library, byHand, ratio }: Timing): string[] {
  return [cloud, `${agents}`, library.toFixed(0), byHand.toFixed(0), ratio.toFixed(2), (library / agents).toFixed(2)];
}

function ratioGoal(cloud: string, { agents, ratio }: Timing): Goal {
  return {
    goal: `${cloud}: ${agents} agents in at most ${MAX_RATIO} x the time by hand`,
    met: ratio <= MAX_RATIO,
    found: ratio.toFixed(2),
  };
}

function growthGoal(cloud: string, timings: readonly Timing[]): Goal {
  const perAgent = (agents: number) => (timings.find((one) => one.agents === agents)?.library ?? Number.NaN) / agents;
  const growth = perAgent(1000) / perAgent(100);
  return {
    goal: `${cloud}: time per agent at 1,000 at most ${MAX_GROWTH} x that at 100`,
    met: growth <= MAX_GROWTH,
    found: growth.toFixed(2),
  };
}

/** Lines that only one of the programs has; doubles as the warm-up. */
function compareOutput(one: SynthCase): string[] {
  const [library, byHand] = [one.library, one.byHand].map((program) =>
    inFolder((outdir) => {
      program(200, outdir);
      return one.inventory(outdir).sort();
    }),
  );
  const only = (lines: readonly string[] = [], others: readonly string[] = [], who: string) => {
    const left = [...others];
    return lines.flatMap((line) => {
      const index = left.indexOf(line);
      if (index >= 0) left.splice(index, 1);
      return index >= 0 ? [] : [`only ${who}: ${line}`];
    });
  };
  return [...only(library, byHand, 'the library'), ...only(byHand, library, 'by hand')];
}

function time(one: SynthCase, agents: number, repetitions: number): Timing {
  const runs = Array.from({ length: repetitions }, () => [measure(one.library, agents), measure(one.byHand, agents)] as const);
  return {
    agents,
    library: median(runs.map(([library]) => library)),
    byHand: median(runs.map(([, byHand]) => byHand)),
    ratio: median(runs.map(([library, byHand]) => library / byHand)),
  };
}

/** A review that finds nothing, as every one should. */
function timeReview({ library }: SynthCase): { readonly without: number; readonly reviewed: number; readonly ratio: number } {
  const runs = Array.from({ length: 3 }, () => [measure(library, REVIEWED), measure(library, REVIEWED, 'fail')] as const);
  return {
    without: median(runs.map(([without]) => without)),
    reviewed: median(runs.map(([, reviewed]) => reviewed)),
    ratio: median(runs.map(([without, reviewed]) => reviewed / without)),
  };
}

function measure(program: SynthCase['library'], agents: number, review: 'fail' | 'off' = 'off'): number {
  return inFolder((outdir) => {
    const start = performance.now();
    program(agents, outdir, review);
    return performance.now() - start;
  });
}

function inFolder<T>(work: (outdir: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-bench-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2));
