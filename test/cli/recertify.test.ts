import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GovernanceMode, MaturityLevel } from '../../lib';
import { agentOf, CLOUDS, type Synth, statusOf } from '../parity/governed-fleet';
import { cli, Workbench } from './command-line';

// Receipts as owners make and keep them: written by one command, read by the next, by the report, and by synth.
const bench = new Workbench();
afterAll(() => bench.remove());

const outdir = join(bench.path, 'out');
const synth = CLOUDS['gcp'] as Synth;
synth({ outdir });
let made = 0;
const book = (): string => {
  made += 1;
  return join(bench.path, `receipts-${made}.json`);
};
const recertify = (receipts: string, { agent = 'reader', by = 'team@example.com' } = {}) =>
  cli(['recertify', outdir, '--agent', agent, '--by', by, '--receipts', receipts]);

test('the owner says that the access stays; the report believes it, and a second time is written behind the first', async () => {
  const receipts = book();
  const first = await recertify(receipts);
  expect([first.code, first.err, first.out]).toEqual([0, '', 'reader of fleet main on gcp: 1 permissions, kept by team@example.com\n']);
  expect((await recertify(receipts)).code).toBe(0);
  const { receipts: kept } = JSON.parse(readFileSync(receipts, 'utf8')) as {
    readonly receipts: readonly { readonly digest: string; readonly previous: string }[];
  };
  expect(kept).toHaveLength(2);
  expect(kept[1]?.previous).toBe(kept[0]?.digest);
  const { out } = await cli(['report', outdir, '--receipts', receipts, '--json']);
  const { agents } = JSON.parse(out) as {
    readonly agents: readonly { readonly results: readonly { readonly control: string; readonly status: string }[] }[];
  };
  expect(agents[0]?.results.find(({ control }) => control === 'access-recertified')?.status).toBe('met');
});

test('synth reads the file of receipts that it is given', async () => {
  const receipts = book();
  await recertify(receipts);
  const run = () => agentOf(synth({ receipts, mode: GovernanceMode.WARN, target: MaturityLevel.GOVERNANCE }));
  expect(statusOf(run(), 'drift-found')).toBe('missing');
  writeFileSync(receipts, readFileSync(receipts, 'utf8').replace('"held": true', '"held": "yes"'));
  expect(run).toThrow(/receipts '.*receipts-\d+.json'[\s\S]*held/);
});

test.each<[string, { readonly agent?: string; readonly by?: string }, RegExp]>([
  ['somebody who does not own it', { by: 'somebody@example.com' }, /must be the owner of agent 'reader', team@example.com/],
  ['an agent that is not there', { agent: 'reeder' }, /must be an agent of the manifests[\s\S]*use one of: reader/],
])('%s is refused, and nothing is written', async (_name, change, said) => {
  const receipts = book();
  const { code, err } = await recertify(receipts, change);
  expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  expect(() => readFileSync(receipts)).toThrow(/ENOENT/);
});

test.each<[string, (text: string) => string, RegExp]>([
  [
    'was changed afterwards',
    (text) => text.replace('team@example.com', 'boss@example.com'),
    /must be as it was written[\s\S]*1 of its receipts/,
  ],
  [
    'has another moment',
    (text) => text.replace(/"at": "[^"]+"/, '"at": "yesterday"'),
    /must be a moment in UTC, like '2026-11-26T12:00:00Z', got: "yesterday"/,
  ],
  ['is no JSON', () => 'receipts:', /is not JSON/],
  ['has a kind that nobody knows', (text) => text.replace('recertification', 'promise'), /must be one of: /],
])('a file that %s is not written on', async (_name, change, said) => {
  const receipts = book();
  await recertify(receipts);
  const broken = change(readFileSync(receipts, 'utf8'));
  writeFileSync(receipts, broken);
  const { code, err } = await recertify(receipts);
  expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  expect(readFileSync(receipts, 'utf8')).toBe(broken);
});
