import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Task, TaskResult } from './scenario';

/** Asks the simulator in a process of its own. */
export function runSimulator(task: Task): TaskResult {
  const child = spawnSync(process.execPath, ['--import', 'tsx', join(__dirname, 'child.mts')], {
    input: JSON.stringify(task),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (child.status !== 0) throw new Error(`the simulator failed: ${child.stderr}`);
  return JSON.parse(child.stdout) as TaskResult;
}
