import { makeHandler as awsHandler } from '../../lib/aws/runtime/containment/handler';
import { makeHandlers as azureHandlers } from '../../lib/azure/runtime/containment/handler';
import { peerEventOf } from '../../lib/core/containment/peer';
import { type AgentKey, Responder } from '../../lib/core/containment/responder';
import type { ContainableAgent, StepDefinition } from '../../lib/core/containment/types';
import { makeHandler as googleHandler } from '../../lib/gcp/runtime/containment/handler';
import { courier } from '../../lib/peers/courier';
import { CONTAIN, FakeCloud } from '../core/containment/fake-cloud';
import { ADDRESSES, CloudsServer, tokenOf } from '../peers/clouds-server';

type CloudName = keyof typeof ADDRESSES;
const CLOUDS = Object.keys(ADDRESSES) as CloudName[];
const ELSEWHERE: StepDefinition = { id: 'elsewhere', stage: 'braked', perStage: true };
const KEY: AgentKey = { agent: 'reader', fleet: 'main' };

/** The responder of one cloud as its function has it, on an account of its own; it tells the two others over HTTP. */
function responderOn(name: CloudName, server: CloudsServer) {
  const cloud = new FakeCloud();
  const ports = cloud.ports(['reader']);
  const agent = async (key: AgentKey): Promise<(ContainableAgent & { readonly responses: object }) | undefined> => {
    const found = await ports.agent(key);
    return found && { ...found, cloud: name, responses: {} };
  };
  const others = CLOUDS.filter((one) => one !== name).map((one) => ADDRESSES[one]);
  const carry = courier(others, { token: async (aud) => tokenOf({ cloud: name, aud }), address: server.address, pause: async () => {} });
  const responder = new Responder({
    ...ports,
    agent,
    contain: [...CONTAIN, ELSEWHERE],
    handlers: {
      ...ports.handlers,
      elsewhere: async (one, incident) => {
        try {
          return { ok: true as const, receipt: { at: '', said: await carry(peerEventOf(one, incident)) } };
        } catch (error) {
          return { ok: false as const, receipt: { at: '', said: (error as Error).message } };
        }
      },
    },
  });
  const shared = { responder, agent, now: () => new Date(cloud.clock * 1000), log: () => {}, cloud: name };
  return { cloud, responder, hear: hearing(name, shared) };
}

type Shared = Parameters<typeof awsHandler>[0];

/** An event as the cloud hands it to the function. */
function hearing(name: CloudName, ports: Shared): (event: unknown) => Promise<unknown> {
  if (name === 'aws') return awsHandler(ports) as (event: unknown) => Promise<unknown>;
  if (name === 'azure') return azureHandlers(ports).heard;
  const handle = googleHandler({ ...ports, caller: 'caller@example.com' });
  const claims = Buffer.from(JSON.stringify({ email: 'caller@example.com', email_verified: true, sub: '1' })).toString('base64url');
  const headers = { authorization: `Bearer x.${claims}.y` };
  return async (body) => {
    const response = { status: () => response, json: () => {} };
    await handle({ method: 'POST', path: '/', headers, body } as never, response as never);
  };
}

let server: CloudsServer;
let clouds: Readonly<Record<CloudName, ReturnType<typeof responderOn>>>;
beforeEach(async () => {
  server = new CloudsServer();
  await server.listen();
  clouds = { aws: responderOn('aws', server), azure: responderOn('azure', server), gcp: responderOn('gcp', server) };
});
afterEach(() => server.close());

const detect = (on: CloudName, response: 'restrict' | 'brake' | 'quarantine' = 'brake') =>
  clouds[on].responder.trigger({
    ...KEY,
    id: `detection on ${on}`,
    kind: 'person',
    at: new Date(clouds[on].cloud.clock * 1000).toISOString(),
    response,
    by: 'ada',
    reason: 'r',
  });

/** Hands on what was delivered, each event twice, until nobody has anything to say. */
async function deliver(): Promise<number> {
  let events = 0;
  for (let round = 0; round < 10 && server.delivered.length > 0; round += 1)
    for (const { cloud, event } of server.delivered.splice(0)) {
      events += 1;
      for (const _ of [1, 2]) await clouds[cloud as CloudName].hear(event);
    }
  expect(server.delivered).toEqual([]);
  return events;
}

const states = () => CLOUDS.map((one) => clouds[one].cloud.world('reader').denied);
const statusOf = async (one: CloudName) => (await clouds[one].responder.status(KEY))?.incident?.status;

test.each(CLOUDS)('an agent that is contained on %s is contained on all clouds, and they come to rest', async (first) => {
  await detect(first);
  expect(await deliver()).toBe(6);
  expect(states()).toEqual(['braked', 'braked', 'braked']);
  for (const one of CLOUDS) expect(await statusOf(one)).toBe('contained');
});

test('a stage that is raised on one is raised on all, and none is lowered', async () => {
  await detect('aws', 'quarantine');
  await deliver();
  await detect('gcp', 'brake');
  await deliver();
  expect(states()).toEqual(['quarantined', 'quarantined', 'quarantined']);
});

test('safe mode stays where it is: what an agent may still read is for its own cloud to say', async () => {
  await detect('azure', 'restrict');
  expect(await deliver()).toBe(0);
  expect(states()).toEqual([undefined, 'restricted', undefined]);
});

test('a cloud that is not armed says what it would have done', async () => {
  clouds.gcp.cloud.armed = false;
  await detect('aws');
  await deliver();
  expect(states()).toEqual(['braked', 'braked', undefined]);
});

test('what was said before two people restored the agent contains it no more, however often it comes', async () => {
  await detect('aws');
  const said = [...server.delivered];
  await deliver();
  const { cloud, responder, hear } = clouds.gcp;
  cloud.clock += 7_200;
  for (const by of ['ada', 'bob'])
    await responder.approve(KEY, { by, at: new Date(cloud.clock * 1000).toISOString(), reason: 'it was a mistake' });
  expect(await statusOf('gcp')).toBe('restored');
  cloud.clock += 7_200;
  for (const one of said.filter((event) => event.cloud === 'gcp')) await hear(one.event);
  expect(states()).toEqual(['braked', 'braked', undefined]);
});

test('a cloud that cannot be told is tried again, and a person hears of it; this one is contained all the same', async () => {
  server.failures.set(
    'sts.googleapis.com',
    Array.from({ length: 100 }, () => 403),
  );
  await detect('aws');
  const { cloud, responder } = clouds.aws;
  for (let minute = 0; minute < 120; minute += 1) {
    cloud.clock += 60;
    await responder.sweep();
  }
  expect(cloud.world('reader').denied).toBe('braked');
  expect(await statusOf('aws')).toBe('needs-person');
  expect(cloud.told.join('\n')).toMatch(/not told: gcp: sts\.googleapis\.com: 403/);
});
