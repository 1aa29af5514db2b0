import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readReceipts } from '../../lib/core/governance/receipts';
import { cli, Workbench } from './command-line';
import { record } from './receipt-records';

const bench = new Workbench();
afterAll(() => bench.remove());

const watched = (name: string, role: string, cloud = 'aws') => ({
  name,
  fleet: 'main',
  cloud,
  owner: 'team@example.com',
  principals: [role],
  grants: [{ step: 'docs:read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::docs/*'] }],
  workflows: [],
  limits: {},
  scope: {},
  sessionSeconds: 3600,
});
const registry = bench.write('registry.json', {
  schemaVersion: 1,
  agents: [
    watched('reader', 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader'),
    watched('writer', 'arn:aws:iam::111122223333:role/agentic-iam/main/main--writer'),
    watched('twin', 'x'),
    watched('twin', 'y', 'gcp'),
  ],
});

const DAYS = ['2026-11-23', '2026-11-24', '2026-11-25'];
const call = (day: string, more: { readonly role?: string; readonly arn?: string } = {}) =>
  record({
    id: `${day}${more.role ?? ''}${more.arn ?? ''}`,
    source: 's3',
    name: 'GetObject',
    arns: [more.arn ?? 'arn:aws:s3:::docs/1'],
    time: `${day}T06:05:00Z`,
    credential: `K${day}`,
    ...(more.role === undefined ? {} : { role: more.role, sourceIdentity: 'writer@t1' }),
  });
/** A step of a way to more access, which armed containment stops. */
const escalation = record({ id: 'e', source: 'iam', name: 'CreateAccessKey', time: '2026-11-24T07:00:00Z', credential: 'K2026-11-24' });

let made = 0;
function promote(records: readonly unknown[], args: readonly string[] = []) {
  made += 1;
  const file = bench.write(`trail-${made}/one.json.gz`, '');
  writeFileSync(file, gzipSync(JSON.stringify({ Records: records })));
  const where = ['--events', `${bench.path}/trail-${made}`, '--manifest', registry];
  return cli(['promote', '--agent', 'reader', '--days', '3', '--on', '2026-11-25', ...where, ...args]);
}

test('an agent that called every day, and that nothing would have stopped, is ready', async () => {
  const { code, out } = await promote(
    DAYS.map((day) => call(day)),
    ['--check'],
  );
  expect([code, out]).toEqual([
    0,
    'Ready: of 3 calls from 2026-11-23 to 2026-11-25, armed containment would have stopped 0, each of them confirmed.\n',
  ]);
});

test('the calls of another agent say nothing of it', async () => {
  const { code, out } = await promote(
    [...DAYS.map((day) => call(day, { role: 'main--writer' })), call('2026-11-25')],
    ['--check', '--json'],
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ agent: 'reader', ready: false, silentDays: ['2026-11-23', '2026-11-24'] });
});

test('what would have been stopped is named, and once it is confirmed stands in the way no more', async () => {
  const records = [...DAYS.map((day) => call(day)), escalation];
  const first = await promote(records, ['--check', '--json']);
  expect(first.code).toBe(1);
  const { falseBlocks } = JSON.parse(first.out) as { readonly falseBlocks: readonly { readonly id: string; readonly summary: string }[] };
  expect(falseBlocks.map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/CreateAccessKey/),
    expect.stringMatching(/CreateAccessKey/),
  ]);
  const confirmed = bench.write(
    'confirmed.json',
    falseBlocks.map(({ id }) => id),
  );
  expect((await promote(records, ['--check', '--confirmed', confirmed])).code).toBe(0);
});

test('the receipt is written where it is asked for, and says what was found', async () => {
  const receipts = `${bench.path}/receipts.json`;
  await promote([call('2026-11-25')], ['--check', '--receipts', receipts]);
  expect(existsSync(receipts)).toBe(false);
  await promote(
    DAYS.map((day) => call(day)),
    ['--receipts', receipts],
  );
  const book = readReceipts(receipts, readFileSync(receipts, 'utf8'));
  expect(book.receipts).toEqual([
    expect.objectContaining({
      kind: 'promotion',
      agent: 'reader',
      by: 'team@example.com',
      steps: [expect.objectContaining({ held: true })],
    }),
  ]);
});

test.each<[string, readonly string[], RegExp]>([
  ['no file for the answer', [], /'--receipts' must be given where --check is not/],
  ['an agent that nobody knows', ['--check', '--agent', 'reeder'], /must be an agent of the manifests.*[\s\S]*reader, twin, writer/],
  ['an agent of two clouds', ['--check', '--agent', 'twin'], /on several clouds[\s\S]*aws main, gcp main/],
  ['half a day', ['--check', '--days', '0.5'], /whole number from 1 to 366/],
  ['no day', ['--check', '--on', 'yesterday'], /must be a day[\s\S]*2026-11-26/],
])('%s is refused', async (_name, args, said) => {
  const { code, err } = await promote([call('2026-11-25')], args);
  expect(code).toBe(2);
  expect(err).toMatch(said);
});
