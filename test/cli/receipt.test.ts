import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { makeManifest } from '../../lib/core/manifest';
import { cli, type Ran, Workbench } from './command-line';
import { type RecordOptions, record } from './receipt-records';

const bench = new Workbench();
afterAll(() => bench.remove());

const CREDENTIAL = 'ASIAEXAMPLETASK00001';
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::docs/7/*' },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::docs' },
  ],
});
const ENTRY = {
  agent: 'reader',
  task: 't1',
  template: 'answer',
  parameters: { customer: '7' },
  requestId: 'r1',
  caller: 'arn:aws:iam::111122223333:role/worker',
  status: 'issued',
  requestedAt: '2026-11-25T06:00:00.000Z',
  expiresAt: '2026-11-25T06:15:00.000Z',
  credential: CREDENTIAL,
  policyHash: createHash('sha256').update(POLICY).digest('hex'),
  policy: POLICY,
};

const get = (id: string, key: string, more: Partial<RecordOptions> = {}): object =>
  record({ id, source: 's3', name: 'GetObject', arns: [`arn:aws:s3:::docs/${key}`], ...more });

/** The broker's own call, which says what the session will carry. */
const BEGIN = {
  ...record({ id: 'begin', source: 'sts', name: 'AssumeRole', credential: 'ASIABROKER', role: 'broker' }),
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/broker/x',
    accountId: '111122223333',
    accessKeyId: 'ASIABROKER',
    sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/broker' } },
  },
  requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', sourceIdentity: 'reader@t1' },
};

const WITHIN = [
  BEGIN,
  get('a', '7/a'),
  get('b', '7/b', { time: '2026-11-25T06:06:00Z', error: 'NoSuchKey' }),
  get('c', '9/a', { sourceIdentity: 'reader@t2', credential: 'ASIAOTHER' }),
];

let made = 0;
/** Writes a trail of one gzipped file and one plain one, and makes out a receipt. */
async function receipt(
  records: readonly object[],
  args: readonly string[] = ['--ledger', bench.write('ledger.json', [ENTRY])],
  task = 'reader@t1',
): Promise<Ran> {
  made += 1;
  const day = `trail-${made}/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/25`;
  const half = Math.ceil(records.length / 2);
  writeFileSync(bench.write(`${day}/one.json.gz`, ''), gzipSync(JSON.stringify({ Records: records.slice(0, half) })));
  bench.write(`${day}/two.json`, { Records: records.slice(half) });
  return cli(['receipt', '--task', task, '--events', `${bench.path}/trail-${made}`, ...args]);
}

test('reads as a receipt: asked for, issued, used, never used, how it ended', async () => {
  const { code, out } = await receipt(WITHIN);
  expect(out).toMatchInlineSnapshot(`
"Task t1 of agent reader: every recorded call is within what was issued

answer customer=7: issued, and expired
  asked for  2026-11-25 06:00:00 UTC by arn:aws:iam::111122223333:role/worker (request r1)
  policy     SHA-256 45c2e224eaf1a33ce7c3c1b023fad5df46d3fc148802cb6c4b238fe5678b2e27
  credential ASIAEXAMPLETASK00001, 2 calls
  expires    2026-11-25 06:15:00 UTC

Granted and used
  s3:GetObject on arn:aws:s3:::docs/7/*
    2 calls from 2026-11-25 06:05:00 UTC to 2026-11-25 06:06:00 UTC

Granted and never used
  s3:ListBucket on arn:aws:s3:::docs

2 calls of the task (1 succeeded, 0 denied, 1 failed); 4 records read, 0 of them not understood
Note: Never used means never recorded: reads and writes of data are in a log only where it records data events.
"
`);
  expect(code).toBe(0);
});

test('calls that fell outside are listed with why, and the exit code says so', async () => {
  const { code, out } = await receipt([
    ...WITHIN,
    get('d', '8/secret'),
    get('e', '7/a', { time: '2026-11-25T06:20:00Z', error: 'ExpiredToken' }),
    get('f', '7/a', { credential: 'ASIASTOLEN' }),
    record({ id: 'g', source: 'sts', name: 'GetCallerIdentity' }),
    record({ id: 'h', source: 'ec2', name: 'RunInstances', error: 'Client.UnauthorizedOperation' }),
  ]);
  expect(code).toBe(1);
  expect(out.slice(out.indexOf('Outside'))).toMatchInlineSnapshot(`
"Outside of what was issued: 4
  2026-11-25 06:05:00 UTC s3:GetObject on arn:aws:s3:::docs/8/secret: succeeded
    what was issued does not grant it; event d, credential ASIAEXAMPLETASK00001
  2026-11-25 06:05:00 UTC s3:GetObject on arn:aws:s3:::docs/7/a: succeeded
    the ledger knows no such credential; event f, credential ASIASTOLEN
  2026-11-25 06:05:00 UTC ec2:RunInstances: denied
    what was issued does not grant it; event h, credential ASIAEXAMPLETASK00001
  2026-11-25 06:20:00 UTC s3:GetObject on arn:aws:s3:::docs/7/a: failed
    the credentials had expired; event e, credential ASIAEXAMPLETASK00001

7 calls of the task (4 succeeded, 1 denied, 2 failed); 9 records read, 0 of them not understood
Note: Never used means never recorded: reads and writes of data are in a log only where it records data events.
"
`);
});

test('--json gives the receipt itself', async () => {
  const { code, out } = await receipt([...WITHIN, get('d', '8/x')], ['--ledger', bench.write('l.json', [ENTRY]), '--json']);
  const { verdict, counts, outside, unused } = JSON.parse(out);
  expect([code, verdict, counts.calls, outside.count]).toEqual([1, 'outside', 3, 1]);
  expect(unused.map(({ permission }: { permission: string }) => permission)).toEqual(['s3:ListBucket']);
});

const typed = (item: object): object => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, { S: value }]));
const ITEM = typed({ pk: 'reader@t1', sk: 'request#r1', ...ENTRY, parameters: JSON.stringify(ENTRY.parameters) });
const REVOKED = typed({ pk: 'reader@t1', sk: 'state', revokedAt: '2026-11-25T06:05:30.000Z' });

test.each([
  ['entries', [ENTRY], 0],
  ['JSON Lines', `${JSON.stringify(ENTRY)}\n${JSON.stringify({ ...ENTRY, requestId: 'r0', task: 't9' })}\n`, 0],
  ['output of dynamodb query', { Items: [ITEM], Count: 1 }, 0],
  ['the same of a task that was revoked, and went on', { Items: [REVOKED, ITEM], Count: 2 }, 1],
  ['an export of the table', `${JSON.stringify({ Item: ITEM })}\n${JSON.stringify({ Item: REVOKED })}\n`, 1],
])('reads a ledger of %s', async (name, content, expected) => {
  const { code, out, err } = await receipt(WITHIN, ['--ledger', bench.write(`ledger ${name}.json`, content)]);
  expect(err).toBe('');
  expect(out).toContain('answer customer=7: issued, and');
  expect(code).toBe(expected);
  if (expected === 1) expect(out).toContain('the task had been revoked');
});

const AGENT = {
  name: 'reader',
  cloud: 'aws',
  fleet: 'main',
  construct: 'S/Reader',
  owner: 'o@example.com',
  purpose: 'reads',
  mode: 'READ_ONLY',
  scope: {},
  limits: {},
  maxSessionSeconds: 3600,
  delegatesTo: [],
  workflows: [],
  tasks: [
    {
      name: 'answer',
      capabilities: [{ capability: 'objects:read', resource: 'docs' }],
      parameters: { customer: { type: 'identifier', maxLength: 36 } },
      within: { docs: '{customer}/' },
      longestSeconds: 900,
      native: {
        statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::docs/{customer}/*' }],
        size: 1,
        tagSize: 1,
      },
    },
  ],
  identity: { kind: 'iam-role', name: 'main--reader', principal: 'x', trust: [], credentialLifeSeconds: 3600, credentialLifeReason: 'so' },
  access: [
    {
      capability: 'objects:read',
      resource: 'docs',
      kind: 'bucket',
      level: 'read',
      permissions: ['s3:GetObject'],
      scopes: ['x'],
      conditions: [],
    },
  ],
  native: [],
  findings: [],
};
const manifest = (agent: object): string => bench.write('manifest.json', makeManifest('0.0.0', { aws: '2026-11-25' }, [agent as never]));

test('without the policy, the template of the manifest is filled with the values of the request', async () => {
  const { policy: _, policyHash: __, ...bare } = ENTRY;
  const args = ['--ledger', bench.write('bare.json', [bare]), '--manifest', manifest(AGENT)];
  const good = await receipt(WITHIN, args);
  expect([good.err, good.code]).toEqual(['', 0]);
  expect(good.out).toContain('s3:GetObject on arn:aws:s3:::docs/7/*');
  expect((await receipt([get('d', '70/a')], args)).code).toBe(1);
});

test('a reference of the template leaves calls undecided, never within', async () => {
  const { policy: _, policyHash: __, ...bare } = ENTRY;
  const [task] = AGENT.tasks;
  const Resource = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Docs', 'Arn'] }, '/{customer}/*']] };
  const native = { statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource }] };
  const args = ['--ledger', bench.write('bare.json', [bare]), '--manifest', manifest({ ...AGENT, tasks: [{ ...task, native }] }), '--json'];
  const { undecided, outside } = JSON.parse((await receipt([get('a', '7/a')], args)).out);
  expect([undecided.count, outside.count]).toEqual([1, 0]);
});

test('without a ledger, calls are judged by what the manifest lists, and the receipt says so', async () => {
  const args = ['--manifest', manifest(AGENT)];
  const { code, out } = await receipt(WITHIN, args, 't1');
  expect(code).toBe(0);
  expect(out).toContain('No ledger was read');
  expect(out).toMatch(/without their\s+resources/);
  expect((await receipt([record({ id: 'x', source: 'ec2', name: 'RunInstances' })], args, 't1')).code).toBe(1);
});

test('work may be handed on as the manifest lets it, and to nobody else', async () => {
  const [task] = AGENT.tasks;
  const hands = { ...task, capabilities: [{ capability: 'agents:delegate', resource: 'summariser' }] };
  const agents = [
    { ...AGENT, delegatesTo: ['summariser', 'payer'], tasks: [hands] },
    { ...AGENT, name: 'summariser', delegatesTo: ['printer'], tasks: [] },
  ];
  const path = bench.write('chain.json', makeManifest('0.0.0', { aws: '2026-11-25' }, agents as never));
  const by = (role: string, id: string): object => get(id, '9/x', { role: `main--${role}`, credential: `ASIA${role}` });
  const args = ['--ledger', bench.write('chain-ledger.json', [ENTRY]), '--manifest', path];
  const good = await receipt([...WITHIN, by('summariser', 's'), by('printer', 'p')], args);
  expect([good.code, good.err]).toEqual([0, '']);
  expect(good.out).toContain('printer: 1 call, under policies of its own\n  summariser: 1 call');
  const bad = await receipt([...WITHIN, by('payer', 'q')], args);
  expect(bad.code).toBe(1);
  expect(bad.out).toContain('the task may not hand work to this agent; event q');
});

test('a policy in the ledger that is not what its hash says judges nothing', async () => {
  const args = ['--ledger', bench.write('forged.json', [{ ...ENTRY, policy: POLICY.replace('docs/7', 'docs') }])];
  const { out } = await receipt(WITHIN, args);
  expect(out).toContain('neither the policy nor the template is at hand');
});

test.each<[string, readonly string[], string, RegExp]>([
  ['a task that nothing is known of', ['--ledger', 'LEDGER'], 'reader@t9', /'reader@t9'.*\[unknown-task\]/],
  ['a task id without an agent', ['--manifest', 'NOBODY'], 't1', /must name its agent.*\[ambiguous-task\]/],
  ['an id that is none', ['--ledger', 'LEDGER'], 'a b', /\[invalid-task-id\]/],
  ['a ledger that is none', ['--ledger', 'OTHER'], 'reader@t1', /OTHER.*must be an entry of a ledger/],
  ['a manifest that is none', ['--manifest', 'OTHER'], 'reader@t1', /\[invalid-document\]/],
])('%s is wrong use', async (_, args, task, message) => {
  const paths: Readonly<Record<string, string>> = {
    LEDGER: bench.write('LEDGER', [ENTRY]),
    OTHER: bench.write('OTHER', [{ no: 'entry' }]),
    NOBODY: bench.write('NOBODY', makeManifest('0.0.0', {}, [])),
  };
  const { code, err } = await receipt(
    [get('z', '1/a', { sourceIdentity: 'other@t0', credential: 'K' })],
    args.map((arg) => paths[arg] ?? arg),
    task,
  );
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test.each([
  [['receipt']],
  [['receipt', '--task', 'x@y']],
  [['receipt', '--events', 'x']],
  [['receipt', '--task', 'a@b', '--events', 'nowhere']],
])('%p is wrong use', async (args) => {
  expect((await cli(args)).code).toBe(2);
});

test('--help teaches', async () => {
  const { code, out } = await cli(['receipt', '--help']);
  expect(code).toBe(0);
  for (const part of ['agentic-iam receipt --task', 'aws dynamodb query', 'Exit codes', 'data events']) expect(out).toContain(part);
});

test('a record that is not understood is counted with its reason', async () => {
  const { out } = await receipt([...WITHIN, { eventVersion: '9' }]);
  expect(out).toMatch(/5 records read, 1 of them not understood/);
});

test('names that would paint over the receipt are made harmless', async () => {
  const { out } = await receipt([get('d', '8/\u001b[2Ja')]);
  expect(out).not.toContain('\u001b');
});
