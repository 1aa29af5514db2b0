import { createHash, createHmac } from 'node:crypto';
import { TaskAccessClient, type TaskAccessClientOptions, type TaskFor } from '../../lib/client';
import { signRequest } from '../../lib/client/sign';

const TASK: TaskFor = { agent: 'desk', template: 'answer', task: 't-1', parameters: { customerId: 'c7' } };
const URL_OF_BROKER = 'https://abc.lambda-url.eu-central-1.on.aws/';
const START = Date.parse('2026-11-25T12:00:00.000Z');

interface Step {
  readonly status?: number;
  readonly body?: object | string;
  /** Seconds that the credentials live. */
  readonly life?: number;
  /** Seconds by which the clock of the broker is ahead. */
  readonly ahead?: number;
  readonly fails?: boolean;
}

/** A client whose broker answers by a script, the last step for good; with a clock that only the test moves. */
function scripted(steps: readonly Step[], more: Partial<TaskAccessClientOptions> = {}) {
  let clock = START;
  let count = 0;
  const requests: { readonly requestId: string; readonly headers: Readonly<Record<string, string>> }[] = [];
  const waits: number[] = [];
  const client = new TaskAccessClient({
    url: URL_OF_BROKER,
    credentials: async () => ({ accessKeyId: 'ASIACALLER', secretAccessKey: 'caller-secret', sessionToken: 'caller-token' }),
    now: () => clock,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    fetch: (async (_url: string, init: { body: string; headers: Record<string, string> }) => {
      const step = steps[Math.min(count, steps.length - 1)] ?? {};
      count += 1;
      requests.push({ requestId: (JSON.parse(init.body) as { requestId: string }).requestId, headers: init.headers });
      if (step.fails) throw new TypeError('fetch failed');
      const there = clock + (step.ahead ?? 0) * 1000;
      const answer = {
        accessKeyId: `ASIA${count}`,
        secretAccessKey: 's',
        sessionToken: 't',
        expiresAt: new Date(there + (step.life ?? 900) * 1000).toISOString(),
      };
      const body = step.body ?? answer;
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
        status: step.status ?? 200,
        headers: { date: new Date(there).toUTCString() },
      });
    }) as unknown as typeof fetch,
    ...more,
  });
  return { client, requests, waits, advance: (seconds: number) => (clock += seconds * 1000), calls: () => count };
}

test('credentials are kept, and renewed before they end', async () => {
  const { client, advance, calls } = scripted([{}]);
  const ids: string[] = [];
  for (const seconds of [0, 700, 90, 1]) {
    advance(seconds);
    ids.push((await client.credentials(TASK)).accessKeyId);
  }
  expect([ids, calls()]).toEqual([['ASIA1', 'ASIA1', 'ASIA2', 'ASIA2'], 2]);
});

test('many that ask for one task wait for one request; another task has its own', async () => {
  const { client, calls } = scripted([{}]);
  const all = await Promise.all(Array.from({ length: 20 }, () => client.credentials(TASK)));
  expect([new Set(all.map(({ accessKeyId }) => accessKeyId)).size, calls()]).toEqual([1, 1]);
  await client.credentials({ ...TASK, parameters: { customerId: 'c8' } });
  await client.provider({ ...TASK, task: 't-2' })();
  expect(calls()).toBe(3);
});

test('nothing that has ended is handed out, whatever the clocks say', async () => {
  for (const ahead of [-7200, -600, 0, 600, 7200]) {
    const { client, advance } = scripted([{ ahead, life: 900 }, { fails: true }], { attempts: 1 });
    const { expiration } = await client.credentials(TASK);
    expect(Math.abs(expiration.getTime() - (START + 900_000))).toBeLessThan(1001);
    advance(880);
    await expect(client.credentials(TASK)).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
    advance(10);
    await expect(client.credentials(TASK)).rejects.toThrow('fetch failed');
  }
});

test('credentials that have ended when they come are refused', async () => {
  await expect(scripted([{ life: 5 }]).client.credentials(TASK)).rejects.toMatchObject({ code: 'expired' });
});

test.each<readonly [string, readonly Step[], { readonly calls: number; readonly ids: number; readonly waits: number }]>([
  ['throttled', [{ status: 429, body: { code: 'throttled', message: 'x' } }, {}], { calls: 2, ids: 1, waits: 1 }],
  ['throttled by Lambda', [{ status: 429, body: { Reason: 'x' } }, {}], { calls: 2, ids: 1, waits: 1 }],
  ['in progress', [{ status: 409, body: { code: 'in-progress', message: 'x' } }, {}], { calls: 2, ids: 1, waits: 1 }],
  ['broken', [{ status: 502, body: 'Bad Gateway' }, { fails: true }, {}], { calls: 3, ids: 1, waits: 2 }],
  [
    'answered and lost',
    [{ fails: true }, { status: 409, body: { code: 'already-issued', message: 'x' } }, {}],
    { calls: 3, ids: 2, waits: 1 },
  ],
])('a request that is %s is sent again', async (_, steps, expected) => {
  const { client, requests, waits } = scripted(steps);
  await expect(client.credentials(TASK)).resolves.toMatchObject({ secretAccessKey: 's' });
  expect({ calls: requests.length, ids: new Set(requests.map(({ requestId }) => requestId)).size, waits: waits.length }).toEqual(expected);
  expect(waits.every((one, index) => one >= 0 && one <= 200 * 2 ** (index + 1))).toBe(true);
});

test.each<readonly [string, Step, string, string]>([
  ['not allowed', { status: 403, body: { code: 'not-allowed', message: 'No.' } }, 'not-allowed', 'No. [not-allowed]'],
  [
    'refused by Lambda',
    { status: 403, body: { Message: 'Forbidden' } },
    'not-allowed',
    'The broker answered with status 403. [not-allowed]',
  ],
  ['answered with half', { body: { accessKeyId: 'x' } }, 'unreadable', 'The broker answered without credentials. [unreadable]'],
  ['answered with nothing', { body: '' }, 'unreadable', 'The broker answered without credentials. [unreadable]'],
])('a request that is %s is not sent again', async (_, step, code, message) => {
  const { client, calls } = scripted([step]);
  await expect(client.credentials(TASK)).rejects.toMatchObject({ code, message });
  expect(calls()).toBe(1);
});

test('a task that is revoked gets nothing more, though something is kept', async () => {
  const { client, advance } = scripted([{}, { status: 403, body: { code: 'task-revoked', message: 'x' } }]);
  await client.credentials(TASK);
  advance(800);
  await expect(client.credentials(TASK)).rejects.toMatchObject({ code: 'task-revoked' });
  await expect(client.credentials(TASK)).rejects.toMatchObject({ code: 'task-revoked' });
});

test('it gives up after so many attempts, and what is kept can be forgotten', async () => {
  const { client, calls } = scripted([{ fails: true }], { attempts: 3 });
  await expect(client.credentials(TASK)).rejects.toThrow('fetch failed');
  expect(calls()).toBe(3);
  const other = scripted([{}]);
  await other.client.credentials(TASK);
  other.client.forget(TASK);
  await other.client.credentials(TASK);
  other.client.forget();
  await other.client.credentials(TASK);
  expect(other.calls()).toBe(3);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

test('a request is signed as the documentation of AWS says', async () => {
  const body = '{"a":1}';
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', sessionToken: 'token' };
  const headers = await signRequest({ url: URL_OF_BROKER, body, region: 'eu-central-1', credentials });
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers['authorization'] ?? '',
    ) ?? [];
  expect(names.split(';')).toEqual(
    expect.arrayContaining(['content-type', 'host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']),
  );
  const all: Readonly<Record<string, string>> = { ...headers, host: 'abc.lambda-url.eu-central-1.on.aws' };
  const canonical = ['POST', '/', '', ...names.split(';').map((name) => `${name}:${all[name]}`), '', names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const [date = '', region = '', service = ''] = scope.split('/');
  expect([region, service]).toEqual(['eu-central-1', 'lambda']);
  const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, date), region), service), 'aws4_request');
  expect(signature).toBe(hmac(key, toSign).toString('hex'));
});
