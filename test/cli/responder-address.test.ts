import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { makeHandlers } from '../../lib/azure/runtime/containment/handler';
import { cloudOf } from '../../lib/cli/responder-address';
import { Responder } from '../../lib/core/containment/responder';
import { makeHandler } from '../../lib/gcp/runtime/containment/handler';
import type { FunctionResponse } from '../../lib/gcp/runtime/request';
import { FakeCloud } from '../core/containment/fake-cloud';
import { cli } from './command-line';

const CLAIMS = { email: 'ada@example.com', email_verified: true, sub: '1' };
const TOKEN = `h.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.s`;
const OID = '11111111-2222-3333-4444-555555555555';
const before = { ...process.env };
let folder: string;
let server: Server | undefined;

/** A command line of a cloud that says what it was asked, and prints a token. */
function command(name: string, prints: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" > ${join(folder, `${name}.asked`)}\necho '${prints}'\n`);
  chmodSync(join(folder, name), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentic-iam-clouds-'));
  process.env['PATH'] = `${folder}:${process.env['PATH']}`;
});
afterEach(async () => {
  process.env = { ...before };
  await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  server = undefined;
});

async function listen(
  answer: (headers: Record<string, string>, body: unknown) => Promise<{ readonly code: number; readonly body: object }>,
): Promise<string> {
  server = createServer(async (request, response) => {
    const { code, body } = await answer(request.headers as Record<string, string>, await json(request));
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const portsOf = () => {
  const cloud = new FakeCloud();
  const ports = cloud.ports(['reader']);
  const agent = async (key: { fleet: string; agent: string }) => {
    const found = await ports.agent(key);
    return found && { ...found, responses: {} };
  };
  return { cloud, responder: new Responder(ports), agent, now: () => new Date(cloud.clock * 1000), log: () => {} };
};
const contain = (url: string, ...more: string[]) =>
  cli(['contain', '--agent', 'reader', '--fleet', 'main', '--reason', 'odd', '--yes', '--url', url, ...more]);

test('on Google Cloud the responder knows who asks by their identity token', async () => {
  command('gcloud', TOKEN);
  const { cloud, ...ports } = portsOf();
  const handle = makeHandler({ ...ports, caller: 'c', cloud: 'gcp', safeMode: false });
  const url = await listen(async (headers, body) => {
    const said = { code: 0, body: {} as object };
    const response: FunctionResponse = {
      status: (code) => {
        said.code = code;
        return response;
      },
      json: (given) => {
        said.body = given;
      },
    };
    await handle({ method: 'POST', path: '/', headers, body }, response);
    return said;
  });
  const { code, out } = await contain(url, '--cloud', 'gcp', '--response', 'restrict');
  expect([code, cloud.world('reader').denied]).toEqual([0, 'braked']);
  expect(out).toContain('asked for by ada@example.com');
});

test('on Azure by a token for the application of the containment', async () => {
  command('az', TOKEN);
  const { cloud, ...ports } = portsOf();
  const { asked } = makeHandlers({ ...ports, cloud: 'azure' });
  const url = await listen(async ({ authorization }, body) => {
    expect(authorization).toBe(`Bearer ${TOKEN}`);
    // What the app puts there once it has checked the token.
    const headers: Record<string, string> = { 'x-ms-client-principal-id': OID, 'x-ms-client-principal-name': 'ada@example.com' };
    return asked(JSON.stringify(body), (name) => headers[name] ?? null);
  });
  expect((await contain(url, '--cloud', 'azure', '--application', 'app-1')).code).toBe(0);
  expect(cloud.world('reader').denied).toBe('braked');
});

test.each<[string, readonly string[], RegExp]>([
  ['no application on Azure', ['--cloud', 'azure'], /--application.*must be the application whose tokens/s],
  ['a cloud that is none', ['--cloud', 'moon'], /--cloud.*must be one of aws, azure, gcp/s],
  ['a command line that gives no token', ['--cloud', 'gcp'], /'gcloud'.*must give a token of yours.*gcloud auth login/s],
])('%s is said, and no token is', async (_, more, message) => {
  command('gcloud', 'ERROR: planted-secret');
  const { code, err } = await contain('http://127.0.0.1:1/', ...more);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  expect(err).not.toContain('planted-secret');
});

test.each([
  ['https://agentic-iam-main-containment-abc-ew.a.run.app', 'gcp'],
  ['https://europe-west1-example.cloudfunctions.net/x', 'gcp'],
  ['https://aimcontainmentabc.azurewebsites.net/api/containment', 'azure'],
  ['https://abc.lambda-url.eu-central-1.on.aws/', 'aws'],
  ['https://run.app.evil.example/', 'aws'],
])('%s leads to %s', (url, cloud) => {
  expect(cloudOf(url)).toBe(cloud);
});
