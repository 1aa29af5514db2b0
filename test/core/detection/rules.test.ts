import type { AgentEvent } from '../../../lib/core/agent-event';
import type { WatchedAgent } from '../../../lib/core/detection/registry';
import { DETECTION_RULES, type DetectionRuleId } from '../../../lib/core/detection/rules';
import { ANSWER, detect, event, reader, rulesOf, session } from './story';

interface Case {
  readonly agent?: Partial<WatchedAgent>;
  readonly shows: () => readonly AgentEvent[];
  /** Nearly the same, and nothing of the kind. */
  readonly not: () => readonly AgentEvent[];
}

const many = (count: number, make: (index: number) => AgentEvent): readonly AgentEvent[] =>
  Array.from({ length: count }, (_, index) => make(index));

const CASES: Readonly<Record<DetectionRuleId, Case>> = {
  'changes-access': { shows: () => [event(0, 'id:grant', 'role/x')], not: () => [event(0, 'id:who')] },
  'yields-credentials': { shows: () => [event(0, 'id:token')], not: () => [event(0, 'id:who')] },
  'escalation-step': {
    shows: () => [event(0, 'run:as', 'role/x', { outcome: 'denied' })],
    not: () => [event(0, 'store:get', 'docs/1', { outcome: 'denied' })],
  },
  'hands-out-access': {
    agent: { grants: [{ actions: ['id:give'], resources: ['*'] }] },
    shows: () => [event(0, 'id:give', 'role/x', { effects: [{ kind: 'administers', to: 'Admin' }] })],
    not: () => [event(0, 'id:give', 'role/x')],
  },
  'makes-credentials': {
    agent: { grants: [{ actions: ['id:key', 'id:read'], resources: ['*'] }] },
    shows: () => [event(0, 'id:key', 'user/x')],
    not: () => [event(0, 'id:read', 'user/x')],
  },
  'outside-grant': { shows: () => [event(0, 'store:delete', 'docs/1')], not: () => [event(0, 'STORE:Get', 'docs/1')] },
  'tampers-with-evidence': { shows: () => [event(0, 'log:stop', 'trail')], not: () => [event(0, 'log:put', 'log/reader')] },
  'touches-evidence': {
    agent: { grants: [{ actions: ['log:stop', 'log:start'], resources: ['*'] }] },
    shows: () => [event(0, 'log:stop', 'trail')],
    not: () => [event(0, 'log:start', 'trail')],
  },
  'not-in-workflow': {
    agent: { workflows: [{ name: 'look', steps: [{ oneOf: ['docs:read'], occurs: 'repeated' }] }] },
    shows: () => session('read ask'),
    not: () => session('read read'),
  },
  'does-not-conform': {
    agent: { workflows: [ANSWER] },
    shows: () => session('list ask'),
    not: () => session('list read log read ask list read ask'),
  },
  unfinished: { agent: { workflows: [ANSWER] }, shows: () => session('list read'), not: () => session('list read ask') },
  'not-found-burst': {
    shows: () => many(11, (index) => event(index, 'store:get', 'docs/7', { outcome: 'not-found' })),
    not: () => many(11, (index) => event(index * 60, 'store:get', 'docs/7', { outcome: 'not-found' })),
  },
  'invalid-burst': {
    shows: () => many(6, (index) => event(index, 'store:get', 'docs/7', { outcome: 'invalid' })),
    not: () => many(5, (index) => event(index, 'store:get', 'docs/7', { outcome: 'invalid' })),
  },
  'denied-variants': {
    shows: () => many(4, (index) => event(index, 'store:get', `docs/${index}`, { outcome: 'denied' })),
    not: () => many(20, (index) => event(index, 'store:get', 'docs/7', { outcome: 'denied' })),
  },
  'unseen-resource': {
    shows: () => many(4, (index) => event(index, 'store:get', `docs/made-up-${index}`, { outcome: 'not-found' })),
    not: () => [
      ...many(4, (index) => event(index, 'store:get', `docs/${index}`)),
      ...many(4, (index) => event(10 + index, 'store:get', `docs/${index}`, { outcome: 'not-found' })),
    ],
  },
  'resource-outside': { shows: () => [event(0, 'store:get', 'payroll/1')], not: () => [event(0, 'store:get', 'docs/a/b')] },
  'opens-outside': {
    agent: { grants: [{ actions: ['store:open'], resources: ['*'] }], scope: { accounts: ['1'] } },
    shows: () => [event(0, 'store:open', 'docs', { effects: [{ kind: 'lets-in', to: '2' }] })],
    not: () => [event(0, 'store:open', 'docs', { effects: [{ kind: 'lets-in', to: '1' }] })],
  },
  'account-outside': {
    agent: { scope: { accounts: ['1'] } },
    shows: () => [event(0, 'store:get', 'docs/1', { account: '2' })],
    not: () => [event(0, 'store:get', 'docs/1', { account: '1' }), event(1, 'store:get', 'docs/1')],
  },
  'region-outside': {
    agent: { scope: { regions: ['north'] }, grants: [...reader().grants, { actions: ['id:who'], resources: ['*'] }] },
    shows: () => [event(0, 'store:get', 'docs/1', { region: 'south' })],
    not: () => [event(0, 'store:get', 'docs/1', { region: 'north' }), event(1, 'id:who', undefined, { region: 'south' })],
  },
  'network-outside': {
    agent: { scope: { networks: ['10.0.0.0/8', '2001:db8::/32'] } },
    shows: () => [event(0, 'store:get', 'docs/1', { source: '203.0.113.9' })],
    not: () =>
      ['10.1.2.3', '2001:db8::7', 'store.internal', undefined].map((source) =>
        event(0, 'store:get', 'docs/1', source === undefined ? {} : { source }),
      ),
  },
  'identity-taken': {
    agent: { enteredBy: ['runtime', 'role/boss'] },
    shows: () => [event(0, 'id:become', 'role/reader', { principal: 'role/stranger' })],
    not: () => ['runtime', 'role/boss'].map((principal) => event(0, 'id:become', 'role/reader', { principal })),
  },
  'agent-limit': {
    agent: { limits: { callsPerMinute: 5 } },
    shows: () => many(6, (index) => event(index * 10, 'store:get', `docs/${index}`)),
    not: () => many(60, (index) => event(index * 12, 'store:get', `docs/${index}`)),
  },
  'step-limit': {
    agent: { limits: { perStep: { 'docs:read': 2 } } },
    shows: () => many(3, (index) => event(index, 'store:get', `docs/${index}`)),
    not: () => [
      ...many(2, (index) => event(index, 'store:get', `docs/${index}`)),
      ...many(9, (index) => event(index, 'log:put', 'log/reader')),
    ],
  },
  'action-limit': {
    agent: { limits: { perAction: { 'Store:Get': 2 } } },
    shows: () => many(3, (index) => event(index, 'store:get', `docs/${index}`)),
    not: () => many(9, (index) => event(index, 'store:list', 'docs')),
  },
  'resource-limit': {
    agent: { limits: { perResource: 2 } },
    shows: () => many(3, (index) => event(index, 'store:get', 'docs/1')),
    not: () => many(9, (index) => event(index, 'store:get', `docs/${index}`)),
  },
  loop: {
    shows: () => many(61, () => event(0, 'store:get', 'docs/1')),
    not: () => many(600, (index) => event(index % 10, 'store:get', `docs/${index % 50}`)),
  },
  'throttling-storm': {
    shows: () => many(21, (index) => event(index, 'store:get', `docs/${index}`, { outcome: 'throttled' })),
    not: () => many(21, (index) => event(index * 5, 'store:get', `docs/${index}`, { outcome: 'throttled' })),
  },
};

test.each(Object.entries(CASES))('%s is seen, and not taken for something like it', (rule, { agent, shows, not }) => {
  const watched = reader(agent);
  const found = detect(shows(), { agent: watched });
  expect(rulesOf(found)).toContain(rule);
  expect(rulesOf(detect(not(), { agent: watched }))).not.toContain(rule);
  const [one] = found.filter((detection) => detection.rule === rule);
  expect(one).toMatchObject({
    agent: 'reader',
    fleet: 'prod',
    signal: DETECTION_RULES[rule as DetectionRuleId].signal,
    owner: 'team@example.com',
  });
  expect(one?.summary).not.toBe('');
  expect(one?.events.length).toBeGreaterThan(0);
});

test('every rule has a case', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(DETECTION_RULES).sort());
});

test('a call beyond the grant is told as one behaviour, whatever session it is in', () => {
  const events = ['A', 'B', 'B'].map((credential, index) => event(index, 'id:grant', 'role/x', { credential }));
  const found = detect(events).filter(({ rule }) => rule === 'changes-access');
  expect(found.map(({ session: one }) => one)).toEqual(['A', 'B']);
  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
});

test.each([
  ['succeeded', 'critical'],
  ['denied', 'high'],
] as const)('a step towards more access that %s is %s', (outcome, severity) => {
  expect(detect([event(0, 'run:as', 'role/x', { outcome })]).find(({ rule }) => rule === 'escalation-step')?.severity).toBe(severity);
});

test('only what is exact may act, unless the spec says what is done', () => {
  const denied = () => many(4, (index) => event(index, 'store:get', `docs/${index}`, { outcome: 'denied' }));
  const [plain] = detect(denied());
  expect(plain).toMatchObject({ basis: 'statistical', mayAct: false });
  const [promoted] = detect(denied(), { agent: reader({ responses: { 'unknown-sequence': 'brake' } }) });
  expect(promoted).toMatchObject({ mayAct: true, response: 'brake' });
  const [quiet] = detect([event(0, 'store:delete')], { agent: reader({ responses: { 'unexpected-call': 'notify' } }) });
  expect(quiet).toMatchObject({ basis: 'exact', mayAct: false, response: 'notify' });
  // An action that was never granted is high: below what is named it is told, from there on it is done.
  const at = (responses: WatchedAgent['responses']) => detect([event(0, 'store:delete')], { agent: reader({ responses }) })[0];
  expect(at({ 'unexpected-call': { critical: 'brake' } })).toMatchObject({ severity: 'high', response: 'notify', mayAct: false });
  expect(at({ 'unexpected-call': { medium: 'restrict', critical: 'brake' } })).toMatchObject({ response: 'restrict', mayAct: true });
  expect(at({ 'unexpected-call': { high: 'quarantine' } })).toMatchObject({ response: 'quarantine', mayAct: true });
  expect(detect([event(0, 'store:delete')])[0]).toMatchObject({ basis: 'exact', mayAct: true });
});

test('what holds a thing is not the thing that is acted on', () => {
  const both = (thing: string) => event(0, 'store:get', undefined, { resources: [thing.split('/')[0] ?? '', thing] });
  expect(rulesOf(detect([both('docs/1')]))).toEqual([]);
  expect(rulesOf(detect([both('payroll/1')]))).toEqual(['resource-outside']);
});

test("a service that calls on the agent's behalf makes no step", () => {
  const events = [...session('list read ask'), event(15, 'key:decrypt', 'key/1')];
  expect(detect(events, { agent: reader({ workflows: [ANSWER] }) })).toEqual([]);
});
