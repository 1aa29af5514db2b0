import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { dynamoLedger } from '../../../lib/aws/runtime/task-broker/ledger';
import type { Attempt } from '../../../lib/aws/runtime/task-broker/ports';

const dynalite = require('dynalite') as (options: object) => Server;
const TABLE = 'ledger';
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  server = dynalite({ createTableMs: 0 });
  await new Promise<void>((done) => {
    server.listen(0, done);
  });
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await new Promise((done) => server.close(done));
});

const at = (second: number): string => new Date(Date.UTC(2026, 10, 25, 12, 0, second)).toISOString();
const issuance = (requestId: string, more: Partial<Attempt> = {}): Attempt => ({
  attempt: more.requestedAt ?? at(0),
  agent: 'desk',
  task: 't-1',
  template: 'answer',
  parameters: { customerId: 'c7' },
  requestId,
  caller: 'arn:aws:iam::111122223333:role/runner',
  status: 'pending',
  requestedAt: at(0),
  policyHash: 'hash',
  ...more,
});
const ledger = () => dynamoLedger(client, TABLE);

test('of many that come at once one is served', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => ledger().claim(issuance('same', { attempt: `a${index}` }), 'body')),
  );
  expect(answers.filter((one) => one === 'taken')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['taken', 'in-progress']));
});

test('what was issued is not issued again, and an id is kept to one request', async () => {
  await ledger().claim(issuance('done'), 'body');
  await ledger().issued(issuance('done', { status: 'issued', expiresAt: at(900), credential: 'ASIA1' }));
  expect(await ledger().claim(issuance('done', { requestedAt: at(3000) }), 'body')).toBe('issued');
  expect(await ledger().claim(issuance('done', { requestedAt: at(3000) }), 'another')).toBe('differs');
});

test('what failed may be sent again, and what was never ended is taken over after a minute', async () => {
  await ledger().claim(issuance('failed'), 'body');
  await ledger().failed(issuance('failed', { status: 'failed' }));
  expect(await ledger().claim(issuance('failed', { requestedAt: at(1) }), 'body')).toBe('taken');
  await ledger().claim(issuance('lost'), 'body');
  expect(await ledger().claim(issuance('lost', { requestedAt: at(59) }), 'body')).toBe('in-progress');
  expect(await ledger().claim(issuance('lost', { requestedAt: at(61) }), 'body')).toBe('taken');
  // The first call is too late to say what it issued.
  await expect(ledger().issued(issuance('lost', { status: 'issued' }))).rejects.toThrow(/conditional/i);
  await expect(ledger().failed(issuance('lost', { status: 'failed' }))).resolves.toBeUndefined();
});

test('writes that were sent again, since their answers were lost, change nothing, even where two calls began in the same millisecond', async () => {
  const [one, two] = ['one', 'two'].map(
    (attempt) =>
      (status: Attempt['status'], more: Partial<Attempt> = {}) =>
        issuance('again', { attempt, status, ...more }),
  ) as [(status: Attempt['status']) => Attempt, (status: Attempt['status'], more?: Partial<Attempt>) => Attempt];
  expect(await ledger().claim(one('pending'), 'body')).toBe('taken');
  expect(await ledger().claim(one('pending'), 'body')).toBe('taken');
  expect(await ledger().claim(two('pending'), 'body')).toBe('in-progress');
  await ledger().failed(one('failed'));
  expect(await ledger().claim(two('pending'), 'body')).toBe('taken');
  await ledger().failed(one('failed'));
  const issued = two('issued', { expiresAt: at(900), credential: 'ASIA3' });
  await ledger().issued(issued);
  await expect(ledger().issued(issued)).resolves.toBeUndefined();
  expect(await ledger().claim(one('pending'), 'body')).toBe('issued');
});

test('after a revocation nothing more is issued for the task, and other tasks go on', async () => {
  const task = { task: 't-revoked' };
  expect(await ledger().claim(issuance('before', task), 'body')).toBe('taken');
  await ledger().revoke('desk', 't-revoked', at(5));
  await ledger().revoke('desk', 't-revoked', at(6));
  expect(await ledger().claim(issuance('after', task), 'body')).toBe('revoked');
  expect(await ledger().claim(issuance('after', { task: 't-other' }), 'body')).toBe('taken');
  expect(await ledger().claim(issuance('after', { ...task, agent: 'other' }), 'body')).toBe('taken');
});

test('an entry says what a receipt needs, ends by itself, and holds no credential', async () => {
  await ledger().claim(issuance('whole', { task: 't-whole' }), 'body');
  await ledger().issued(issuance('whole', { task: 't-whole', status: 'issued', expiresAt: at(900), credential: 'ASIA2' }));
  const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE }));
  expect(Items.filter(({ pk }) => pk?.S === 'desk@t-whole')).toEqual([
    {
      pk: { S: 'desk@t-whole' },
      sk: { S: 'request#whole' },
      agent: { S: 'desk' },
      task: { S: 't-whole' },
      template: { S: 'answer' },
      parameters: { S: '{"customerId":"c7"}' },
      requestId: { S: 'whole' },
      caller: { S: 'arn:aws:iam::111122223333:role/runner' },
      status: { S: 'issued' },
      requestedAt: { S: at(0) },
      attempt: { S: at(0) },
      policyHash: { S: 'hash' },
      bodyHash: { S: 'body' },
      expiresAt: { S: at(900) },
      credential: { S: 'ASIA2' },
      ttl: { N: String(Date.parse(at(0)) / 1000 + 400 * 86_400) },
    },
  ]);
});

test('what was written and is sent again, because its answer was lost, counts as written', async () => {
  await ledger().claim(issuance('sent-again'), 'body');
  const entry = issuance('sent-again', { status: 'issued', expiresAt: at(900), credential: 'ASIA2' });
  await ledger().issued(entry);
  await expect(ledger().issued(entry)).resolves.toBeUndefined();
  await expect(ledger().issued({ ...entry, credential: 'ASIA3' })).rejects.toThrow(/conditional/i);
});
