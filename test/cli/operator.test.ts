import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { makeHandler } from '../../lib/aws/runtime/containment/handler';
import { Responder } from '../../lib/core/containment/responder';
import { FakeCloud } from '../core/containment/fake-cloud';
import { cli } from './command-line';

let cloud: FakeCloud;
let server: Server;
let url: string;
/** Who the function URL says that the caller is. */
let who: string | undefined;
const headers: Record<string, unknown>[] = [];
const before = { ...process.env };

/** The responder behind an address, as a function URL passes requests on. */
beforeEach(async () => {
  cloud = new FakeCloud();
  who = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ada@example.com';
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'planted-secret',
    AWS_SESSION_TOKEN: 'planted-token',
  });
  const ports = cloud.ports(['reader']);
  const agent = async (key: { fleet: string; agent: string }) => {
    const found = await ports.agent(key);
    return found && { ...found, responses: {} };
  };
  const handle = makeHandler({
    responder: new Responder(ports),
    agent,
    now: () => new Date(cloud.clock * 1000),
    log: () => {},
    cloud: 'aws',
  });
  server = createServer(async (incoming, outgoing) => {
    headers.push(incoming.headers);
    const authorizer = who === undefined ? {} : { authorizer: { iam: { userArn: who } } };
    const answer = await handle({ body: await text(incoming), requestContext: { http: { method: 'POST' }, ...authorizer } });
    outgoing.writeHead(answer?.statusCode ?? 500, answer?.headers);
    outgoing.end(answer?.body);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  process.env = { ...before };
  await new Promise((done) => server.close(done));
});

const ask = (command: string, ...more: string[]) => cli([command, '--agent', 'reader', '--fleet', 'main', '--url', url, ...more]);

test('contain says what it would do, and does it with --yes', async () => {
  const rehearsed = await ask('contain', '--reason', 'odd');
  expect([rehearsed.code, rehearsed.out]).toMatchInlineSnapshot(`
[
  0,
  "Agent reader of fleet main would be braked by: evidence, brake, chains, again, verify.
Nothing was done. Add --yes to do it.
",
]
`);
  expect(cloud.worlds.size).toBe(0);
  const done = await ask('contain', '--reason', 'odd', '--yes', '--response', 'quarantine');
  expect(done.code).toBe(0);
  expect(done.out).toMatch(/is being contained[\s\S]*contained, quarantined[\s\S]*asked for by ada@example.com[\s\S]*done {4}verify/);
  expect(cloud.world('reader')).toMatchObject({ denied: 'quarantined', trust: false });
});

test('status and restore follow it; two people must agree', async () => {
  expect(await ask('status')).toMatchObject({ code: 0, out: 'It was never contained.\n' });
  await ask('contain', '--reason', 'odd', '--yes');
  expect((await ask('status')).code).toBe(1);
  expect(await ask('restore', '--reason', 'fine')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^Refused. It stays contained until/),
  });
  cloud.clock += 901;
  expect(await ask('restore', '--reason', 'fine')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^You agreed. Another person must/),
  });
  expect(await ask('restore', '--reason', 'fine')).toMatchObject({ code: 1, out: expect.stringMatching(/another person must, too/) });
  who = 'arn:aws:iam::111122223333:user/grace';
  expect(await ask('restore', '--reason', 'I looked')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Two people agreed[\s\S]*restored/),
  });
  expect(await ask('status', '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"restored"') });
});

test('drill contains a canary, and nothing else', async () => {
  expect(await ask('drill')).toMatchObject({ code: 1, out: expect.stringMatching(/^Refused. Drills are for canaries alone/) });
  cloud.canaries = ['reader'];
  expect(await ask('drill')).toMatchObject({
    code: 0,
    out: 'Agent reader of fleet main was stopped and checked after 10 s, and is restored.\n',
  });
  expect(cloud.world('reader').denied).toBeUndefined();
});

test('requests are signed, and no credential is printed', async () => {
  const { out, err } = await ask('status');
  expect(headers.at(-1)?.['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/[a-z0-9-]+\/lambda\/aws4_request/);
  expect(out + err).not.toMatch(/planted/);
});

test.each<[string, () => Promise<{ code: number; err: string }>, RegExp]>([
  ['no address', () => cli(['status', '--agent', 'reader']), /'--url' must be the address/],
  [
    'somebody unknown',
    () => {
      who = undefined;
      return ask('status');
    },
    /answered with 403/,
  ],
  ['a name that is none', () => cli(['status', '--agent', '../x', '--url', url]), /answered with 400.*'agent' must be of the form/],
  ['a response that is none', () => ask('contain', '--reason', 'r', '--response', 'kill'), /'response' must be one of/],
  ['no reason', () => ask('contain'), /required option '--reason/],
  ['an empty reason', () => ask('restore', '--reason', ' '), /'reason' must say why/],
])('%s is refused', async (_, run, message) => {
  const { code, err } = await run();
  expect([code, message.test(err)]).toEqual([2, true]);
});
