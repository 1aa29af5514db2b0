import { ocsfFinding } from '../../../lib/core/alerts/ocsf';
import { freshRegistry } from '../../../lib/core/detection/registry-parts';
import type { Detection } from '../../../lib/core/detection/types';
import { makeHandler } from '../../../lib/gcp/runtime/detector/handler';
import { findingWriter } from '../../../lib/gcp/runtime/detector/security-center';
import { detectionSender } from '../../../lib/gcp/runtime/detector/send';
import { stateDocuments } from '../../../lib/gcp/runtime/detector/state-documents';
import { Collection } from '../../../lib/gcp/runtime/firestore';
import type { GoogleApi } from '../../../lib/gcp/runtime/google-api';
import { objectsBelow } from '../../../lib/gcp/runtime/object-registry';
import type { FunctionResponse } from '../../../lib/gcp/runtime/request';
import { topicSender } from '../../../lib/gcp/runtime/topic';
import { storeContract } from '../../core/detection/store-contract';
import { FirestorePart, failure, GOOGLE_API, GoogleServer, objectsPart, topicsPart } from './google-server';

const DATABASE = 'projects/p-1/databases/agentic-iam';
const TOPIC = 'projects/p-1/topics/detections';
const EMAIL = 'prod--reader@p-1.iam.gserviceaccount.com';
const READER = {
  name: 'reader',
  fleet: 'prod',
  cloud: 'gcp',
  principals: [EMAIL],
  grants: [{ step: 'files:read', actions: ['storage.objects.get'], resources: ['projects/_/buckets/b/objects/in/*'] }],
  workflows: [],
  limits: {},
  scope: {},
  sessionSeconds: 3600,
};

let server: GoogleServer;
let api: GoogleApi;
let firestore: FirestorePart;
const objects = new Map<string, string>();
let published: { topic: string; data: unknown; attributes: Record<string, string> }[];
beforeEach(async () => {
  firestore = new FirestorePart();
  published = [];
  objects.clear();
  objects.set('watch/prod/reader.json', JSON.stringify(READER));
  server = new GoogleServer([firestore.part, objectsPart(objects, 'registry'), topicsPart(published)]);
  api = await server.start();
});
afterEach(() => server.stop());

storeContract('Firestore', () => stateDocuments(new Collection(api, DATABASE, 'states')));

const NOW = Date.parse('2026-11-26T08:01:00Z');
let clock = NOW;
const lines: Record<string, unknown>[] = [];
function handlerOf() {
  lines.splice(0);
  clock = NOW;
  const publish = topicSender(api, TOPIC);
  return makeHandler(
    { fleet: 'prod' },
    {
      registry: freshRegistry(() => objectsBelow(api, 'registry', 'watch/prod/')),
      store: stateDocuments(new Collection(api, DATABASE, 'states')),
      send: (detections) => publish(detections.map((body) => ({ type: 'Agent Detection', body, attributes: { agent: body.agent } }))),
      now: () => clock,
      pause: async () => {},
      log: (line) => lines.push(line as Record<string, unknown>),
    },
  );
}

const entry = (id: string, permission: string, resource: string) => ({
  insertId: id,
  timestamp: '2026-11-26T08:00:00Z',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    methodName: permission,
    authenticationInfo: { principalEmail: EMAIL },
    authorizationInfo: [{ permission, resource, granted: true }],
  },
});
function push(handle: ReturnType<typeof handlerOf>, value: unknown, path = '/'): Promise<number> {
  const data = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
  return send(handle, { message: { messageId: 'm1', data } }, path);
}

async function send(handle: ReturnType<typeof handlerOf>, body: object, path: string): Promise<number> {
  let code = 0;
  const response: FunctionResponse = {
    status: (given) => {
      code = given;
      return response;
    },
    json: () => {},
  };
  await handle({ method: 'POST', path, headers: {}, body }, response);
  return code;
}

test('a call beyond the grant becomes a detection on the topic, and one line of the log for metrics', async () => {
  const handle = handlerOf();
  expect(await push(handle, entry('i1', 'storage.objects.get', 'projects/_/buckets/b/objects/in/1.pdf'))).toBe(200);
  expect(published).toEqual([]);
  expect(await push(handle, entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1'))).toBe(200);
  expect(published.map(({ topic, data, attributes }) => [topic, (data as Detection).rule, attributes])).toEqual([
    [TOPIC, 'escalation-step', { type: 'Agent Detection', agent: 'reader' }],
    [TOPIC, 'outside-grant', { type: 'Agent Detection', agent: 'reader' }],
  ]);
  expect(lines.filter(({ message }) => message === 'detection')).toHaveLength(2);
});

test('the same entry twice is one detection', async () => {
  const handle = handlerOf();
  const given = entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1');
  await push(handle, given);
  await push(handle, given);
  expect(published).toHaveLength(2);
  expect(lines.at(-1)).toMatchObject({ message: 'batch', EventsDuplicate: 1 });
});

test('what cannot be sent comes again, and is then sent', async () => {
  const handle = handlerOf();
  server.fault = ({ service }) => (service === 'pubsub' ? failure(403, 'PERMISSION_DENIED') : undefined);
  const given = entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1');
  expect(await push(handle, given)).toBe(503);
  server.fault = () => undefined;
  expect(await push(handle, given)).toBe(200);
  expect(published).toHaveLength(2);
});

test('a throttled or broken answer is asked for again within the call', async () => {
  const handle = handlerOf();
  let left = 3;
  server.fault = () => {
    left -= 1;
    return left >= 0 ? failure(left % 2 === 0 ? 429 : 503, 'UNAVAILABLE') : undefined;
  };
  expect(await push(handle, entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1'))).toBe(200);
  expect(published).toHaveLength(2);
});

test('what is no entry is counted and acknowledged, and a request that is no push is refused', async () => {
  const handle = handlerOf();
  expect(await push(handle, 'no json')).toBe(200);
  expect(await push(handle, { jsonPayload: {} })).toBe(200);
  expect(lines.filter(({ message }) => message === 'record not read')).toHaveLength(2);
  expect(await send(handle, {}, '/')).toBe(400);
});

test('once a minute what waits is settled', async () => {
  objects.set(
    'watch/prod/reader.json',
    JSON.stringify({
      ...READER,
      workflows: [
        {
          name: 'w',
          steps: [
            { oneOf: ['files:list'], occurs: 'once' },
            { oneOf: ['files:read'], occurs: 'once' },
          ],
        },
      ],
    }),
  );
  const handle = handlerOf();
  await push(handle, entry('i1', 'storage.objects.get', 'projects/_/buckets/b/objects/in/1.pdf'));
  expect(published).toEqual([]);
  clock += 600_000;
  expect(await push(handle, {}, '/sweep')).toBe(200);
  expect(published.map(({ data }) => (data as Detection).rule)).toEqual(['does-not-conform']);
});

test('findings of Security Command Center are of a behaviour, not of an occurrence, and written again without harm', async () => {
  const found: { path: string; body: Record<string, unknown> }[] = [];
  server.parts.push(({ service, method, path, body }) => {
    if (service !== 'securitycenter' || method !== 'PATCH') return undefined;
    found.push({ path, body });
    return { body: {} };
  });
  const write = findingWriter(api, 'organizations/123/sources/45');
  const handle = handlerOf();
  await push(handle, entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1'));
  const detections = published.map(({ data }) => data as Detection);
  await write(detections);
  await write(detections.map((one) => ({ ...one, id: 'f'.repeat(32) })));
  expect(new Set(found.map(({ path }) => path)).size).toBe(2);
  expect(found[0]).toMatchObject({
    path: expect.stringMatching(/^\/v2\/organizations\/123\/sources\/45\/locations\/global\/findings\/[0-9a-f]{32}$/),
    body: {
      state: 'ACTIVE',
      category: 'AGENT_PRIVILEGE_ESCALATION',
      findingClass: 'THREAT',
      severity: 'CRITICAL',
      eventTime: '2026-11-26T08:00:00.000Z',
      resourceName: expect.stringMatching(/^\/\/cloudresourcemanager\.googleapis\.com\/(projects|organizations)\//),
      sourceProperties: {
        agent: 'reader',
        fleet: 'prod',
        signal: 'privilege-escalation',
        rule: 'escalation-step',
        principal: EMAIL,
        calls: 'resourcemanager.projects.setIamPolicy',
      },
    },
  });
});

test('detections go to each place that is named, and to no other', async () => {
  const handle = handlerOf();
  await push(handle, entry('i2', 'resourcemanager.projects.setIamPolicy', 'projects/p-1'));
  const [detection] = published.splice(0).map(({ data }) => data as Detection);
  if (!detection) throw new Error('nothing was detected');
  const found: string[] = [];
  server.parts.push(({ service, path }) => {
    if (service !== 'securitycenter') return undefined;
    found.push(path);
    return { body: {} };
  });
  await detectionSender(api, { detections: TOPIC })([detection]);
  expect([published.splice(0).map(({ topic }) => topic), found]).toEqual([[TOPIC], []]);
  const findings = 'projects/p-1/topics/findings';
  await detectionSender(api, { detections: TOPIC, findings, source: 'organizations/1/sources/2' })([detection]);
  expect(published.map(({ topic, attributes }) => [topic, attributes['type'], attributes['agent']])).toEqual([
    [TOPIC, 'Agent Detection', 'reader'],
    [findings, 'OCSF', 'reader'],
  ]);
  expect(published[1]?.data).toEqual(ocsfFinding(detection));
  expect(found).toHaveLength(1);
});

test('requests are those that Google publishes', () => {
  expect([...GOOGLE_API.used].sort()).toEqual([
    'firestore POST /v1/{+database}/documents:batchGet',
    'firestore POST /v1/{+database}/documents:commit',
    'firestore POST /v1/{+parent}:runQuery',
    'pubsub POST /v1/{+topic}:publish',
    'securitycenter PATCH /v2/{+name}',
    'storage GET /storage/v1/b/{bucket}/o',
    'storage GET /storage/v1/b/{bucket}/o/{object}',
  ]);
});
