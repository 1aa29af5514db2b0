import { gunzipSync } from 'node:zlib';
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { makeHandler } from '../../../lib/aws/runtime/detector/handler';
import type { DetectorPorts, QueueMessage } from '../../../lib/aws/runtime/detector/ports';
import { stateTable } from '../../../lib/aws/runtime/detector/state-table';
import { isAgentEvent } from '../../../lib/core/agent-event';
import { Detector } from '../../../lib/core/detection/detector';
import type { DetectionRegistry, WatchedAgent } from '../../../lib/core/detection/registry';
import { DetectionRun } from '../../../lib/core/detection/run';
import type { Detection } from '../../../lib/core/detection/types';
import { CompiledRegistry } from '../../../lib/core/detection/watched';
import { AWS_TRAITS, readCloudTrail } from '../../../lib/events/aws';
import { record } from '../../cli/receipt-records';
import { storeContract } from '../../core/detection/store-contract';
import { stateServer } from './table-server';

const TABLE = 'state';
let client: DynamoDBClient;
let stop: () => Promise<void>;

beforeEach(async () => {
  ({ client, stop } = await stateServer(TABLE));
});
afterEach(() => stop());

storeContract('DynamoDB', () => stateTable(client, TABLE));

const ARN = 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader';
const agent: WatchedAgent = {
  name: 'reader',
  fleet: 'main',
  cloud: 'aws',
  principals: [ARN],
  grants: [
    { step: 'docs:list', actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::docs'] },
    { step: 'docs:read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::docs/*'] },
  ],
  workflows: [
    {
      name: 'answer',
      steps: [
        { oneOf: ['docs:list'], occurs: 'once' },
        { oneOf: ['docs:read'], occurs: 'repeated' },
      ],
    },
  ],
  limits: { callsPerMinute: 12 },
  scope: {},
  enteredBy: ['lambda.amazonaws.com'],
  sessionSeconds: 900,
};
const registry: DetectionRegistry = { schemaVersion: 1, agents: [agent] };

const START = Date.parse('2026-11-25T06:00:00Z');
const at = (second: number): string => new Date(START + second * 1000).toISOString().replace('.000', '');

const list = (id: string, second: number, more = {}) =>
  record({ id, source: 's3', name: 'ListBucket', arns: ['arn:aws:s3:::docs'], time: at(second), ...more });
const get = (id: string, second: number, more = {}) =>
  record({ id, source: 's3', name: 'GetObject', arns: [`arn:aws:s3:::docs/${id}`], time: at(second), ...more });
const key = (id: string, second: number) => record({ id, source: 'iam', name: 'CreateAccessKey', time: at(second) });

/** As the rule hands it to the queue. */
const message = (detail: object, messageId = `m-${(detail as { readonly eventID: string }).eventID}`): QueueMessage => ({
  messageId,
  body: JSON.stringify({ group: 'g', id: messageId, event: { 'detail-type': 'AWS API Call via CloudTrail', detail } }),
});

interface Bench {
  readonly sent: Detection[];
  readonly lines: object[];
  readonly handle: ReturnType<typeof makeHandler>;
  clock: number;
}

function bench(changes: Partial<DetectorPorts> = {}): Bench {
  const made: { sent: Detection[]; lines: object[]; clock: number } = { sent: [], lines: [], clock: START + 10_000 };
  const handle = makeHandler(
    { fleet: 'main', options: { settleSeconds: 60 } },
    {
      registry: async () => registry,
      store: stateTable(client, TABLE),
      send: async (detections) => {
        made.sent.push(...detections);
      },
      now: () => made.clock,
      pause: async () => {},
      log: (line) => made.lines.push(line),
      ...changes,
    },
  );
  return Object.assign(made, { handle });
}

const metricsIn = (lines: readonly object[]): Record<string, unknown> =>
  lines.find((line) => 'EventsJudged' in line) as Record<string, unknown>;

test('a batch is judged, its detections are sent, and its figures are metrics of the fleet', async () => {
  const one = bench();
  const answer = await one.handle({
    Records: [message(list('a', 0)), message(get('b', 5)), message(key('c', 6)), message(key('c', 6), 'again')],
  });
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(one.sent.map(({ rule }) => rule)).toEqual(['escalation-step', 'outside-grant']);
  expect(metricsIn(one.lines)).toMatchObject({ fleet: 'main', EventsJudged: 4, EventsDuplicate: 1, EventsUnread: 0 });
  expect(one.lines.find((line) => 'signal' in line)).toMatchInlineSnapshot(`
{
  "Detections": 1,
  "_aws": {
    "CloudWatchMetrics": [
      {
        "Dimensions": [
          [
            "fleet",
            "signal",
          ],
          [
            "fleet",
            "agent",
            "signal",
          ],
        ],
        "Metrics": [
          {
            "Name": "Detections",
            "Unit": "Count",
          },
        ],
        "Namespace": "AgenticIAM",
      },
    ],
    "Timestamp": 1795586410000,
  },
  "agent": "reader",
  "fleet": "main",
  "signal": "privilege-escalation",
}
`);
});

test('calls of an agent that is watched for silence are counted by its name, and of no other', async () => {
  const one = bench({ registry: async () => ({ schemaVersion: 1, agents: [{ ...agent, counted: true }] }) });
  await one.handle({ Records: [message(list('a', 0)), message(get('b', 5))] });
  const named = (lines: readonly object[]) => lines.filter((line) => 'agent' in line && 'EventsJudged' in line);
  expect(named(one.lines)).toMatchObject([{ fleet: 'main', agent: 'reader', EventsJudged: 2 }]);
  const other = bench();
  await other.handle({ Records: [message(list('c', 0))] });
  expect(named(other.lines)).toEqual([]);
});

test('what nobody understands is counted and told, and stops nothing', async () => {
  const one = bench();
  const answer = await one.handle({
    Records: [
      { messageId: 'broken', body: '{' },
      message({ ...list('v', 0), eventVersion: '2.0' }),
      message({ ...list('f', 0), eventTime: '2030-01-01T00:00:00Z' }),
      message(record({ id: 'stranger', source: 's3', name: 'GetObject', role: 'main--writer', time: at(0) })),
      message(key('k', 1)),
    ],
  });
  expect(answer.batchItemFailures).toEqual([]);
  expect(metricsIn(one.lines)).toMatchObject({ EventsJudged: 1, EventsUnread: 3, EventsUnregistered: 1 });
  expect(one.lines.flatMap((line) => ('reason' in line ? [line.reason] : []))).toEqual([
    'The message is no JSON.',
    'Its version is "2.0", and 1.x is known.',
    'Its time, 2030-01-01T00:00:00.000Z, lies in the future.',
  ]);
  expect(one.sent).toHaveLength(2);
});

test('an order that comes in two batches, the later part first, conforms; one that lacks a step does not', async () => {
  const one = bench();
  one.clock = START + 30_000;
  await one.handle({ Records: [message(get('b', 5))] });
  await one.handle({ Records: [message(list('a', 0))] });
  expect(one.sent).toEqual([]);
  one.clock = START + 120_000;
  await one.handle({ sweep: true });
  expect(one.sent).toEqual([]);
  await one.handle({ Records: [message(get('x', 100, { sourceIdentity: 'reader@t2' }))] });
  one.clock = START + 200_000;
  await one.handle({ sweep: true });
  expect(one.sent.map(({ rule, task, deviation }) => [rule, task, deviation?.kind])).toEqual([['does-not-conform', 't2', 'skipped']]);
});

test('a session that ends in the middle is told once it is over, by the sweep alone', async () => {
  const one = bench();
  one.clock = START + 1_000;
  await one.handle({ Records: [message(list('a', 0))] });
  for (const minute of [2, 5, 14, 16, 17, 18]) {
    one.clock = START + minute * 60_000;
    await one.handle({ sweep: true });
  }
  expect(one.sent.map(({ rule }) => rule)).toEqual(['unfinished']);
});

test('somebody who is not trusted and takes on the identity is told of for the agent', async () => {
  const assume = (id: string, who: object) => ({
    ...record({ id, source: 'sts', name: 'AssumeRole', time: at(0) }),
    userIdentity: who,
    resources: [{ ARN, type: 'AWS::IAM::Role' }],
    requestParameters: { roleArn: ARN },
  });
  const one = bench();
  await one.handle({
    Records: [
      message(assume('s', { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' })),
      message(assume('t', { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/eve', accessKeyId: 'AKIA' })),
    ],
  });
  expect(one.sent.map(({ rule, agent: name, principal }) => [rule, name, principal])).toEqual([
    ['identity-taken', 'reader', 'arn:aws:iam::111122223333:user/eve'],
  ]);
});

test('a target that takes nothing makes its messages come again, and no others', async () => {
  const one = bench({ send: () => Promise.reject(new Error('down')) });
  const answer = await one.handle({
    Records: [message(list('a', 0)), message(key('c', 6)), message(get('z', 7, { sourceIdentity: 'reader@t9' }))],
  });
  // The calls of one session come again together.
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m-a', 'm-c']);
  expect(one.lines.some((line) => 'reason' in line && line.reason === 'down')).toBe(true);
});

test('nothing is lost by repetition, disorder, throttling and crashes at any point', async () => {
  const random = randomOf(7);
  const records = Array.from({ length: 240 }, (_, index) => {
    const second = Math.floor(index * 2.5);
    const sourceIdentity = `reader@t${Math.floor(index / 40)}`;
    if (index % 23 === 22) return key(`k${index}`, second);
    return index % 7 === 0 ? list(`l${index}`, second, { sourceIdentity }) : get(`g${index}`, second, { sourceIdentity });
  });
  const options = { settleSeconds: 600, idsPerSession: 1000 };
  const run = new DetectionRun(new Detector(new CompiledRegistry(registry, AWS_TRAITS), options));
  const expected = records.flatMap((one) => run.add(readCloudTrail(one)));
  expected.push(...run.finish({ ended: true }));
  // The same through the handler: every message twice, shuffled, in batches of ten, with a third of all calls to the outside failing.
  const store = stateTable(client, TABLE);
  const flaky =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>, after: boolean) =>
    async (...args: A): Promise<R> => {
      if (random() < 0.15) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      const result = await call(...args);
      if (after && random() < 0.15) throw new Error('crashed after it was done');
      return result;
    };
  const sent: Detection[] = [];
  let clock = START + 600_000;
  const handle = makeHandler(
    { fleet: 'main', options },
    {
      registry: async () => registry,
      store: { load: flaky(store.load, false), save: flaky(store.save, true), due: store.due },
      send: flaky(async (detections: readonly Detection[]) => {
        sent.push(...detections);
      }, true),
      now: () => clock,
      pause: async () => {},
      log: () => {},
    },
  );
  let queue = shuffle(
    [...records, ...records].map((one, index) => message(one, `m${index}`)),
    random,
  );
  for (let round = 0; queue.length > 0 && round < 2_000; round += 1) {
    const Records = queue.slice(0, 10);
    const { batchItemFailures } = await handle({ Records });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    queue = [...queue.slice(10), ...Records.filter(({ messageId }) => failed.has(messageId))];
  }
  expect(queue).toEqual([]);
  for (const hour of [1, 2, 3, 4]) {
    clock = START + hour * 3_600_000;
    for (let again = 0; again < 10; again += 1) await handle({ sweep: true });
  }
  const idsOf = (list: readonly Detection[]): readonly string[] => [...new Set(list.map(({ rule, id }) => `${rule} ${id}`))].sort();
  expect(idsOf(sent)).toEqual(idsOf(expected));
  expect(new Set(expected.map(({ rule }) => rule)).size).toBeGreaterThan(3);
});

test('what is kept can be read, expires, and holds nothing but the calls', async () => {
  const one = bench();
  one.clock = START + 1_000;
  await one.handle({ Records: [message(list('a', 0))] });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE }));
  expect(Items.map((item) => item['sk']?.S).sort()).toEqual(['pace', 'session#t1']);
  for (const item of Items) {
    expect(Number(item['ttl']?.N)).toBeGreaterThan(START / 1000 + 900);
    expect(JSON.parse(gunzipSync(item['record']?.B ?? new Uint8Array()).toString())).toMatchObject({ schemaVersion: 1 });
  }
});

test('the recorded shapes are read', () => {
  expect(isAgentEvent(readCloudTrail(list('a', 0)))).toBe(true);
});

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(Math.floor(random() * left.length), 1));
  return out;
}
