// Every figure that detection promises, with its goal.
// Run: npm run bench:detect [attacks | sequences | clouds | speed ...]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleHandler } from '../../bundle-handler';
import { type Goal, printGoals } from '../table';
import { attackGoals, RECORDED } from './attacks';
import { cloudGoals } from './clouds';
import { sequenceGoals } from './sequences';

const GROUPS: Readonly<Record<string, () => readonly Goal[]>> = {
  attacks: attackGoals,
  sequences: sequenceGoals,
  clouds: cloudGoals,
  speed: speedGoals,
};

/** In a process of its own, bundled. */
function speedGoals(): readonly Goal[] {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-bench-'));
  try {
    const file = join(folder, 'speed.js');
    bundleHandler(join(__dirname, 'speed.ts'), file);
    return JSON.parse(execFileSync(process.execPath, ['--expose-gc', file, RECORDED], { encoding: 'utf8', maxBuffer: 2 ** 24 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2).filter((word) => word in GROUPS);
const goals = Object.entries(GROUPS)
  .filter(([name]) => asked.length === 0 || asked.includes(name))
  .flatMap(([name, measure]) => {
    const start = performance.now();
    const measured = measure();
    printGoals(`${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`, measured);
    return measured;
  });
process.exitCode = goals.every(({ met }) => met) ? 0 : 1;
