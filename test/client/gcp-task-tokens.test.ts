import * as fc from 'fast-check';
import { type Fetch, TaskTokens, type TaskTokensOptions, type TokenRequest } from '../../lib/client/gcp-task-tokens';
import { readCondition } from '../../lib/policy/gcp/engine/cel';

const CONFIGURATION = JSON.stringify([
  {
    agent: 'invoice-reader',
    template: 'answer',
    parameters: { customerId: { type: 'identifier', maxLength: 36 } },
    serviceAccount: 'reader@finance-prod.iam.gserviceaccount.com',
    seconds: 1200,
    accessBoundary: {
      accessBoundaryRules: [
        {
          availableResource: '//storage.googleapis.com/projects/_/buckets/books',
          availablePermissions: ['inRole:projects/p/roles/reads'],
          availabilityCondition: {
            title: 'objects',
            expression: 'resource.name.startsWith("projects/_/buckets/books/objects/{customerId}/")',
          },
        },
      ],
    },
  },
]);

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A Google Cloud that answers as its pages say. */
function cloud(answers: { readonly token?: object; readonly exchange?: object; readonly status?: number } = {}) {
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, headers: init.headers, body: init.body });
    const isExchange = url.includes('sts.');
    const body = isExchange
      ? (answers.exchange ?? {
          access_token: 'NARROW',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
        })
      : (answers.token ?? { accessToken: 'WHOLE', expireTime: '2026-11-25T06:20:00Z' });
    const status = answers.status ?? 200;
    return { ok: status < 400, status, json: async () => body };
  };
  return { sent, fetch };
}

const NOW = new Date('2026-11-25T06:00:00Z');
const tokens = (fetch: Fetch, changes: Partial<TaskTokensOptions> = {}): TaskTokens =>
  new TaskTokens({ configuration: CONFIGURATION, ownToken: async () => 'OWN', fetch, now: () => NOW, ...changes });
const REQUEST: TokenRequest = { agent: 'invoice-reader', template: 'answer', task: 't1', parameters: { customerId: '7' } };

test('asks for a token of the agent with the life of the task, and exchanges it for one with its boundary', async () => {
  const { sent, fetch } = cloud();
  expect(await tokens(fetch).issue(REQUEST)).toEqual({ accessToken: 'NARROW', expiresAt: '2026-11-25T06:20:00.000Z' });
  const [first, second] = sent;
  expect({ ...first, body: JSON.parse(first?.body ?? '') }).toMatchInlineSnapshot(`
{
  "body": {
    "lifetime": "1200s",
    "scope": [
      "https://www.googleapis.com/auth/cloud-platform",
    ],
  },
  "headers": {
    "authorization": "Bearer OWN",
    "content-type": "application/json",
    "x-goog-request-reason": "invoice-reader@t1",
  },
  "url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/reader%40finance-prod.iam.gserviceaccount.com:generateAccessToken",
}
`);
  const form = Object.fromEntries(new URLSearchParams(second?.body));
  expect({ ...second, body: { ...form, options: JSON.parse(form['options'] ?? '') } }).toMatchInlineSnapshot(`
{
  "body": {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "options": {
      "accessBoundary": {
        "accessBoundaryRules": [
          {
            "availabilityCondition": {
              "expression": "resource.name.startsWith("projects/_/buckets/books/objects/7/")",
              "title": "objects",
            },
            "availablePermissions": [
              "inRole:projects/p/roles/reads",
            ],
            "availableResource": "//storage.googleapis.com/projects/_/buckets/books",
          },
        ],
      },
    },
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "subject_token": "WHOLE",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
  },
  "headers": {
    "content-type": "application/x-www-form-urlencoded",
  },
  "url": "https://sts.googleapis.com/v1/token",
}
`);
});

test('goes through delegates where there are any', async () => {
  const { sent, fetch } = cloud();
  await tokens(fetch, { delegates: ['hop@p.iam.gserviceaccount.com'] }).issue({ ...REQUEST, seconds: 60 });
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    delegates: ['projects/-/serviceAccounts/hop@p.iam.gserviceaccount.com'],
    scope: ['https://www.googleapis.com/auth/cloud-platform'],
    lifetime: '60s',
  });
});

test.each([
  [undefined, '2026-11-25T06:20:00.000Z'],
  [60, '2026-11-25T06:01:00.000Z'],
  [7200, '2026-11-25T06:20:00.000Z'],
])('an exchange that says %p ends at the earlier time', async (expires_in, expected) => {
  const { fetch } = cloud({ exchange: { access_token: 'NARROW', ...(expires_in ? { expires_in } : {}) } });
  expect((await tokens(fetch).issue(REQUEST)).expiresAt).toBe(expected);
});

test.each<[string, Partial<TokenRequest>, RegExp]>([
  ['a longer life', { seconds: 1201 }, /1 to 1200 whole seconds.*\[invalid-token-request\]/],
  ['no life', { seconds: 0 }, /\[invalid-token-request\]/],
  ['a task that is not offered', { template: 'other' }, /must be a task that agent 'invoice-reader' offers.*invoice-reader answer/],
  ['another agent', { agent: 'payer' }, /\[invalid-token-request\]/],
  ['a value too many', { parameters: { customerId: '7', x: '1' } }, /\[unknown-parameter\]/],
  ['a value too few', { parameters: {} }, /\[invalid-parameter\]/],
  ['a task id that is none', { task: 'a b' }, /\[invalid-task-id\]/],
])('%s is refused before anything is sent', async (_, changes, message) => {
  const { sent, fetch } = cloud();
  await expect(tokens(fetch).issue({ ...REQUEST, ...changes })).rejects.toThrow(message);
  expect(sent).toEqual([]);
});

test('no value widens: it is refused, or the boundary names exactly its own part', async () => {
  const tricks = fc.constantFrom('"', "'", '")||true||("', '*', '..', '/', '{customerId}', '${x}', '\\', '\n', '7"+"', 'é');
  const hostile = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), tricks, fc.string()).map((parts) => parts.join('')),
    fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (customerId) => {
      const { sent, fetch } = cloud();
      const issued = await tokens(fetch)
        .issue({ ...REQUEST, parameters: { customerId } })
        .catch(() => undefined);
      if (!issued) return expect(sent).toEqual([]);
      const { accessBoundary } = JSON.parse(new URLSearchParams(sent[1]?.body).get('options') ?? '');
      expect(accessBoundary.accessBoundaryRules[0].availabilityCondition.expression).toBe(
        `resource.name.startsWith("projects/_/buckets/books/objects/${customerId}/")`,
      );
      const { regions } = readCondition(accessBoundary.accessBoundaryRules[0].availabilityCondition.expression);
      expect(regions.map(({ resources }) => resources)).toEqual([[[`projects/*/buckets/books/objects/${customerId}/*`]]]);
    }),
  );
});

test.each([
  [
    { status: 403, token: { error: { code: 403, message: 'Permission denied', status: 'PERMISSION_DENIED' } } },
    /403 PERMISSION_DENIED, got: 'Permission denied'/,
  ],
  [{ token: {} }, /holds no 'accessToken'/],
  [{ exchange: { token_type: 'Bearer' } }, /holds no 'access_token'/],
])('a refusal tells what was said, and no token', async (answers, message) => {
  const { fetch } = cloud(answers);
  const error = await tokens(fetch)
    .issue(REQUEST)
    .catch((one: Error) => one);
  expect(String(error)).toMatch(message);
  expect(String(error)).not.toMatch(/OWN|WHOLE|NARROW/);
});
