import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { azureApi } from '../../../lib/azure/runtime/azure-api';
import { ATTEMPTS, makeHandlers, NotJudged } from '../../../lib/azure/runtime/detector/handler';
import { detectionSender } from '../../../lib/azure/runtime/detector/send';
import { stateEntities } from '../../../lib/azure/runtime/detector/state-entities';
import { hubSender } from '../../../lib/azure/runtime/event-hub';
import { packed, unpacked } from '../../../lib/azure/runtime/packed';
import { keyOf } from '../../../lib/azure/runtime/table';
import { EVENT_GRID_SCOPE, topicSender } from '../../../lib/azure/runtime/topic';
import { ocsfFinding } from '../../../lib/core/alerts/ocsf';
import type { Detection } from '../../../lib/core/detection/types';
import { storeContract } from '../../core/detection/store-contract';
import { FakeTable } from './fake-table';

let table: FakeTable;
beforeEach(() => {
  table = new FakeTable();
});

storeContract('a table', () => stateEntities(table.client));

test('what may be forgotten is deleted, and what was written in the meantime stays', async () => {
  const store = stateEntities(table.client);
  const key = { agent: 'main/reader', session: 's' };
  const state = { agent: { latest: 1 }, session: { latest: 1 } } as never;
  await store.save(key, state, { read: await store.load(key), forgetAt: 100 });
  await store.forget(99);
  expect(table.rows.size).toBe(2);
  await store.forget(100);
  expect(table.rows.size).toBe(0);
});

test('a state is in as many properties as it takes, and one that is too large is refused', () => {
  const noise = (length: number) => Array.from({ length }, (_, at) => Math.sin(at)).join();
  const large = packed(noise(20_000));
  expect(Object.keys(large).length).toBeGreaterThan(2);
  for (const piece of Object.values(large)) expect(piece.length).toBeLessThanOrEqual(65_536);
  expect(unpacked(large)).toBe(noise(20_000));
  expect(() => packed(noise(400_000))).toThrow(/more than an entity holds/);
  expect(unpacked({})).toBeUndefined();
});

test.each(['a/b#c?d\\e', 'x'.repeat(2_000), 'übung'])('a key for %s', (text) => {
  expect(keyOf(text)).toMatch(/^[A-Za-z0-9_-]{1,500}$/);
});

describe('events of a topic, over HTTP', () => {
  let server: Server;
  let heard: { path: string | undefined; type: string | undefined; token: string | undefined; body: unknown }[];
  let answers: number[];
  beforeEach(async () => {
    heard = [];
    answers = [];
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        heard.push({
          path: request.url,
          type: request.headers['content-type'],
          token: request.headers.authorization,
          body: JSON.parse(text),
        });
        response.writeHead(answers.shift() ?? 200, { 'retry-after': '1' });
        response.end('{"error":{"code":"Busy","message":"later"}}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const waits: number[] = [];
  const sender = () => {
    waits.splice(0);
    const address = `http://localhost:${(server.address() as AddressInfo).port}`;
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: 0 }) };
    const pause = async (length: number) => void waits.push(length);
    return topicSender(azureApi({ address, scope: EVENT_GRID_SCOPE }, { credential, pause }), '/agentic-iam/main');
  };
  const event = { id: 'd1', type: 'AgentDetection', subject: 'main/reader', time: '2026-11-26T08:00:00Z', data: { a: 1 } };

  test('are CloudEvents, at most fifty in a call', async () => {
    await sender()(Array.from({ length: 51 }, () => event));
    expect(heard.map(({ body }) => (body as unknown[]).length)).toEqual([50, 1]);
    expect(heard[1]).toEqual({
      path: '/api/events?api-version=2018-01-01',
      type: 'application/cloudevents-batch+json; charset=utf-8',
      token: 'Bearer t',
      body: [{ specversion: '1.0', source: '/agentic-iam/main', datacontenttype: 'application/json', ...event }],
    });
  });

  test('are sent again after what passes, as late as the service asks, and not after a refusal', async () => {
    answers.push(429, 503);
    await sender()([event]);
    expect(heard).toHaveLength(3);
    expect(waits.every((wait) => wait >= 1000)).toBe(true);
    answers.push(403);
    await expect(sender()([event])).rejects.toMatchObject({ name: 'AzureError', status: 403, code: 'Busy' });
  });

  test('go to the topic and, where somebody reads them, in OCSF to the event hub', async () => {
    const topic = `http://localhost:${(server.address() as AddressInfo).port}`;
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: 0 }) };
    const options = { credential, pause: async () => {} };
    const detection = {
      id: 'd1',
      agent: 'reader',
      fleet: 'main',
      signal: 'velocity',
      rule: 'loop',
      severity: 'high',
      basis: 'statistical',
      cloud: 'azure',
      principal: 'p',
      time: '2026-11-26T08:00:00Z',
      summary: 's',
      broke: 'b',
      response: 'notify',
      fingerprint: 'f',
      events: [],
      calls: 1,
    } as unknown as Detection;
    await detectionSender({ topic, fleet: 'main' }, options)([detection]);
    expect(heard.map(({ path }) => path?.split('?')[0])).toEqual(['/api/events']);
    expect(heard[0]?.body).toMatchObject([{ id: 'd1', type: 'AgentDetection', subject: 'main/reader', data: detection }]);
    await detectionSender({ topic, fleet: 'main', findings: `${topic}/findings` }, options)([detection]);
    expect(heard.slice(1).map(({ path }) => path?.split('?')[0])).toEqual(['/api/events', '/findings/messages']);
    expect(heard[2]?.body).toEqual([{ Body: JSON.stringify(ocsfFinding(detection)) }]);
  });

  test('of an event hub go many in a call, no call larger than it takes, in their order', async () => {
    const address = `http://localhost:${(server.address() as AddressInfo).port}/findings`;
    const credential = { getToken: async (scope: string | string[]) => ({ token: String(scope), expiresOnTimestamp: 0 }) };
    const send = hubSender(address, { credential, pause: async () => {} });
    await send([]);
    const events = Array.from({ length: 50 }, (_, at) => ({ at, text: 'x'.repeat(10_000) }));
    await send(events);
    expect(heard).toHaveLength(3);
    expect(heard[0]).toMatchObject({
      path: '/findings/messages?api-version=2014-01',
      type: 'application/vnd.microsoft.servicebus.json',
      token: 'Bearer https://eventhubs.azure.net/.default',
    });
    for (const { body } of heard) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(262_144);
    const sent = heard.flatMap(({ body }) => (body as { Body: string }[]).map(({ Body }) => (JSON.parse(Body) as { at: number }).at));
    expect(sent).toEqual(events.map(({ at }) => at));
  });
});

const OID = '11111111-2222-3333-4444-555555555555';
const READER = {
  name: 'reader',
  fleet: 'prod',
  cloud: 'azure',
  principals: [OID],
  grants: [{ actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'], resources: ['*'] }],
  workflows: [],
  limits: {},
  scope: {},
  sessionSeconds: 3600,
};
const record = (id: string, operationName: string) => ({
  time: '2026-11-26T08:00:00Z',
  resourceId: '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a',
  operationName,
  category: 'Administrative',
  resultType: 'Success',
  correlationId: id,
  identity: { claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': OID } },
});

describe('the detector', () => {
  const sent: Detection[] = [];
  const kept: unknown[] = [];
  const lines: Record<string, unknown>[] = [];
  let mute = false;
  const handlers = () =>
    makeHandlers(
      { fleet: 'prod' },
      {
        registry: async () => ({ schemaVersion: 1, agents: [READER] }),
        store: stateEntities(table.client),
        forget: async () => {},
        send: async (detections) => {
          if (mute) throw new Error('mute');
          sent.push(...detections);
        },
        keep: async (messages) => void kept.push(...messages),
        now: () => Date.parse('2026-11-26T08:01:00Z'),
        pause: async () => {},
        log: (line) => lines.push(line as Record<string, unknown>),
      },
    );
  beforeEach(() => {
    mute = false;
    for (const list of [sent, kept, lines]) list.splice(0);
  });
  const LISTS_KEYS = { records: [record('c1', 'MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION')] };

  test('judges the records of each message', async () => {
    await handlers().batch([LISTS_KEYS, 'no json', { records: [record('c2', 'MICROSOFT.STORAGE/STORAGEACCOUNTS/READ')] }], 0);
    expect(sent.map(({ rule, events }) => [rule, events[0]?.id.split(' ')[0]])).toEqual([
      ['escalation-step', 'c1'],
      ['outside-grant', 'c1'],
      ['outside-grant', 'c2'],
    ]);
    expect(lines.find(({ message }) => message === 'batch')).toMatchObject({ EventsJudged: 2, EventsUnread: 1 });
  });

  test('is run again where something could not be judged, and keeps it where that goes on', async () => {
    mute = true;
    await expect(handlers().batch([LISTS_KEYS], 0)).rejects.toThrow(NotJudged);
    expect(kept).toEqual([]);
    await handlers().batch([LISTS_KEYS], ATTEMPTS);
    expect(kept).toEqual([LISTS_KEYS]);
    expect(lines.at(-1)).toEqual({ message: 'kept', fleet: 'prod', EventsKept: 1 });
  });
});
