import * as fc from 'fast-check';
import { type SignatureValues, sign, stringToSign } from '../../lib/client/azure-signature';
import { correlationOf, type Fetch, type SignatureRequest, TaskSignatures } from '../../lib/client/azure-task-signatures';
import vectors from './azure-signature-vectors.json';

const fieldsOf = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query));

test.each(vectors.cases)('signs $name as the client library of Azure does', ({ values, query }) => {
  const { account, expiry, correlation, key } = vectors;
  const own = sign(
    { account, expiry, correlation, ...(values as Pick<SignatureValues, 'container' | 'path' | 'kind' | 'permissions'>) },
    key,
  );
  expect(fieldsOf(own)).toEqual(fieldsOf(query));
});

test('the string to sign has the 24 lines of the documented version', () => {
  const { account, expiry, correlation, key } = vectors;
  const values = { account, expiry, correlation, container: 'invoices', path: 'eu/7', kind: 'd', permissions: 'rl' } as const;
  expect(stringToSign(values, key).split('\n')).toMatchInlineSnapshot(`
[
  "rl",
  "",
  "2026-11-25T06:15:00Z",
  "/blob/books/invoices/eu/7",
  "11111111-1111-1111-1111-111111111111",
  "22222222-2222-2222-2222-222222222222",
  "2026-11-25T05:45:00Z",
  "2026-11-25T06:15:00Z",
  "b",
  "2022-11-02",
  "",
  "",
  "33333333-3333-8333-8333-333333333333",
  "",
  "https",
  "2022-11-02",
  "d",
  "",
  "",
  "",
  "",
  "",
  "",
  "",
]
`);
});

const PART = {
  resource: 'invoices',
  account: 'books',
  container: 'data',
  hierarchical: true,
  kind: 'd',
  prefix: 'eu/{customerId}/',
  permissions: 'rl',
};
const TEMPLATE = {
  agent: 'invoice-reader',
  template: 'answer',
  parameters: { customerId: { type: 'identifier', maxLength: 36 } },
  seconds: 1200,
  parts: [PART, { ...PART, resource: 'flat', hierarchical: false, kind: 'b', permissions: 'r' }],
};
const REQUEST: SignatureRequest = {
  agent: 'invoice-reader',
  template: 'answer',
  task: 't1',
  resource: 'invoices',
  parameters: { customerId: '7' },
};

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An Azure that answers as its page says. */
function cloud(answer?: { readonly status: number; readonly text: string }) {
  const sent: Sent[] = [];
  const { key } = vectors;
  const given = `<?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>${key.objectId}</SignedOid><SignedTid>${key.tenantId}</SignedTid><SignedStart>${key.start}</SignedStart><SignedExpiry>${key.expiry}</SignedExpiry><SignedService>b</SignedService><SignedVersion>${key.version}</SignedVersion><Value>${key.value}</Value></UserDelegationKey>`;
  const fetch: Fetch = async (url, { headers, body }) => {
    sent.push({ url, headers, body });
    const { status, text } = answer ?? { status: 200, text: given };
    return { ok: status < 400, status, text: async () => text };
  };
  return { sent, fetch };
}

const signatures = (fetch: Fetch): TaskSignatures =>
  new TaskSignatures({
    configuration: JSON.stringify([TEMPLATE]),
    ownToken: async () => 'OWN',
    fetch,
    now: () => new Date('2026-11-25T06:00:00.500Z'),
  });

test('asks for a key that ends with the task, and signs for its directory', async () => {
  const { sent, fetch } = cloud();
  const { url, query, expiresAt } = await signatures(fetch).issue(REQUEST);
  expect(sent).toMatchInlineSnapshot(`
[
  {
    "body": "<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>2026-11-25T05:45:00Z</Start><Expiry>2026-11-25T06:20:00Z</Expiry></KeyInfo>",
    "headers": {
      "authorization": "Bearer OWN",
      "content-type": "application/xml",
      "x-ms-client-request-id": "0e42753b-6112-88a6-bd34-ee5df5aadd8e",
      "x-ms-version": "2022-11-02",
    },
    "url": "https://books.blob.core.windows.net/?restype=service&comp=userdelegationkey",
  },
]
`);
  expect([url, expiresAt]).toEqual(['https://books.blob.core.windows.net/data/eu/7', '2026-11-25T06:20:00Z']);
  expect(fieldsOf(query)).toMatchObject({
    sr: 'd',
    sdd: '2',
    sp: 'rl',
    spr: 'https',
    se: expiresAt,
    scid: correlationOf({ agent: 'invoice-reader', task: 't1' }),
  });
});

test('signs for one blob of a directory, which cannot list, and for one blob where there are no directories', async () => {
  const { fetch } = cloud();
  const one = await signatures(fetch).issue({ ...REQUEST, blob: 'a/b.pdf', seconds: 60 });
  expect([one.url, one.expiresAt]).toEqual(['https://books.blob.core.windows.net/data/eu/7/a/b.pdf', '2026-11-25T06:01:00Z']);
  expect(fieldsOf(one.query)).toMatchObject({ sr: 'b', sp: 'r' });
  const flat = await signatures(fetch).issue({ ...REQUEST, resource: 'flat', blob: 'b.pdf' });
  expect(fieldsOf(flat.query)).toMatchObject({ sr: 'b', sp: 'r' });
});

const PERSON = '44444444-4444-4444-4444-444444444444';

test('the person that the work is for goes into the signature', async () => {
  const { fetch } = cloud();
  expect(fieldsOf((await signatures(fetch).issue({ ...REQUEST, authorizedFor: PERSON })).query)['saoid']).toBe(PERSON);
  expect(fieldsOf((await signatures(fetch).issue({ ...REQUEST, checkedAs: PERSON })).query)['suoid']).toBe(PERSON);
});

test.each<[string, Partial<SignatureRequest>, RegExp]>([
  ['a longer life', { seconds: 1201 }, /1 to 1200 whole seconds.*\[invalid-signature-request\]/],
  ['another resource', { resource: 'other' }, /offers for 'other'.*invoice-reader answer invoices/],
  ['no blob where there are no directories', { resource: 'flat' }, /must name a 'blob'/],
  ['a blob above the part', { blob: '../8/a' }, /must name a blob by/],
  ['a blob in the middle of which it goes up', { blob: 'a/../../8' }, /must name a blob by/],
  ['a person twice', { authorizedFor: PERSON, checkedAs: PERSON }, /not both/],
  ['a person by name', { authorizedFor: 'anna' }, /object id/],
  ['a person where there are no POSIX rights', { resource: 'flat', blob: 'a', checkedAs: PERSON }, /no hierarchical namespace/],
  ['a value too few', { parameters: {} }, /\[invalid-parameter\]/],
  ['a task id that is none', { task: 'a b' }, /\[invalid-task-id\]/],
])('%s is refused before anything is sent', async (_, changes, message) => {
  const { sent, fetch } = cloud();
  await expect(signatures(fetch).issue({ ...REQUEST, ...changes })).rejects.toThrow(message);
  expect(sent).toEqual([]);
});

test('no value and no blob leaves the part of the task', async () => {
  const tricks = fc.constantFrom('..', '/', '//', '%2e%2e', '\\', '?', '#', '\n', '{customerId}', '&sr=c', ' ', 'é');
  const hostile = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), tricks, fc.string()).map((parts) => parts.join('')),
    fc.stringMatching(/^[a-z0-9_.-]{1,40}$/),
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (customerId, blob) => {
      const { fetch } = cloud();
      const issued = await signatures(fetch)
        .issue({ ...REQUEST, parameters: { customerId }, blob })
        .catch(() => undefined);
      if (!issued) return;
      const path = new URL(issued.url).pathname;
      expect(path.startsWith(`/data/eu/${customerId}/`)).toBe(true);
      expect(path.split('/')).toHaveLength(4 + blob.split('/').length);
    }),
  );
});

test.each([
  [
    { status: 403, text: '<?xml version="1.0"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>no</Message></Error>' },
    /answered 403, got: 'AuthorizationPermissionMismatch'/,
  ],
  [{ status: 200, text: '<UserDelegationKey></UserDelegationKey>' }, /holds no 'SignedOid'/],
  [{ status: 500, text: '' }, /answered 500, got: 'no code'/],
])('a refusal tells what was said, and no credential', async (answer, message) => {
  const { fetch } = cloud(answer);
  const error = await signatures(fetch)
    .issue(REQUEST)
    .catch((one: Error) => one);
  expect(String(error)).toMatch(message);
  expect(String(error)).not.toContain('OWN');
});

test('the correlation of a task is a GUID of its own, the same each time', () => {
  const one = correlationOf({ agent: 'reader', task: 't1' });
  expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(correlationOf({ agent: 'reader', task: 't1' })).toBe(one);
  expect(correlationOf({ agent: 'reader', task: 't2' })).not.toBe(one);
});
