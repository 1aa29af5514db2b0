import * as fc from 'fast-check';
import { makeHandler, type UrlEvent } from '../../../lib/aws/runtime/task-broker/handler';
import { type BrokerPorts, Throttled } from '../../../lib/aws/runtime/task-broker/ports';
import { accessWithin } from '../../../lib/core/review/proof';
import { enumerate } from '../../../lib/policy/aws/engine';
import { readPolicy } from '../../../lib/policy/aws/input/read-policy';
import { CALLER_SESSION, NotedLedger, portsWith, SECRET, TEMPLATE, TOKEN } from './ports';

const BODY = { agent: 'desk', template: 'answer', task: 't-1', requestId: 'r-1', parameters: { customerId: 'c7' } };

function event(body: unknown, more: { readonly userArn?: string; readonly method?: string; readonly raw?: string } = {}): UrlEvent {
  const { userArn = CALLER_SESSION, method = 'POST', raw = JSON.stringify(body) } = more;
  return { body: raw, requestContext: { http: { method }, authorizer: { iam: { userArn } } } };
}

interface Seen {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly log: string;
}

async function send(sent: UrlEvent, ports: BrokerPorts): Promise<Seen> {
  const lines: object[] = [];
  const { statusCode, body } = await makeHandler(ports, (line) => lines.push(line))(sent);
  return { status: statusCode, body: JSON.parse(body) as Readonly<Record<string, unknown>>, log: JSON.stringify(lines) };
}

test('a task gets credentials with its policy filled in, its identity, its tags and its life', async () => {
  const { ports, asked, metrics } = portsWith();
  const { status, body } = await send(event(BODY), ports);
  expect([status, body['accessKeyId'], body['sourceIdentity'], metrics]).toEqual([200, 'ASIAEXAMPLE', 'desk@t-1', ['Issued 1']]);
  const [input] = asked;
  expect({ ...input, policy: JSON.parse(input?.policy ?? '') as unknown }).toMatchInlineSnapshot(`
{
  "policy": {
    "Statement": [
      {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": "arn:aws:s3:::example-files/in/customers/c7/*",
      },
      {
        "Action": "s3:ListBucket",
        "Condition": {
          "StringLike": {
            "s3:prefix": "in/customers/c7/*",
          },
        },
        "Effect": "Allow",
        "Resource": "arn:aws:s3:::example-files",
      },
      {
        "Action": "dynamodb:Query",
        "Condition": {
          "ForAllValues:StringEquals": {
            "dynamodb:LeadingKeys": [
              "c7",
            ],
          },
          "Null": {
            "dynamodb:LeadingKeys": "false",
          },
        },
        "Effect": "Allow",
        "Resource": "arn:aws:dynamodb:eu-central-1:111122223333:table/claims",
      },
    ],
    "Version": "2012-10-17",
  },
  "roleArn": "arn:aws:iam::111122223333:role/agentic-iam/main/main--desk",
  "seconds": 1200,
  "sessionName": "desk@t-1",
  "sourceIdentity": "desk@t-1",
  "tags": {
    "agentic-iam:begun-by": "desk",
    "agentic-iam:chain": "desk",
    "agentic-iam:task": "t-1",
    "agentic-iam:template": "answer",
  },
}
`);
});

test('the ledger knows of a request before anything is issued, and never of a credential', async () => {
  const ledger = new NotedLedger();
  const { ports } = portsWith({ ledger, assume: async () => Promise.reject(new Error(`no, ${SECRET}`)) });
  const failed = await send(event(BODY), ports);
  expect([failed.status, failed.body['code'], ledger.noted]).toEqual([500, 'failed', ['claim r-1', 'failed r-1']]);
  const second = new NotedLedger();
  const fine = await send(event(BODY), portsWith({ ledger: second }).ports);
  expect(second.noted).toEqual(['claim r-1', 'issued r-1']);
  expect(second.entries.at(-1)).toMatchObject({
    status: 'issued',
    credential: 'ASIAEXAMPLE',
    caller: 'arn:aws:iam::111122223333:role/runner',
  });
  for (const text of [JSON.stringify([ledger.entries, second.entries]), failed.log, fine.log, JSON.stringify(failed.body)]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(TOKEN);
  }
});

test.each<readonly [string, UrlEvent, number, string]>([
  ['by GET', event(BODY, { method: 'GET' }), 405, 'method'],
  ['by a user', event(BODY, { userArn: 'arn:aws:iam::111122223333:user/anna' }), 403, 'unknown-caller'],
  ['by nobody', { body: JSON.stringify(BODY), requestContext: { http: { method: 'POST' } } }, 403, 'unknown-caller'],
  ['by another role', event(BODY, { userArn: 'arn:aws:sts::111122223333:assumed-role/other/x' }), 403, 'not-allowed'],
  [
    'by a role of that name in another account',
    event(BODY, { userArn: 'arn:aws:sts::444455556666:assumed-role/runner/x' }),
    403,
    'not-allowed',
  ],
  [
    'by a role whose session is called so',
    event(BODY, { userArn: 'arn:aws:sts::111122223333:assumed-role/other/runner' }),
    403,
    'not-allowed',
  ],
  ['for another agent', event({ ...BODY, agent: 'writer' }), 403, 'not-allowed'],
  ['for another task', event({ ...BODY, template: 'delete' }), 403, 'not-allowed'],
  ['for a path', event({ ...BODY, template: '../answer' }), 400, 'invalid-request'],
  ['without a body', event(undefined, { raw: '' }), 400, 'invalid-request'],
  ['with no JSON', event(undefined, { raw: '{' }), 400, 'invalid-request'],
  ['with a list', event([]), 400, 'invalid-request'],
  ['with a very long body', event({ ...BODY, parameters: { customerId: 'x'.repeat(9000) } }), 400, 'invalid-request'],
  ['with a member too many', event({ ...BODY, policy: '{}' }), 400, 'invalid-request'],
  ['with a task id of another form', event({ ...BODY, task: 'a@b' }), 400, 'invalid-request'],
  ['without a request id', event({ ...BODY, requestId: undefined }), 400, 'invalid-request'],
  ['with a wildcard', event({ ...BODY, parameters: { customerId: '*' } }), 400, 'invalid-parameter'],
  ['with a step upwards', event({ ...BODY, parameters: { customerId: '../c8' } }), 400, 'invalid-parameter'],
  ['without its parameter', event({ ...BODY, parameters: {} }), 400, 'invalid-parameter'],
  ['with a parameter too many', event({ ...BODY, parameters: { customerId: 'c7', more: 'x' } }), 400, 'unknown-parameter'],
  ['for less than STS gives', event({ ...BODY, seconds: 60 }), 400, 'life-out-of-range'],
  ['for longer than the task lasts', event({ ...BODY, seconds: 3600 }), 400, 'life-out-of-range'],
  ['for half a second', event({ ...BODY, seconds: 900.5 }), 400, 'invalid-request'],
])('a request %s is refused, and nothing is asked of AWS', async (_, sent, status, code) => {
  const ledger = new NotedLedger();
  const { ports, asked } = portsWith({ ledger });
  const seen = await send(sent, ports);
  expect([seen.status, seen.body['code']]).toEqual([status, code]);
  expect([asked, ledger.noted]).toEqual([[], []]);
});

test.each([
  ['in-progress', 409, 'in-progress'],
  ['issued', 409, 'already-issued'],
  ['differs', 409, 'request-differs'],
  ['revoked', 403, 'task-revoked'],
] as const)('a request that the ledger calls %s is refused', async (claimed, status, code) => {
  const { ports, asked } = portsWith({ ledger: new NotedLedger(claimed) });
  const seen = await send(event(BODY), ports);
  expect([seen.status, seen.body['code'], asked]).toEqual([status, code, []]);
});

test('calls that AWS throttles are counted, and the caller is told to come again', async () => {
  const ledger = new NotedLedger();
  const throttled = portsWith({ ledger, assume: async () => Promise.reject(new Throttled('Throttling')) });
  const seen = await send(event(BODY), throttled.ports);
  expect([seen.status, seen.body['code'], throttled.metrics, ledger.noted]).toEqual([
    429,
    'throttled',
    ['Throttled 1'],
    ['claim r-1', 'failed r-1'],
  ]);
  const slow = portsWith();
  const { assume } = slow.ports;
  const late = portsWith({ assume: async (input) => ({ ...(await assume(input)), attempts: 3 }) });
  await send(event(BODY), late.ports);
  expect(late.metrics).toEqual(['Retries 2', 'Issued 1']);
});

test('the caller may ask for a shorter life', async () => {
  const { ports, asked } = portsWith();
  await send(event({ ...BODY, seconds: 900 }), ports);
  expect(asked[0]?.seconds).toBe(900);
});

const WHO = { arn: TEMPLATE.roleArn, account: '111122223333', kind: 'role' } as const;
const accessOf = (document: unknown) => enumerate({ identity: [readPolicy(document, { name: 'p', layer: 'session' })] }, WHO);

/** What may be done for customer c7, and nothing else of all there is. */
const wanted = (customer: string): unknown => JSON.parse(JSON.stringify(TEMPLATE.policy).replaceAll('{customerId}', customer)) as unknown;

test('whatever is sent as a parameter, the session reaches the part of that parameter alone, or is not made', async () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[A-Za-z0-9_-]{1,24}$/),
    fc.constantFrom(
      '*',
      'c7*',
      '?',
      '${aws:username}',
      '{customerId}',
      '../',
      'c7/../c8',
      'c7"},{"Effect":"Allow',
      '\\u002a',
      '$&',
      '__proto__',
    ),
  );
  let issued = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      const { ports, asked } = portsWith();
      await send(event({ ...BODY, parameters: { customerId: value } }), ports);
      const [input] = asked;
      if (!input) return;
      issued += 1;
      const { entries, unknowns } = accessOf(input.policy);
      expect(unknowns).toEqual([]);
      expect(accessWithin(entries, accessOf(wanted(value)).entries)).toEqual({ verdict: 'proven' });
      expect(accessWithin(entries, accessOf(wanted('another')).entries).verdict).toBe('refuted');
    }),
  );
  expect(issued).toBeGreaterThan(0);
});
