import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in front of another, which lets through, refuses, or breaks. */
export interface FlakyServer {
  readonly endpoint: string;
  /** Calls of any kind. */
  readonly calls: () => number;
  /** Calls that were not let through, or whose answer never came. */
  readonly refused: () => number;
  readonly stop: () => void;
}

/** What becomes of a call: `pass`, an answer instead of it, or `break`: it is done, and nobody hears of it. */
export type Fate = 'pass' | 'break' | { readonly status: number; readonly contentType: string; readonly body: string };

/**
 * Starts one; `fate` is asked once for each call, with its number from 1 on. Calls go on one after the other: moto looks at the condition of a write
 * and writes in two steps, between which another thread may write, and DynamoDB does not.
 */
export async function flakyServer(endpoint: string, fate: (call: number) => Fate = () => 'pass'): Promise<FlakyServer> {
  const { port, hostname } = new URL(endpoint);
  let count = 0;
  let refused = 0;
  let before: Promise<unknown> = Promise.resolve();
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, what: Fate): Promise<void> =>
    new Promise((done) => {
      const { method, url, headers } = incoming;
      const passed = send({ host: hostname, port, method, path: url, headers }, (answer) => {
        if (what === 'break') {
          answer.resume();
          outgoing.destroy();
        } else {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        }
        answer.on('close', done);
      });
      passed.on('error', () => {
        outgoing.destroy();
        done();
      });
      passed.end(body);
    });
  const server: Server = createServer((incoming, outgoing) => {
    count += 1;
    const what = fate(count);
    if (what !== 'pass') refused += 1;
    if (typeof what === 'object') {
      incoming.resume();
      outgoing.writeHead(what.status, { 'content-type': what.contentType });
      outgoing.end(what.body);
      return;
    }
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      before = before.then(() => pass(incoming, outgoing, Buffer.concat(parts), what));
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => count,
    refused: () => refused,
    stop: () => server.close(),
  };
}
