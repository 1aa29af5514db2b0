import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, works } from './command';

const REQUIREMENTS = join(ROOT, 'test', 'integration', 'requirements.txt');
const VENV = join(ROOT, '.venv');
const STAMP = join(VENV, 'agentic-iam-requirements');

/** A Python with the pinned tools, or why there is none. */
export type Python = { readonly bin: (program: string) => string } | { readonly missing: string };

/** Makes `.venv` of the pinned requirements; one that already holds exactly these is kept. */
export async function preparePython(): Promise<Python> {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const bin = (program: string) => join(VENV, 'bin', program);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && (await works(bin('python'), ['--version']))) return { bin };
  if (!(await works('python3', ['-c', 'import venv, ensurepip']))) return { missing: 'no python3 with venv on this machine' };
  rmSync(VENV, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', VENV]);
    await run(bin('python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', REQUIREMENTS], { timeout: 600_000 });
  } catch (error) {
    return { missing: `the pinned Python packages could not be installed: ${String(error).split('\n').at(-1)}` };
  }
  writeFileSync(STAMP, wanted);
  return { bin };
}
