import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInputs, sourcesOf } from '../../../lib/cli/inputs';
import { processIo } from '../../../lib/cli/io';
import { reviewWorlds } from '../../../lib/core/review/review';
import { worldsOf } from '../../../lib/policy/worlds';
import { speedGoals as engineGoals } from '../simulator/timing';
import { aws } from '../synth/aws';
import { type Goal, median } from '../table';

const AGENTS = 1000;
const ROUNDS = 3;

/** Of the engine beside the simulator, and of a review beside the synth of the same agents. */
export function speedGoals(): readonly Goal[] {
  const rounds = Array.from({ length: ROUNDS }, synthAndReview);
  const [synth, review] = [median(rounds.map((round) => round.synth)), median(rounds.map((round) => round.review))];
  return [
    ...engineGoals(),
    {
      goal: `review of ${AGENTS} agents within 3 x their synth`,
      met: review <= 3 * synth,
      found: `${seconds(review)} s against ${seconds(synth)} s: ${(review / synth).toFixed(2)} x, median of ${ROUNDS}`,
    },
  ];
}

/** Milliseconds of a synth without review, and of reading and reviewing what it wrote. */
function synthAndReview(): { readonly synth: number; readonly review: number } {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-bench-'));
  try {
    const synth = timed(() => aws.library(AGENTS, folder, 'off'));
    const review = timed(() => {
      const inputs = readInputs({ paths: [folder] }, processIo());
      const { principals } = reviewWorlds(worldsOf(inputs), { sources: sourcesOf(inputs) });
      if (principals.length !== AGENTS) throw new Error(`${principals.length} principals were reviewed`);
    });
    return { synth, review };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
