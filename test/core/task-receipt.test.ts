import * as fc from 'fast-check';
import type { AgentEvent } from '../../lib/core/agent-event';
import type { ManifestAgent } from '../../lib/core/manifest';
import type { TaskIssuance } from '../../lib/core/task-issuance';
import { type ReceiptBasis, ReceiptBuilder } from '../../lib/core/task-receipt';
import { accessByPermissions } from '../../lib/core/task-receipt-permissions';
import type { IssuedAccess, TaskReceipt } from '../../lib/core/task-receipt-types';

const ISSUANCE: TaskIssuance = {
  agent: 'reader',
  task: 't1',
  template: 'answer',
  parameters: { customer: '7' },
  requestId: 'r1',
  caller: 'the-worker',
  status: 'issued',
  requestedAt: '2026-11-25T06:00:00Z',
  expiresAt: '2026-11-25T06:15:00Z',
  credential: 'KEY1',
};

/** Grants `read` and `list`; what becomes of `perhaps` is not known. */
const ACCESS: IssuedAccess = {
  grants: [
    { permission: 'read', resources: ['docs/7/*'] },
    { permission: 'list', resources: ['docs'] },
  ],
  judge: ({ action }) => {
    const at = ['read', 'list'].indexOf(action);
    if (at >= 0) return { answer: 'granted', grants: [at] };
    return action === 'perhaps' ? { answer: 'undecided', grants: [0], dependsOn: ['a tag'] } : { answer: 'outside', grants: [] };
  },
};

let made = 0;
function call(changes: Partial<AgentEvent> = {}): AgentEvent {
  made += 1;
  return {
    id: `e${made}`,
    time: '2026-11-25T06:05:00Z',
    cloud: 'any',
    principal: 'role/reader',
    agent: 'reader',
    task: 't1',
    credential: 'KEY1',
    action: 'read',
    resources: ['docs/7/a'],
    outcome: 'succeeded',
    ...changes,
  };
}

function receiptOf(events: Parameters<ReceiptBuilder['add']>[0][], changes: Partial<ReceiptBasis> = {}): TaskReceipt {
  const builder = new ReceiptBuilder({
    agent: 'reader',
    task: 't1',
    asOf: '2026-11-25T07:00:00Z',
    issuances: [ISSUANCE],
    accessOf: () => ACCESS,
    handsOverTo: () => ['summariser', 'printer'],
    ...changes,
  });
  for (const event of events) builder.add(event);
  return builder.finish();
}

test('tells what was used, how often and when, and what was never used', () => {
  const { used, unused, verdict, counts } = receiptOf([
    call({ time: '2026-11-25T06:09:00Z' }),
    call({ time: '2026-11-25T06:01:00Z', outcome: 'denied' }),
    call({ time: '2026-11-25T06:03:00Z', outcome: 'not-found' }),
  ]);
  expect(used).toEqual([
    {
      permission: 'read',
      resources: ['docs/7/*'],
      calls: 3,
      denied: 1,
      first: '2026-11-25T06:01:00Z',
      last: '2026-11-25T06:09:00Z',
    },
  ]);
  expect(unused).toEqual([{ permission: 'list', resources: ['docs'], calls: 0, denied: 0 }]);
  expect(verdict).toBe('within');
  expect(counts).toMatchObject({ calls: 3, succeeded: 1, denied: 1, failed: 1 });
});

test.each<[string, Partial<AgentEvent>, Partial<ReceiptBasis>, readonly string[]]>([
  ['a granted call in time', {}, {}, []],
  ['a call that was not granted', { action: 'delete' }, {}, ['not-granted']],
  ['one that was refused as well', { action: 'delete', outcome: 'denied' }, {}, ['not-granted']],
  ['a call in the last second', { time: '2026-11-25T06:15:00Z' }, {}, []],
  ['a call after the credentials expired', { time: '2026-11-25T06:15:01Z' }, {}, ['after-expiry']],
  [
    'a call after the task was revoked',
    { time: '2026-11-25T06:06:00Z' },
    { issuances: [{ ...ISSUANCE, revokedAt: '2026-11-25T06:05:59Z' }] },
    ['after-revocation'],
  ],
  ['a credential that was never issued', { credential: 'STOLEN' }, {}, ['unknown-credential']],
  [
    'a credential of a request that failed',
    {},
    { issuances: [{ ...ISSUANCE, status: 'failed', credential: undefined } as TaskIssuance] },
    ['unknown-credential'],
  ],
  ['the same without a ledger', { credential: 'STOLEN' }, { issuances: undefined as never }, []],
  ['what cannot be decided', { action: 'perhaps' }, {}, []],
  [
    'a sub-agent the task may hand work to',
    { agent: 'summariser', chain: ['reader', 'summariser'], credential: 'SUB', action: 'delete' },
    {},
    [],
  ],
  ['another sub-agent', { agent: 'payer', chain: ['reader', 'payer'], credential: 'SUB' }, {}, ['no-hand-over']],
  ['a sub-agent of a sub-agent', { agent: 'printer', chain: ['reader', 'summariser', 'printer'], credential: 'SUB' }, {}, []],
  [
    'a sub-agent that goes on after the task',
    { agent: 'summariser', chain: ['reader', 'summariser'], credential: 'SUB', time: '2026-11-25T06:30:00Z' },
    {},
    ['after-expiry'],
  ],
])('%s', (_, event, basis, reasons) => {
  const { outside, verdict } = receiptOf([call(event)], basis);
  expect(outside.calls.flatMap((one) => one.reasons)).toEqual(reasons);
  expect(verdict).toBe(reasons.length > 0 ? 'outside' : 'within');
});

test('what cannot be decided is listed with what it hangs on, and counts as a use', () => {
  const { undecided, used } = receiptOf([call({ action: 'perhaps' })]);
  expect(undecided.calls.map(({ dependsOn }) => dependsOn)).toEqual([['a tag']]);
  expect(used.map(({ permission }) => permission)).toEqual(['read']);
});

test('calls of others are left alone: another task, another agent with a task of the same id, nobody in particular', () => {
  const others = [
    call({ task: 't2', credential: 'K2', action: 'delete' }),
    call({ agent: 'payer', credential: 'K3', action: 'delete' }),
    call({ agent: 'reader', chain: ['payer', 'reader'], credential: 'K4', action: 'delete' }),
    { ...call({ credential: 'K5', action: 'delete' }), task: undefined, agent: undefined } as never,
  ];
  const { counts, verdict } = receiptOf(others);
  expect(counts).toMatchObject({ records: 4, calls: 0 });
  expect(verdict).toBe('nothing-recorded');
});

test('a credential of the task is the task, whatever the record says besides', () => {
  const { outside } = receiptOf([{ ...call({ action: 'delete' }), task: undefined, agent: undefined } as never]);
  expect(outside.count).toBe(1);
});

test('records that come twice count once, those that could not be read are counted with their reasons', () => {
  const one = call();
  const { counts, unread } = receiptOf([one, one, { reason: 'version 9' }, { reason: 'version 9' }, { reason: 'no time' }]);
  expect(counts).toMatchObject({ records: 5, calls: 1, repeated: 1, unread: 3 });
  expect(unread).toEqual([
    { reason: 'version 9', count: 2 },
    { reason: 'no time', count: 1 },
  ]);
});

test('each issuance is judged by its own policy, and knows its calls and its state', () => {
  const second = {
    ...ISSUANCE,
    requestId: 'r2',
    credential: 'KEY2',
    requestedAt: '2026-11-25T06:50:00Z',
    expiresAt: '2026-11-25T07:05:00Z',
  };
  const nothing: IssuedAccess = { grants: [], judge: () => ({ answer: 'outside', grants: [] }) };
  const { issuances, outside } = receiptOf([call(), call({ credential: 'KEY2', time: '2026-11-25T06:51:00Z' })], {
    issuances: [second, ISSUANCE, { ...ISSUANCE, agent: 'payer' }],
    accessOf: ({ requestId }) => (requestId === 'r2' ? nothing : ACCESS),
  });
  expect(issuances.map(({ requestId, state, calls }) => [requestId, state, calls])).toEqual([
    ['r1', 'expired', 1],
    ['r2', 'live', 1],
  ]);
  expect(outside.calls.map(({ event }) => event.credential)).toEqual(['KEY2']);
});

test('says what limits it', () => {
  const { notes } = receiptOf([call({ credential: undefined as never })], { issuances: undefined as never, otherwise: ACCESS });
  expect(notes).toMatchInlineSnapshot(`
[
  "No ledger was read: whether a credential was issued, expired or revoked is not judged.",
  "1 calls carry no credential id; they are judged without their issuance.",
  "Never used means never recorded: reads and writes of data are in a log only where it records data events.",
]
`);
  expect(receiptOf([call()], { accessOf: () => undefined }).notes).toMatchInlineSnapshot(`
[
  "Of some issuances neither the policy nor the template is at hand; their calls are not judged.",
]
`);
  expect(receiptOf([call({ action: 'list' }), call()]).notes).toEqual([]);
});

test('lists a hundred calls and counts the rest', () => {
  const { outside } = receiptOf(Array.from({ length: 130 }, () => call({ action: 'delete' })));
  expect([outside.count, outside.calls.length]).toEqual([130, 100]);
});

test('the order of records changes nothing', () => {
  const events = [
    call({ time: '2026-11-25T06:01:00Z' }),
    call({ time: '2026-11-25T06:02:00Z', action: 'delete' }),
    call({ time: '2026-11-25T06:16:00Z', action: 'list' }),
    call({ time: '2026-11-25T06:04:00Z', action: 'perhaps' }),
    call({ time: '2026-11-25T06:05:00Z', credential: 'STOLEN' }),
  ];
  const straight = receiptOf(events);
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
      expect(receiptOf(shuffled)).toEqual(straight);
    }),
  );
});

test('without a policy, the permissions of the manifest are what a task may use, and their resources are not compared', () => {
  const agent = {
    name: 'reader',
    access: [
      { capability: 'objects:read', resource: 'docs', permissions: ['store:Get'] },
      { capability: 'objects:list', resource: 'docs', permissions: ['store:List'] },
    ],
  } as unknown as ManifestAgent;
  const task = { name: 'answer', capabilities: [{ capability: 'objects:read', resource: 'docs' }] } as never;
  const narrow = accessByPermissions(agent, task);
  expect(narrow.grants).toEqual([{ permission: 'store:Get', resources: [], capability: "objects:read on 'docs'" }]);
  expect(['store:get', 'store:List'].map((action) => narrow.judge(call({ action })).answer)).toEqual(['granted', 'outside']);
  expect(accessByPermissions(agent).judge(call({ action: 'store:List' })).answer).toBe('granted');
});
