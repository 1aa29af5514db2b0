import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoLedger } from '../../lib/aws/runtime/task-broker/ledger';
import { readLedger } from '../../lib/cli/receipt-ledger';
import type { TaskIssuance } from '../../lib/core/task-issuance';
import { Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const IO = { out: () => {}, err: () => {}, stdin: () => '', width: 80, color: false, watched: false };

const ISSUANCE: TaskIssuance = {
  agent: 'reader',
  task: 't1',
  template: 'answer',
  parameters: { customer: '7' },
  requestId: 'r1',
  caller: 'arn:aws:iam::111122223333:role/worker',
  status: 'pending',
  requestedAt: '2026-11-25T06:00:00.000Z',
  policyHash: 'ab',
  policy: '{}',
};

type Item = Readonly<Record<string, unknown>>;
interface Sent {
  readonly input: { readonly Item?: Item; readonly TransactItems?: readonly { readonly Put?: { readonly Item: Item } }[] };
}

/** What the broker's own ledger writes, as `aws dynamodb scan` would give it back. */
async function written(): Promise<readonly Item[]> {
  const items: Item[] = [];
  const client = {
    send: async ({ input }: Sent) => {
      for (const item of [input.Item, ...(input.TransactItems ?? []).map(({ Put }) => Put?.Item)]) if (item) items.push(item);
      return {};
    },
  } as unknown as DynamoDBClient;
  const ledger = dynamoLedger(client, 'Ledger');
  await ledger.claim({ ...ISSUANCE, attempt: 'a' }, 'hash');
  await ledger.revoke('reader', 't1', '2026-11-25T06:10:00.000Z');
  return items;
}

test('reads what the broker writes, and whether the task was revoked', async () => {
  const path = bench.write('scan.json', { Items: await written(), Count: 2 });
  expect(readLedger(path, IO)).toEqual([{ ...ISSUANCE, revokedAt: '2026-11-25T06:10:00.000Z' }]);
});

test.each([
  ['an entry that lacks something', { ...ISSUANCE, caller: undefined }, /it has no 'caller'/],
  ['a status that is none', { ...ISSUANCE, status: 'perhaps' }, /its status is 'perhaps'/],
  ['a time that is none', { ...ISSUANCE, expiresAt: 'soon' }, /its 'expiresAt' is no time/],
  ['parameters that are none', { ...ISSUANCE, parameters: '7' }, /its parameters are no texts by name/],
  ['parameters with more than texts', { ...ISSUANCE, parameters: { customer: { deep: 1 } } }, /its parameters are no texts by name/],
])('%s is refused with its place', (_, entry, message) => {
  const path = bench.write('bad.json', [ISSUANCE, entry]);
  expect(() => readLedger(path, IO)).toThrow(message);
  expect(() => readLedger(path, IO)).toThrow(/bad\.json' entry '2'/);
});

test('an empty ledger has no entries', () => {
  expect(readLedger(bench.write('empty.json', ''), IO)).toEqual([]);
  expect(readLedger(bench.write('none.json', { Items: [], Count: 0 }), IO)).toEqual([]);
});
