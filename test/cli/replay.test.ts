import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { cli, Workbench } from './command-line';
import { record } from './receipt-records';

const bench = new Workbench();
afterAll(() => bench.remove());

const REGISTRY = {
  schemaVersion: 1,
  agents: [
    {
      name: 'reader',
      fleet: 'main',
      cloud: 'aws',
      owner: 'team@example.com',
      principals: [`arn:aws:iam::111122223333:role/agentic-iam/main/main--reader`],
      grants: [{ step: 'docs:read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::docs/*'] }],
      workflows: [],
      limits: {},
      scope: {},
      sessionSeconds: 3600,
    },
    { name: 'idle', fleet: 'main', cloud: 'aws', principals: ['x'], grants: [], workflows: [], limits: {}, scope: {}, sessionSeconds: 900 },
  ],
};
const registry = bench.write('registry.json', REGISTRY);
const get = (id: string, arn: string, more = {}) => record({ id, source: 's3', name: 'GetObject', arns: [arn], credential: 'K', ...more });
const FINE = get('a', 'arn:aws:s3:::docs/1');
const OUTSIDE = get('b', 'arn:aws:s3:::payroll/1', { time: '2026-11-25T06:07:00Z' });
const KEY = record({
  id: 'c',
  source: 'iam',
  name: 'CreateAccessKey',
  credential: 'K',
  time: '2026-11-25T06:08:00Z',
  error: 'AccessDenied',
});

let made = 0;
const replay = (records: readonly unknown[], args: readonly string[] = []) => {
  made += 1;
  const file = bench.write(`trail-${made}/AWSLogs/one.json.gz`, '');
  writeFileSync(file, gzipSync(JSON.stringify({ Records: records })));
  return cli(['replay', '--events', `${bench.path}/trail-${made}`, '--manifest', registry, ...args]);
};

test('says what happened, what would have been done, and what it did not see', async () => {
  const { code, out } = await replay([FINE, OUTSIDE, KEY, KEY, { eventVersion: '9' }]);
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
"3 behaviours detected, seen 3 times

HIGH     cross-boundary (resource-outside, exact)
  reader called s3:GetObject on arn:aws:s3:::payroll/1, which lies outside of what it was granted
  2026-11-25 06:07:00 UTC; recommended: brake; id f9dbf2977284

HIGH     privilege-escalation (escalation-step, exact)
  reader tried iam:CreateAccessKey, which is a step of a known way to more access, which it was never granted; it was
  denied
  2026-11-25 06:08:00 UTC; recommended: brake; id 23e70e74efb3

MEDIUM   unexpected-call (outside-grant, exact)
  reader tried iam:CreateAccessKey, which it was never granted; it was denied
  2026-11-25 06:08:00 UTC; recommended: restrict; id fa149a3ffdf0

By signal
  privilege-escalation       1   333.3 of 1,000 calls
  unexpected-call            1   333.3 of 1,000 calls
  unknown-sequence           0
  cross-boundary             1   333.3 of 1,000 calls
  velocity                   0

Would have been acted upon, had containment been armed
  reader: brake at 2026-11-25 06:07:00 UTC, for resource-outside

Read
  5 records of 1 file: 3 calls of watched agents, 0 of others
  1 record more that had been read before
  not read: 1, Its version is "9", and 1.x is known.

Agents without a call
  aws/main/idle
"
`);
});

test('nothing detected is exit code 0', async () => {
  const { code, out } = await replay([FINE]);
  expect([code, out.split('\n')[0]]).toEqual([0, 'Nothing detected: every call is within what was declared']);
});

test('--min-severity counts from there on', async () => {
  expect((await replay([OUTSIDE], ['--min-severity', 'critical'])).code).toBe(0);
  expect((await replay([OUTSIDE], ['--min-severity', 'high'])).code).toBe(1);
});

test('--lines prints each detection as JSON, --json everything', async () => {
  const lines = (await replay([OUTSIDE, KEY], ['--lines'])).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).rule);
  expect(lines).toEqual(['resource-outside', 'escalation-step', 'outside-grant']);
  const all = JSON.parse((await replay([OUTSIDE], ['--json'])).out);
  expect(all.summary.behaviours[0].latest).toMatchObject({ agent: 'reader', signal: 'cross-boundary', severity: 'high', mayAct: true });
  expect(all.silent).toEqual(['aws/main/idle']);
});

test('a deployed registry may be in several parameters', async () => {
  const [agent] = REGISTRY.agents;
  const part = (n: number, grants: readonly unknown[]) => ({
    Name: `/agentic-iam/main/watch/reader/${n}`,
    Value: JSON.stringify({ ...agent, grants }),
  });
  const file = bench.write('parameters.json', {
    Parameters: [part(0, []), part(1, agent?.grants ?? []), { Name: '/agentic-iam/main/tasks/x', Value: 'no' }],
  });
  const { code } = await cli(['replay', '--events', bench.write('one.json', { Records: [FINE] }), '--manifest', file]);
  expect(code).toBe(0);
});

test.each<[string, readonly string[], RegExp]>([
  ['a registry that lacks something', ['--manifest', 'BAD'], /agents\/0: lacks 'sessionSeconds'.*\[invalid-document\]/s],
  ['a registry with a word it does not know', ['--manifest', 'WORD'], /has the unknown member 'grant'/],
  ['a folder that synth never wrote to', ['--manifest', 'FOLDER'], /must hold agentic-iam\.manifest\.json.*run synth first/],
  ['no agent', ['--manifest', 'EMPTY'], /must hold an agent,/],
  ['a severity that is none', ['--manifest', 'GOOD', '--min-severity', 'awful'], /must be one of low, medium, high, critical.*'awful'/],
  ['events that are not there', ['--manifest', 'GOOD', '--events', 'nowhere'], /'nowhere' must be a log file or a folder/],
])('%s is wrong use', async (_, args, message) => {
  const { sessionSeconds: _s, ...bad } = REGISTRY.agents[0] as Record<string, unknown>;
  const paths: Readonly<Record<string, string>> = {
    BAD: bench.write('BAD', { schemaVersion: 1, agents: [bad] }),
    WORD: bench.write('WORD', { schemaVersion: 1, agents: [{ ...REGISTRY.agents[0], grant: [] }] }),
    EMPTY: bench.write('EMPTY', { schemaVersion: 1, agents: [] }),
    GOOD: registry,
    FOLDER: bench.path,
  };
  const events = bench.write('some.json', { Records: [FINE] });
  const { code, err } = await cli(['replay', '--events', events, ...args.map((arg) => paths[arg] ?? arg)]);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test('an archive that was cut off is refused, and says which', async () => {
  const file = bench.write('cut.json.gz', '');
  writeFileSync(file, gzipSync(JSON.stringify({ Records: [FINE] })).subarray(0, 60));
  const { code, err } = await cli(['replay', '--events', file, '--manifest', registry]);
  expect(err).toMatch(/cut\.json\.gz' must be a log file.*ends too early/);
  expect(code).toBe(2);
});

describe('draft', () => {
  const calls = Array.from({ length: 9 }, (_, index) => [
    record({
      id: `l${index}`,
      source: 's3',
      name: 'ListBucket',
      arns: ['arn:aws:s3:::docs'],
      credential: `K${index}`,
      sourceIdentity: `reader@t${index}`,
      time: `2026-11-25T06:0${index}:00Z`,
    }),
    get(`g${index}`, `arn:aws:s3:::docs/${index}`, {
      credential: `K${index}`,
      sourceIdentity: `reader@t${index}`,
      time: `2026-11-25T06:0${index}:10Z`,
    }),
    record({
      id: `d${index}`,
      source: 'ec2',
      name: 'DescribeImages',
      credential: `K${index}`,
      sourceIdentity: `reader@t${index}`,
      time: `2026-11-25T06:0${index}:20Z`,
    }),
  ]).flat();
  const events = bench.write('history.json', { Records: [...calls, { ...KEY, eventID: 'denied' }] });
  const args = ['draft', '--from', events, '--principal', 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader'];

  test('what was seen becomes a declaration that the same history conforms to', async () => {
    const out = `${bench.path}/drafted`;
    const drafted = await cli([...args, '--out', out, '--name', 'reader']);
    expect(drafted.code).toBe(0);
    expect(drafted.out.replaceAll(out, 'OUT')).toMatchInlineSnapshot(`
"Drafted reader from 28 of 28 records.

  OUT/spec.json
  OUT/resources.json
  OUT/registry.json

What was guessed:
  - more than 5 things in one place were taken for all of it: s3:GetObject on arn:aws:s3:::docs/*
  - records name no resource for these, so that any is allowed: ec2:DescribeImages
  - the spec has no capability for these, they are in the registry alone: ec2:DescribeImages
  - 1 workflows are the orders that 9 sessions had; steps that came twice in a row may be repeated
  - 1 calls were denied and were left out
  - limits are 2 times the most calls seen in any minute, and at least 10
  - who may take on the identity, and from which networks it may be used, was not guessed
"
`);
    const { spec, registry: made } = JSON.parse((await cli([...args, '--json', '--name', 'reader'])).out);
    expect(spec).toMatchObject({
      mode: 'READ_ONLY',
      capabilities: ['objects:read', 'objects:list'].map((capability) => ({ capability, resource: 'docs' })),
    });
    expect(made.agents[0].workflows).toEqual([
      { name: 'seen-1', steps: ['docs:list', 'docs:read', 'ec2:DescribeImages'].map((step) => ({ oneOf: [step], occurs: 'once' })) },
    ]);
    const replayed = await cli(['replay', '--events', bench.write('again.json', { Records: calls }), '--manifest', `${out}/registry.json`]);
    expect([replayed.code, replayed.err]).toEqual([0, '']);
    const [list, , describe] = calls;
    const odd = [describe, list].map((one, index) => ({
      ...(one as object),
      eventTime: `2026-11-25T08:0${index}:00Z`,
      eventID: `odd${index}`,
    }));
    const swapped = await cli([
      'replay',
      '--events',
      bench.write('odd.json', { Records: odd }),
      '--manifest',
      `${out}/registry.json`,
      '--lines',
    ]);
    expect(swapped.out).toContain('does-not-conform');
  });

  test('a principal without a call is refused', async () => {
    const { code, err } = await cli(['draft', '--from', events, '--principal', 'arn:aws:iam::111122223333:role/nobody']);
    expect(err).toMatch(/must have made a call, because none of the 28 records is by it/);
    expect(code).toBe(2);
  });
});
