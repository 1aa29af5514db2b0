import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { record } from '../../test/cli/receipt-records';
import { exitWith, printTable } from './table';

/** Records of one log file; CloudTrail's own hold up to some thousands. */
const PER_FILE = 5_000;
const SIZES = [20, 200] as const;
/** A log ten times as long may take this much more memory. */
const MOST_GROWTH = 1.5;

/** Runs in a fresh process: makes out a receipt, and tells what it took. */
const PROBE = `
const { run } = require(process.argv[1]);
const io = { out: () => {}, err: (text) => process.stderr.write(text), stdin: () => '', width: 120, color: false, watched: false };
const start = performance.now();
run(['receipt', '--task', 'reader@t1', '--events', process.argv[2], '--ledger', process.argv[3]], io).then((code) =>
  console.log(JSON.stringify({ code, seconds: (performance.now() - start) / 1000, megabytes: process.resourceUsage().maxRSS / 1024 })),
);`;

interface Ran {
  readonly code: number;
  readonly seconds: number;
  readonly megabytes: number;
}

function writeLogs(folder: string, files: number): number {
  mkdirSync(folder);
  let bytes = 0;
  for (let file = 0; file < files; file += 1) {
    const records = Array.from({ length: PER_FILE }, (_, index) => {
      const id = `${file}-${index}`;
      // One call of the task in each file, among those of others.
      const of = index === 0 ? {} : { sourceIdentity: `reader@other-${index % 50}`, credential: `ASIAOTHER${index % 50}` };
      return record({ id, source: 's3', name: 'GetObject', arns: [`arn:aws:s3:::docs/7/${id}`], ...of });
    });
    const text = JSON.stringify({ Records: records });
    bytes += text.length;
    writeFileSync(join(folder, `${file}.json.gz`), gzipSync(text, { level: 1 }));
  }
  return bytes;
}

function measure(folder: string, ledger: string): Ran {
  const program = join(__dirname, '..', '..', 'lib', 'cli', 'program.ts');
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', '-e', PROBE, program, folder, ledger], { encoding: 'utf8' })) as Ran;
}

const folder = mkdtempSync(join(tmpdir(), 'receipt-'));
const ledger = join(folder, 'ledger.json');
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::docs/7/*' }],
});
const times = { requestedAt: '2026-11-25T06:00:00Z', expiresAt: '2026-11-25T06:15:00Z' };
const entry = {
  agent: 'reader',
  task: 't1',
  template: 'answer',
  requestId: 'r1',
  caller: 'x',
  status: 'issued',
  parameters: {},
  policy,
  ...times,
};
writeFileSync(ledger, JSON.stringify([{ ...entry, credential: 'ASIAEXAMPLETASK00001' }]));

const results = SIZES.map((files) => {
  const logs = join(folder, String(files));
  const bytes = writeLogs(logs, files);
  return { records: files * PER_FILE, bytes, ...measure(logs, ledger) };
});
rmSync(folder, { recursive: true, force: true });

printTable(
  'Receipt of one task',
  ['records', 'MB of JSON', 'seconds', 'records/s', 'peak memory, MB', 'exit code'],
  results.map(({ records, bytes, seconds, megabytes, code }) => [
    String(records),
    (bytes / 1e6).toFixed(0),
    seconds.toFixed(1),
    (records / seconds).toFixed(0),
    megabytes.toFixed(0),
    String(code),
  ]),
);
const [small, large] = results;
const growth = (large?.megabytes ?? Number.NaN) / (small?.megabytes ?? Number.NaN);
exitWith([
  {
    goal: `a log ten times as long takes at most ${MOST_GROWTH} times the memory`,
    met: growth <= MOST_GROWTH,
    found: `${growth.toFixed(2)} times`,
  },
  {
    goal: 'no call of the task is taken to be outside',
    met: results.every(({ code }) => code === 0),
    found: `${results.map(({ code }) => code)}`,
  },
]);
