import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in front of another, which lets through, refuses, or breaks. */
export interface FlakyServer {
  readonly endpoint: string;
  /** Calls that were not let through, or whose answer never came. */
  readonly refused: () => number;
  readonly stop: () => void;
}

/** What becomes of a call: `pass`, an answer instead of it, or `break`: it is done, and nobody hears of it. */
export type Fate = 'pass' | 'break' | { readonly status: number; readonly contentType: string; readonly body: string };

/** Starts one; `fate` is asked once for each call, with its number from 1 on. */
export async function flakyServer(endpoint: string, fate: (call: number) => Fate): Promise<FlakyServer> {
  const { port, hostname } = new URL(endpoint);
  let count = 0;
  let refused = 0;
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
    const passed = send({ host: hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      if (what === 'break') {
        answer.resume();
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused: () => refused, stop: () => server.close() };
}
