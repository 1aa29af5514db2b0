import { join } from 'node:path';
import type { Measured } from './sizes/check';
import { code } from './sizes/code';
import { generated, readme, snapshots } from './sizes/documents';
import { projectFiles } from './sizes/files';
import { lines } from './sizes/lines';
import { lock } from './sizes/lock';
import { portable } from './sizes/portable';

const RULES = [lines, code, readme, snapshots, generated, portable, lock];

function main(): number {
  const files = projectFiles(join(__dirname, '..'));
  const measured = RULES.flatMap((rule) => rule(files));
  process.stdout.write(formatTable(measured));
  const problems = measured.flatMap((one) => one.problems);
  for (const { where, message } of problems) process.stderr.write(`${where}: ${message}\n`);
  return problems.length === 0 ? 0 : 1;
}

function formatTable(measured: readonly Measured[]): string {
  const width = Math.max(...measured.map(({ rule }) => rule.length));
  const rows = measured.map(({ rule, limit, found, problems }) => {
    const verdict = problems.length === 0 ? 'ok' : 'FAIL';
    return `${verdict.padEnd(5)}${rule.padEnd(width + 2)}${found.padStart(5)}  ${limit}\n`;
  });
  return rows.join('');
}

process.exitCode = main();
