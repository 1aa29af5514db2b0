import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitWith, type Goal, median, printTable } from './table';

const DIST = join(__dirname, '..', '..', 'dist');
const REPETITIONS = 7;

/** Packages of which loading any file is a fault: an entry point pulls in its own cloud and nothing of another. */
const AWS = '/node_modules/aws-cdk-lib/';
const CDKTF = '/node_modules/cdktf/';
const AZURERM = '/@cdktf/provider-azurerm/';
const GOOGLE = '/@cdktf/provider-google/';
/** The index of a provider package loads every resource it has: over a second and 400 MB. */
const PROVIDER_INDEXES = [`${AZURERM}lib/index.js`, `${GOOGLE}lib/index.js`];

const ENTRIES: readonly { readonly name: string; readonly file: string; readonly never: readonly string[] }[] = [
  { name: '.', file: 'index.js', never: [AWS, CDKTF, AZURERM, GOOGLE, '/constructs/'] },
  { name: './aws', file: 'aws/index.js', never: [CDKTF, AZURERM, GOOGLE] },
  { name: './azure', file: 'azure/index.js', never: [AWS, GOOGLE, ...PROVIDER_INDEXES] },
  { name: './gcp', file: 'gcp/index.js', never: [AWS, AZURERM, ...PROVIDER_INDEXES] },
  { name: './testing', file: 'testing/index.js', never: [AWS, CDKTF, AZURERM, GOOGLE, '/constructs/'] },
];

/** Runs in a fresh process: what one import costs, and what it loaded. */
const PROBE = `
const before = process.memoryUsage().rss;
const start = performance.now();
require(process.argv[1]);
const milliseconds = performance.now() - start;
const files = Object.keys(require.cache).map((file) => file.replaceAll('\\\\', '/'));
console.log(JSON.stringify({ milliseconds, rss: process.memoryUsage().rss, added: process.memoryUsage().rss - before, files }));`;

interface Probe {
  readonly milliseconds: number;
  readonly rss: number;
  readonly added: number;
  readonly files: readonly string[];
}

function main(): void {
  if (!existsSync(DIST)) throw new Error("dist is missing: run 'npm run build' first");
  const goals: Goal[] = [];
  const rows = ENTRIES.map(({ name, file, never }) => {
    const probes = Array.from({ length: REPETITIONS }, () => probe(join(DIST, file)));
    const files = probes[0]?.files ?? [];
    const strays = files.filter((one) => never.some((part) => one.includes(part)));
    goals.push({
      goal: `${name} loads no file of another cloud and no provider index`,
      met: strays.length === 0,
      found: strays[0] ?? 'none',
    });
    return [
      name,
      median(probes.map((one) => one.milliseconds)).toFixed(0),
      megabytes(median(probes.map((one) => one.rss))),
      megabytes(median(probes.map((one) => one.added))),
      `${files.length}`,
    ];
  });
  printTable(`Import in a fresh process, median of ${REPETITIONS}`, ['entry', 'ms', 'RSS MB', 'added MB', 'files'], rows);
  exitWith(goals);
}

function probe(file: string): Probe {
  return JSON.parse(execFileSync(process.execPath, ['-e', PROBE, file], { encoding: 'utf8' })) as Probe;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

main();
