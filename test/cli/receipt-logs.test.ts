import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { type LogRecord, logFiles, recordsOf } from '../../lib/cli/receipt-logs';
import { Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

async function read(path: string): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const one of recordsOf(path)) found.push(one);
  return found;
}

const RECORDS = [
  { eventID: '1', deep: { list: [{ a: '}]{["' }] } },
  { eventID: '2', text: 'quote \\" and "Records":[ inside' },
];
const EACH = RECORDS.map((record) => ({ record }));

test.each([
  ['a file of CloudTrail', JSON.stringify({ Records: RECORDS })],
  ['the same, made to be read', JSON.stringify({ Records: RECORDS }, undefined, 2)],
  ['a list', JSON.stringify(RECORDS)],
  ['JSON Lines', RECORDS.map((one) => JSON.stringify(one)).join('\n')],
  [
    'lookup-events',
    JSON.stringify({ Events: RECORDS.map((one) => ({ EventId: 'x', CloudTrailEvent: JSON.stringify(one) })), NextToken: 'x' }),
  ],
  ['events of a bus', RECORDS.map((detail) => JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail })).join('\n')],
])('reads %s', async (name, text) => {
  expect(await read(bench.write(`${name}.json`, text))).toEqual(EACH);
});

test('reads a single record, and nothing in an empty file', async () => {
  expect(await read(bench.write('one.json', RECORDS[0]))).toEqual([EACH[0]]);
  expect(await read(bench.write('none.json', { Records: [] }))).toEqual([]);
  expect(await read(bench.write('empty.json', ' \n'))).toEqual([]);
});

test.each([
  ['{"Records":[{"eventID":"1"},{"eventID":"2"', 2],
  ['{"eventID":"1"}\n{"eventID": oops}\n', 2],
  ['no json at all', 1],
])('what is no JSON is told, and the rest is read: %s', async (text, count) => {
  const found = await read(bench.write('broken.json', text));
  expect(found).toHaveLength(count);
  expect(found.filter((one) => 'unread' in one)).toEqual([{ unread: 'it is no JSON' }]);
});

test('any records come out as they went in, however the file is cut into pieces', async () => {
  const value = fc
    .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 3 })
    .filter((one) => !['Records', 'Events', 'CloudTrailEvent', 'detail'].some((key) => Object.hasOwn(one, key)));
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 5 }), async (records) => {
      count += 1;
      const path = bench.write(
        `${count}.json`,
        JSON.stringify({ Records: records.map((one) => ({ ...one, eventID: 'x', pad: 'é'.repeat(30_000) })) }),
      );
      const found = await read(path);
      expect(found.map((one) => ('record' in one ? one.record : one))).toEqual(
        JSON.parse(JSON.stringify(records.map((one) => ({ ...one, eventID: 'x', pad: 'é'.repeat(30_000) })))),
      );
    }),
    { numRuns: 30 },
  );
});

test('reads gzipped files, and names one that is none or ends too early', async () => {
  const packed = gzipSync(JSON.stringify({ Records: RECORDS }));
  const path = bench.write('packed.json.gz', '');
  writeFileSync(path, packed);
  expect(await read(path)).toEqual(EACH);
  writeFileSync(path, packed.subarray(0, 40));
  await expect(read(path)).rejects.toThrow(/packed\.json\.gz.*it ends too early.*\[unreadable-input\]/s);
  writeFileSync(path, 'plain text');
  await expect(read(path)).rejects.toThrow(/it is no gzip file/);
});

test('finds the log files of a folder as a trail lays it out, and no digests', async () => {
  const day = 'trail/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/25';
  bench.write(`${day}/b.json.gz`, '');
  bench.write(`${day}/a.json`, '');
  bench.write(`${day}/notes.txt`, '');
  bench.write('trail/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/11/25/digest.json.gz', '');
  const found: string[] = [];
  for await (const file of logFiles([`${bench.path}/trail`])) found.push(file.slice(bench.path.length + 1));
  expect(found).toEqual([`${day}/a.json`, `${day}/b.json.gz`]);
  await expect(logFiles(['nowhere']).next()).rejects.toThrow(/'nowhere' must be a log file/);
});
