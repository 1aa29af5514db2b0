import { Responder } from '../../../lib/core/containment/responder';
import type { ContainmentTrigger } from '../../../lib/core/containment/types';
import { FakeCloud } from './fake-cloud';

const KEY = { fleet: 'main', agent: 'reader' };
const AGENTS = ['reader', 'writer'];

let cloud: FakeCloud;
let responder: Responder;
let count = 0;
const nextId = (): string => {
  count += 1;
  return `t${count}`;
};
beforeEach(() => {
  cloud = new FakeCloud();
  responder = new Responder(cloud.ports(AGENTS));
});

const trigger = (more: Partial<ContainmentTrigger> = {}): ContainmentTrigger => ({
  ...KEY,
  id: nextId(),
  kind: 'detection',
  at: new Date(cloud.clock * 1000).toISOString(),
  response: 'brake',
  by: 'escalation-step',
  reason: 'it tried iam:CreateAccessKey',
  mayAct: true,
  ...more,
});
const incident = async () => (await responder.status(KEY))?.incident;
const approval = (by: string, reason = 'it was the test of a person') => ({ by, reason, at: new Date(cloud.clock * 1000).toISOString() });

test('a certain detection stops the agent at once, checks that, and tells people in words', async () => {
  expect((await responder.trigger(trigger())).kind).toBe('opened');
  expect(cloud.world('reader')).toMatchObject({
    denied: 'braked',
    chains: true,
    trust: true,
    compute: true,
    evidence: [expect.any(String)],
  });
  expect(await incident()).toMatchObject({ status: 'contained', stage: 'braked', automatic: true });
  expect(cloud.told.map((text) => text.replace(/[0-9a-f]{32}/, 'ID'))).toMatchInlineSnapshot(`
[
  "Agent reader of fleet main is being stopped (incident ID). Asked for by escalation-step: it tried iam:CreateAccessKey",
  "Agent reader of fleet main is stopped, and that was checked (incident ID).",
]
`);
  expect(cloud.worlds.has('writer')).toBe(false);
});

test.each([
  ['a detection that is no certainty', { mayAct: false }, 'told', /a person decides/],
  ['one that only tells', { response: 'notify' as const }, 'told', /nothing but to be told/],
  ['an agent that nobody registered', { agent: 'stranger' }, 'refused', /nothing else is ever touched/],
  ['a role of the stack itself', { agent: 'cdk-hnb659fds-deploy-role' }, 'refused', /nothing else is ever touched/],
])('%s touches nothing, and is told', async (_, more, kind, words) => {
  expect((await responder.trigger(trigger(more))).kind).toBe(kind);
  expect(cloud.told.join()).toMatch(words);
  expect([...cloud.worlds.values()].every(({ writes }) => writes === 0)).toBe(true);
});

test('as long as it is not armed, it says what it would have done, and does nothing', async () => {
  cloud.armed = false;
  expect(await responder.trigger(trigger({ response: 'quarantine' }))).toMatchObject({ kind: 'rehearsed', stage: 'quarantined' });
  expect(cloud.told[0]).toMatch(
    /would be stopped and kept from coming back now, and is not.*evidence, brake, chains, trust, compute, again, verify/,
  );
  expect(cloud.worlds.size).toBe(0);
  // A person who says so is obeyed all the same.
  expect((await responder.trigger(trigger({ kind: 'person', by: 'ada' }))).kind).toBe('opened');
  expect(cloud.world('reader').denied).toBe('braked');
});

test('a second trigger joins, may go further, and never goes back', async () => {
  await responder.trigger(trigger({ response: 'restrict' }));
  expect(cloud.world('reader').denied).toBe('restricted');
  const first = await incident();
  expect((await responder.trigger(trigger({ response: 'quarantine', kind: 'person', by: 'ada' }))).kind).toBe('joined');
  expect(cloud.world('reader')).toMatchObject({ denied: 'quarantined', trust: false, compute: false });
  await responder.trigger(trigger({ response: 'restrict' }));
  expect(await incident()).toMatchObject({ id: first?.id, stage: 'quarantined', status: 'contained' });
  expect(cloud.world('reader').evidence).toEqual([first?.id]);
});

test('an agent that goes on showing signals while it is contained is told of once', async () => {
  await responder.trigger(trigger());
  const told = cloud.told.length;
  for (let count = 0; count < 5; count += 1) await responder.trigger(trigger());
  expect(cloud.told).toHaveLength(told);
  expect((await incident())?.triggers).toHaveLength(6);
  await responder.trigger(trigger({ response: 'quarantine' }));
  expect(cloud.told.length).toBeGreaterThan(told);
});

test('the same trigger heard again changes nothing and is not told again', async () => {
  const same = trigger();
  await responder.trigger(same);
  const [writes, told] = [cloud.world('reader').writes, cloud.told.length];
  expect((await responder.trigger(same)).kind).toBe('told');
  expect([cloud.world('reader').writes, cloud.told.length]).toEqual([writes, told]);
});

test('what a change needs to spread is waited for, and the brake put on again, before it is checked', async () => {
  const start = cloud.clock;
  await responder.trigger(trigger());
  expect(cloud.clock - start).toBeGreaterThanOrEqual(10);
  expect((await incident())?.steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'evidence done',
    'brake done',
    'chains done',
    'again done',
    'verify done',
  ]);
});

test('one step that fails keeps no other from being done, and is never called contained', async () => {
  const ports = cloud.ports(AGENTS);
  responder = new Responder({ ...ports, handlers: { ...ports.handlers, evidence: () => Promise.reject(new Error('no such bucket')) } });
  await responder.trigger(trigger());
  for (let minute = 0; minute < 5; minute += 1) {
    cloud.clock += 60;
    await responder.sweep();
  }
  expect(cloud.world('reader').denied).toBe('braked');
  expect((await incident())?.status).toBe('needs-person');
  expect(cloud.told.at(-1)).toMatch(/needs a person now.*evidence: Error: no such bucket/);
  // Once somebody has mended it, the same incident comes to its end.
  responder = new Responder(ports);
  await responder.trigger(trigger({ kind: 'person', by: 'ada' }));
  expect((await incident())?.status).toBe('contained');
});

test('a check that does not hold is no containment', async () => {
  const ports = cloud.ports(AGENTS);
  const said = { ok: false as const, receipt: { at: '', said: 's3:GetObject is still allowed' } };
  responder = new Responder({ ...ports, handlers: { ...ports.handlers, verify: async () => said } });
  await responder.trigger(trigger());
  for (let minute = 0; minute < 5; minute += 1) {
    cloud.clock += 60;
    await responder.sweep();
  }
  expect((await incident())?.status).toBe('needs-person');
  expect(cloud.told.at(-1)).toMatch(/verify: s3:GetObject is still allowed/);
});

test('where people cannot be told, the agent is stopped all the same, and they are told later', async () => {
  const ports = cloud.ports(AGENTS);
  responder = new Responder({ ...ports, tell: () => Promise.reject(new Error('no such topic')) });
  await expect(responder.trigger(trigger())).rejects.toThrow('no such topic');
  expect(cloud.world('reader').denied).toBe('braked');
  responder = new Responder(ports);
  await responder.sweep();
  expect(cloud.told).toHaveLength(2);
});

test('what a deployment undoes while an agent is contained is done again, and told', async () => {
  await responder.trigger(trigger({ response: 'quarantine' }));
  Object.assign(cloud.world('reader'), { trust: true, compute: true });
  cloud.clock += 301;
  await responder.sweep();
  expect(cloud.world('reader')).toMatchObject({ denied: 'quarantined', trust: false, compute: false });
  expect(await incident()).toMatchObject({ status: 'contained' });
  expect(cloud.told.at(-2)).toMatch(/no longer contained \(not so\), and is contained again/);
  const told = cloud.told.length;
  cloud.clock += 301;
  await responder.sweep();
  expect([cloud.told.length, (await incident())?.checkedAt]).toEqual([told, new Date(cloud.clock * 1000).toISOString()]);
});

describe('restore', () => {
  beforeEach(async () => {
    await responder.trigger(trigger({ response: 'quarantine' }));
  });

  test('takes two people, a reason and some time, and opens everything', async () => {
    expect(await responder.approve(KEY, approval('ada'))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/stays contained until/),
    });
    cloud.clock += 901;
    expect(await responder.approve(KEY, approval('ada', ' '))).toMatchObject({ kind: 'refused' });
    expect((await responder.approve(KEY, approval('ada'))).kind).toBe('waits');
    expect(await responder.approve(KEY, approval('ada'))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/another person/),
    });
    expect(cloud.world('reader').denied).toBe('quarantined');
    expect((await responder.approve(KEY, approval('grace'))).kind).toBe('restoring');
    expect(cloud.world('reader')).toMatchObject({ denied: undefined, chains: false, trust: true, compute: true });
    expect(await incident()).toMatchObject({ status: 'restored', approvals: [{ by: 'ada' }, { by: 'grace' }] });
    expect(await responder.approve(KEY, approval('ada'))).toMatchObject({ kind: 'refused', reason: 'The agent is not contained.' });
  });

  test('does not contain the agent again by itself, and what is new does after a while', async () => {
    const early = trigger();
    cloud.clock += 901;
    await responder.approve(KEY, approval('ada'));
    await responder.approve(KEY, approval('grace'));
    expect(await responder.trigger(early)).toMatchObject({ kind: 'told', reason: expect.stringMatching(/before two people restored/) });
    cloud.clock += 10;
    expect(await responder.trigger(trigger())).toMatchObject({ kind: 'told', reason: expect.stringMatching(/people decide/) });
    expect((await responder.trigger(trigger({ kind: 'person', by: 'ada' }))).kind).toBe('opened');
    expect(cloud.world('reader').denied).toBe('braked');
  });

  test('is broken off by a new trigger, and the agent contained again', async () => {
    cloud.clock += 901;
    await responder.approve(KEY, approval('ada'));
    const ports = cloud.ports(AGENTS);
    let asked = 0;
    const release = async () => {
      asked += 1;
      return { ok: false as const, receipt: { at: '', said: 'throttled' } };
    };
    const slow = new Responder({
      ...ports,
      handlers: { ...ports.handlers, release },
      pause: () => Promise.reject(new Error('the function ends')),
    });
    await expect(slow.approve(KEY, approval('grace'))).rejects.toThrow('the function ends');
    expect([asked, cloud.world('reader').trust]).toEqual([1, true]);
    await responder.trigger(trigger({ kind: 'person', by: 'ada', response: 'quarantine' }));
    expect(cloud.world('reader')).toMatchObject({ denied: 'quarantined', trust: false, compute: false });
    // The one that was restoring is slow, and comes to its end only now.
    cloud.world('reader').denied = undefined;
    expect((await incident())?.status).toBe('containing');
    cloud.clock += 61;
    await responder.sweep();
    expect(cloud.world('reader').denied).toBe('quarantined');
    expect(await incident()).toMatchObject({ status: 'contained', approvals: [] });
  });
});

test('machines contain at most so many agents of a fleet in an hour; people may always', async () => {
  const agents = Array.from({ length: 12 }, (_, index) => `a${index}`);
  responder = new Responder(cloud.ports(agents));
  const kinds: string[] = [];
  for (const agent of agents) kinds.push((await responder.trigger(trigger({ agent }))).kind);
  expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(10);
  expect(cloud.told.join('\n')).toMatch(/Machines contained 10 agents/);
  expect((await responder.trigger(trigger({ agent: 'a11', kind: 'person', by: 'ada' }))).kind).toBe('opened');
});

test('two responders at once leave one incident, and one containment', async () => {
  const others = [1, 2, 3].map(() => new Responder(cloud.ports(AGENTS)));
  await Promise.all(others.map((one) => one.trigger(trigger())));
  const found = await incident();
  expect(found).toMatchObject({ status: 'contained' });
  expect(found?.triggers).toHaveLength(3);
  expect(cloud.world('reader')).toMatchObject({ denied: 'braked', evidence: [found?.id] });
});

describe('a drill', () => {
  const drill = () => trigger({ kind: 'drill', by: 'drill', reason: 'every month', agent: 'writer' });

  test('contains a canary for real, checks it, restores it by itself, and says how long it took', async () => {
    cloud.canaries = ['writer'];
    expect((await responder.trigger(drill())).kind).toBe('opened');
    expect(cloud.world('writer')).toMatchObject({ denied: undefined, chains: false, evidence: [expect.any(String)] });
    expect(cloud.told.at(-1)).toMatch(
      /^Drill: Agent writer of fleet main was stopped and checked 10 s after it was asked for, and is restored/,
    );
  });

  test('is for canaries alone', async () => {
    expect(await responder.trigger(drill())).toMatchObject({ kind: 'refused', reason: 'Drills are for canaries alone.' });
    expect(cloud.worlds.size).toBe(0);
  });

  test('that somebody else joins is a drill no more', async () => {
    cloud.canaries = ['writer'];
    const ports = cloud.ports(AGENTS);
    const slow = new Responder({ ...ports, pause: () => Promise.reject(new Error('the function ends')) });
    await expect(slow.trigger(drill())).rejects.toThrow();
    await responder.trigger(trigger({ kind: 'person', by: 'ada', agent: 'writer' }));
    cloud.clock += 60;
    await responder.sweep();
    expect((await responder.status({ fleet: 'main', agent: 'writer' }))?.incident).toMatchObject({ status: 'contained' });
    expect(cloud.world('writer').denied).toBe('braked');
  });

  test('that fails is told as anything that fails', async () => {
    cloud.canaries = ['writer'];
    const ports = cloud.ports(AGENTS);
    const said = { ok: false as const, receipt: { at: '', said: 's3:GetObject is still allowed' } };
    responder = new Responder({ ...ports, handlers: { ...ports.handlers, verify: async () => said } });
    await responder.trigger(drill());
    for (let minute = 0; minute < 5; minute += 1) {
      cloud.clock += 60;
      await responder.sweep();
    }
    expect(cloud.told.at(-1)).toMatch(/needs a person now.*still allowed/);
  });
});

describe('a workflow alone', () => {
  const key = { ...KEY, workflow: 'answer' };

  test('is stopped and let go on, while the agent and its other workflows go on', async () => {
    await responder.trigger(trigger({ kind: 'person', by: 'ada', workflow: 'answer', response: 'brake' }));
    expect(cloud.world('reader')).toMatchObject({ denied: undefined, trust: true, paused: ['answer'] });
    expect((await responder.status(key))?.incident).toMatchObject({ status: 'contained', workflow: 'answer' });
    expect(await responder.status(KEY)).toBeUndefined();
    expect(cloud.told.at(-1)).toMatch(/^Workflow answer of agent reader of fleet main is stopped/);
    cloud.clock += 901;
    for (const by of ['ada', 'grace']) await responder.approve(key, approval(by));
    expect(cloud.world('reader').paused).toEqual([]);
  });

  test('and the agent as a whole are two incidents', async () => {
    await responder.trigger(trigger({ kind: 'person', by: 'ada', workflow: 'answer' }));
    await responder.trigger(trigger());
    expect(cloud.world('reader')).toMatchObject({ denied: 'braked', paused: ['answer'] });
    expect((await responder.status(key))?.incident?.id).not.toBe((await responder.status(KEY))?.incident?.id);
  });

  test('that nobody registered is refused', async () => {
    expect(await responder.trigger(trigger({ kind: 'person', by: 'ada', workflow: 'other' }))).toMatchObject({ kind: 'refused' });
    expect(cloud.worlds.size).toBe(0);
  });
});

describe('a step that waits for its turn', () => {
  const busy = (seconds: number, each: number) => {
    cloud.busy = { until: cloud.clock + seconds, seconds: each };
  };
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute += 1) {
      cloud.clock += 60;
      await responder.sweep();
    }
  };

  test('is done when that comes, within the run where it is soon, and no attempt is counted', async () => {
    busy(20, 5);
    const began = cloud.clock;
    await responder.trigger(trigger());
    expect((await incident())?.status).toBe('contained');
    expect((await incident())?.steps.map(({ attempts, queuedAt }) => [attempts, queuedAt])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
      [1, undefined],
      [1, undefined],
    ]);
    expect(cloud.clock - began).toBeLessThan(45);
  });

  test('is left to the sweep where a run would not live to see it', async () => {
    busy(1_000, 10);
    const began = cloud.clock;
    await responder.trigger(trigger());
    // A function has a minute.
    expect(cloud.clock - began).toBeLessThan(45);
    expect(await incident()).toMatchObject({
      status: 'containing',
      steps: expect.arrayContaining([expect.objectContaining({ attempts: 0, queuedAt: began })]),
    });
    await minutes(18);
    expect((await incident())?.status).toBe('contained');
    expect((await incident())?.steps.every(({ attempts }) => attempts === 1)).toBe(true);
  });

  test('is told to a person after an hour, and tried anew when asked for again', async () => {
    busy(100_000, 30);
    await responder.trigger(trigger());
    await minutes(40);
    expect(await incident()).toMatchObject({ status: 'containing' });
    await minutes(25);
    // Not an hour for each: what comes last waits no longer where something before it waited for so long.
    expect(await incident()).toMatchObject({ status: 'needs-person' });
    expect(cloud.told.at(-1)).toMatch(/needs a person now.*evidence: waits for its turn \(its turn did not come since 20/);
    cloud.busy.until = 0;
    await responder.trigger(trigger({ kind: 'person' }));
    expect(await incident()).toMatchObject({ status: 'contained' });
  });

  test('that comes at once again does not spin', async () => {
    busy(10, 0);
    await responder.trigger(trigger());
    expect((await incident())?.status).toBe('contained');
  });

  test('is no sign that an agent is no longer contained, unless no look comes to an end for an hour', async () => {
    await responder.trigger(trigger());
    const told = cloud.told.length;
    busy(3_500, 60);
    await minutes(50);
    expect(await incident()).toMatchObject({ status: 'contained' });
    expect(cloud.told).toHaveLength(told);
    await minutes(20);
    const { checkedAt, look } = (await incident()) ?? {};
    expect(Date.parse(checkedAt ?? '') / 1000).toBeGreaterThan(cloud.clock - 400);
    expect(look).toBeUndefined();
    busy(100_000, 60);
    await minutes(75);
    expect(cloud.told.slice(told).join()).toMatch(/no longer contained \(waits for its turn\)/);
    await minutes(70);
    expect(await incident()).toMatchObject({ status: 'needs-person' });
  });
});
