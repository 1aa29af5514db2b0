import type { PeerEvent } from '../../lib/core/containment/peer';
import { courier } from '../../lib/peers/courier';
import type { PeerAddress } from '../../lib/peers/types';
import { ADDRESSES, CloudsServer, tokenOf } from './clouds-server';

const EVENT: PeerEvent = {
  schemaVersion: 1,
  id: '0123456789abcdef0123456789abcdef',
  agent: 'invoice-reader',
  fleet: 'main',
  cloud: 'aws',
  stage: 'braked',
  at: '2026-11-26T10:00:00.000Z',
};

let server: CloudsServer;
beforeEach(async () => {
  server = new CloudsServer();
  await server.listen();
});
afterEach(() => server.close());

const carrier = (peers: readonly PeerAddress[], token = async (aud: string) => tokenOf({ cloud: 'aws', aud })) =>
  courier(peers, { token, address: server.address, pause: async () => {} });

test('an event arrives on each cloud in the form in which the responder there hears it', async () => {
  expect(await carrier(Object.values(ADDRESSES))(EVENT)).toBe('told: aws, azure, gcp');
  expect(server.delivered.map(({ cloud }) => cloud).sort()).toEqual(['aws', 'azure', 'gcp']);
  const of = (wanted: string) => server.delivered.find(({ cloud }) => cloud === wanted)?.event;
  expect(of('aws')).toEqual({ 'detail-type': 'Agent Containment', detail: EVENT });
  expect(of('azure')).toMatchObject({ type: 'AgentContainment', subject: 'main/invoice-reader', data: EVENT });
  const { message } = of('gcp') as { readonly message: { readonly data: string; readonly attributes: object } };
  expect(message.attributes).toEqual({ type: 'Agent Containment', agent: 'invoice-reader', fleet: 'main' });
  expect(JSON.parse(Buffer.from(message.data, 'base64').toString())).toEqual(EVENT);
});

test('each cloud is asked with a token for its own audience', async () => {
  const asked: string[] = [];
  await carrier(Object.values(ADDRESSES), async (aud) => {
    asked.push(aud);
    return tokenOf({ cloud: 'aws', aud });
  })(EVENT);
  expect(asked.sort()).toEqual(['agentic-iam-containment', 'agentic-iam-containment', 'api://AzureADTokenExchange']);
});

test('with nobody connected it says so', async () => {
  expect(await carrier([])(EVENT)).toBe('no other cloud is connected');
});

const HOSTS = {
  aws: ['sts.eu-central-1.amazonaws.com', 'events.eu-central-1.amazonaws.com'],
  azure: ['login.microsoftonline.com', 'agentic-iam-main-containments.westeurope-1.eventgrid.azure.net'],
  gcp: ['sts.googleapis.com', 'pubsub.googleapis.com'],
} as const;
const CASES = Object.entries(HOSTS).flatMap(([cloud, hosts]) => hosts.map((host) => [cloud, host] as const));

test.each(CASES)('%s: what is throttled or down at %s is asked again', async (cloud, host) => {
  server.failures.set(host, [503, 429]);
  expect(await carrier([ADDRESSES[cloud as keyof typeof ADDRESSES]])(EVENT)).toBe(`told: ${cloud}`);
  expect(server.delivered).toHaveLength(1);
});

test.each(CASES)('%s: what %s refuses is no success, names the cloud, and holds back nobody else', async (cloud, host) => {
  server.failures.set(host, [403]);
  await expect(carrier(Object.values(ADDRESSES))(EVENT)).rejects.toThrow(new RegExp(`^not told: ${cloud}: ${host}: 403 busy$`));
  expect(server.delivered.map((one) => one.cloud).sort()).toEqual(Object.keys(ADDRESSES).filter((one) => one !== cloud));
});

test('an error says what was answered, and no token', async () => {
  const secret = 'eyJ-a-token';
  const peers = Object.values(ADDRESSES);
  for (const { 0: host } of Object.values(HOSTS)) server.failures.set(host, [400]);
  const error = await carrier(peers, async () => secret)(EVENT).catch((one: Error) => one.message);
  expect(error).toMatch(/aws: .*azure: .*gcp: /);
  expect(error).not.toContain(secret);
});

test('a bus in China is asked there', async () => {
  const bus = 'arn:aws-cn:events:cn-north-1:111122223333:event-bus/agentic-iam-main';
  await expect(carrier([{ ...ADDRESSES.aws, bus }])(EVENT)).rejects.toThrow('aws: sts.cn-north-1.amazonaws.com.cn: 404');
});
