import { Responder } from '../../../lib/core/containment/responder';
import type { RegisteredAgent } from '../../../lib/core/containment/service';
import type { ContainmentTrigger, Incident } from '../../../lib/core/containment/types';
import type { WrittenDeny } from '../../../lib/gcp/runtime/containment/agent';
import { DenyQueue } from '../../../lib/gcp/runtime/containment/deny-queue';
import { recordDocuments } from '../../../lib/gcp/runtime/containment/record-documents';
import { CONTAIN, RESTORE, stepHandlers } from '../../../lib/gcp/runtime/containment/steps';
import { Collection, integer, text } from '../../../lib/gcp/runtime/firestore';
import type { GoogleApi } from '../../../lib/gcp/runtime/google-api';
import { DenyPolicies, PLACE } from './deny-policies';
import { FirestorePart, GOOGLE_API, GoogleServer, objectsPart } from './google-server';
import { Timeline } from './timeline';

const DATABASE = 'projects/example-finance/databases/agentic-iam';
const POLICY = 'agentic-iam-stop-main-x';
const START = Date.parse('2026-11-26T08:00:00Z') / 1000;
const principalOf = (name: string): string => `principal://iam.googleapis.com/projects/1/pools/aim-main/subject/${name}`;
const denyOf = (name: string, more: Partial<WrittenDeny> = {}): WrittenDeny => ({
  kind: 'written',
  place: PLACE,
  organization: '123',
  policy: POLICY,
  displayName: 'stops main of example-finance',
  principal: principalOf(name),
  permissions: ['storage.googleapis.com/objects.get'],
  ...more,
});

class Dead extends Error {}

/** A fleet whose agents are stopped by one policy, and responders that run at once, each a process of its own. */
class Fleet {
  readonly time = new Timeline(START);
  readonly denies = new DenyPolicies();
  readonly firestore = new FirestorePart();
  readonly told: string[] = [];
  readonly native = new Map<string, WrittenDeny>();
  readonly server = new GoogleServer([this.firestore.part, objectsPart(new Map(), 'evidence'), (call) => this.denies.part(call)]);
  calls = 0;

  async start(): Promise<this> {
    await this.server.start();
    this.denies.now = () => this.time.now;
    this.denies.lagSeconds = 3;
    return this;
  }

  /** One process. @param dies at which of its calls; it does nothing more after that */
  process({ dies = Number.POSITIVE_INFINITY, after = false }: { readonly dies?: number; readonly after?: boolean } = {}) {
    let count = 0;
    const mortal = (inner: GoogleApi): GoogleApi => ({
      service: (name) => ({
        call: async <T>(method: string, path: string, body?: object): Promise<T> => {
          count += 1;
          if (count > dies || (count === dies && !after)) throw new Dead();
          const answer = await inner.service(name).call<T>(method, path, body);
          if (count >= dies) throw new Dead();
          return answer;
        },
        text: (path) => inner.service(name).text(path),
        change: (path, options) => inner.service(name).change(path, options),
      }),
    });
    const api = mortal(this.server.api());
    const agent = async ({ agent: name }: { readonly agent: string }): Promise<RegisteredAgent | undefined> => this.agent(name);
    const queue = new DenyQueue({
      api: mortal(this.server.api({ attempts: 1 })),
      wishes: new Collection(api, DATABASE, 'denials'),
      turns: new Collection(api, DATABASE, 'denialTurns'),
      registered: agent,
      now: () => this.time.now,
      // In order of their names, so that a test runs alike each time.
      random: () => 0.5,
    });
    const responder = new Responder({
      agent,
      store: recordDocuments(new Collection(api, DATABASE, 'incidents'), new Collection(api, DATABASE, 'openings'), () => this.time.now),
      contain: CONTAIN,
      restore: RESTORE,
      handlers: stepHandlers({
        api,
        bucket: 'evidence',
        tellOthers: async () => 'told',
        ask: async () => {
          throw new Error('this agent is no canary');
        },
        containedByPool: async () => false,
        denials: queue,
        now: () => new Date(this.time.now * 1000),
      }),
      tell: async (said) => void this.told.push(said),
      now: () => this.time.now,
      pause: this.time.pause,
    });
    return { responder, queue, calls: () => count };
  }

  private agent(name: string): RegisteredAgent | undefined {
    const identity = this.native.get(name);
    return (
      identity &&
      ({ name, fleet: 'main', cloud: 'gcp', owner: 'o', armed: true, responses: {}, native: { identity, work: [], secrets: [] } } as never)
    );
  }

  /** Whatever runs at once, and then a sweep each minute. */
  async play(works: readonly (() => Promise<unknown>)[], minutes: number): Promise<void> {
    const sweeps = async (): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await this.time.pause(60);
        await this.process().responder.sweep();
      }
    };
    await Promise.all([...works, sweeps].map((work) => this.time.run(() => work().catch(ignoreDead))));
  }

  contain(name: string, { dies, after }: { readonly dies?: number; readonly after?: boolean } = {}): () => Promise<unknown> {
    const trigger: ContainmentTrigger = {
      id: `p-${name}-${this.time.now}`,
      kind: 'person',
      fleet: 'main',
      agent: name,
      at: new Date(this.time.now * 1000).toISOString(),
      response: 'brake',
      by: 'ada',
      reason: 'r',
    };
    return () =>
      this.process({ ...(dies === undefined ? {} : { dies }), ...(after === undefined ? {} : { after }) }).responder.trigger(trigger);
  }

  restore(name: string, options: { readonly dies?: number } = {}): () => Promise<unknown> {
    const key = { fleet: 'main', agent: name };
    return async () => {
      const at = new Date(this.time.now * 1000).toISOString();
      await this.process().responder.approve(key, { by: 'ada', at, reason: 'r' });
      await this.process(options).responder.approve(key, { by: 'grace', at, reason: 'r' });
    };
  }

  async incident(name: string): Promise<Incident | undefined> {
    return (await this.process().responder.status({ fleet: 'main', agent: name }))?.incident;
  }

  stopped(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.denies.stops(POLICY, principalOf(name)));
  }
}

const ignoreDead = (error: unknown): void => {
  if (!(error instanceof Dead)) throw error;
};

async function fleetOf(count: number): Promise<{ readonly fleet: Fleet; readonly names: readonly string[] }> {
  const fleet = await new Fleet().start();
  const names = Array.from({ length: count }, (_, at) => `agent-${String(at).padStart(2, '0')}`);
  for (const name of names) fleet.native.set(name, denyOf(name));
  return { fleet, names };
}

const statuses = async (fleet: Fleet, names: readonly string[]): Promise<readonly (string | undefined)[]> =>
  Promise.all(names.map(async (name) => (await fleet.incident(name))?.status));
const all = (names: readonly string[], status: string): readonly string[] => names.map(() => status);

/** Each agent on a policy that everybody changes. */
const later = (fleet: Fleet, seconds: number): void => {
  fleet.time.now += seconds;
};

describe('thirty agents at once', () => {
  test('are contained by two writes within half a minute, none is lost, and none fails', async () => {
    const { fleet, names } = await fleetOf(30);
    await fleet.play(
      names.map((name) => fleet.contain(name)),
      0,
    );
    expect(await statuses(fleet, names)).toEqual(all(names, 'contained'));
    expect(fleet.stopped(names)).toEqual(names);
    expect(fleet.denies.writes.length).toBeLessThanOrEqual(3);
    expect(fleet.denies.reads.length).toBeLessThanOrEqual(4);
    expect(fleet.time.now - START).toBeLessThan(30);
    for (const name of names) expect((await fleet.incident(name))?.steps.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    expect(fleet.denies.policies.size).toBe(1);
    expect([...fleet.denies.policies.values()][0]?.rules).toHaveLength(30);
    await fleet.server.stop();
  }, 60_000);

  test('come one after the other for ten minutes, and Google is never asked more than it takes', async () => {
    const { fleet, names } = await fleetOf(30);
    const works = names.map((name, at) => async () => {
      await fleet.time.pause(at * 20);
      await fleet.contain(name)();
    });
    await fleet.play(works, 14);
    expect(await statuses(fleet, names)).toEqual(all(names, 'contained'));
    expect(fleet.stopped(names)).toEqual(names);
    expect(fleet.denies.most.reads).toBeLessThanOrEqual(4);
    expect(fleet.denies.most.writes).toBeLessThanOrEqual(4);
    for (const name of names) expect(Math.max(...((await fleet.incident(name))?.steps ?? []).map(({ attempts }) => attempts))).toBe(1);
    expect(fleet.told.filter((said) => said.includes('no longer'))).toEqual([]);
    await fleet.server.stop();
  }, 60_000);

  test('are looked at again together, and what somebody took out is found, told and written again', async () => {
    const { fleet, names } = await fleetOf(30);
    await fleet.play(
      names.map((name) => fleet.contain(name)),
      12,
    );
    expect(fleet.denies.reads.length).toBeLessThan(20);
    expect((await statuses(fleet, names)).filter((one) => one !== 'contained')).toEqual([]);
    fleet.denies.edit(POLICY, ({ rules }) => ({ rules: rules.slice(2) }));
    expect(fleet.stopped(names)).toHaveLength(28);
    await fleet.play([], 8);
    expect(fleet.stopped(names)).toEqual(names);
    expect(await statuses(fleet, names)).toEqual(all(names, 'contained'));
    expect(fleet.told.filter((said) => said.includes('no longer contained'))).toHaveLength(2);
    fleet.denies.policies.clear();
    await fleet.play([], 12);
    expect(fleet.stopped(names)).toEqual(names);
    expect(fleet.denies.most.reads).toBeLessThanOrEqual(5);
    await fleet.server.stop();
  }, 120_000);

  test('are let go by few writes, too; who is not restored stays stopped, and the policy goes with the last', async () => {
    const { fleet, names } = await fleetOf(30);
    await fleet.play(
      names.map((name) => fleet.contain(name)),
      0,
    );
    const [some, rest] = [names.slice(0, 12), names.slice(12)];
    later(fleet, 4_000);
    fleet.denies.writes.splice(0);
    await fleet.play(
      some.map((name) => fleet.restore(name)),
      3,
    );
    expect(await statuses(fleet, some)).toEqual(all(some, 'restored'));
    expect(fleet.stopped(names)).toEqual(rest);
    expect(fleet.denies.writes.length).toBeLessThanOrEqual(3);
    expect(await statuses(fleet, rest)).toEqual(all(rest, 'contained'));
    await fleet.play(
      rest.map((name) => fleet.restore(name)),
      3,
    );
    expect(await statuses(fleet, rest)).toEqual(all(rest, 'restored'));
    expect(fleet.denies.policies.size).toBe(0);
    await fleet.server.stop();
  }, 60_000);
});

test.each([false, true])(
  'a responder that dies at any of its calls (after it: %p) loses nothing but its turn',
  async (after) => {
    const probe = await fleetOf(1);
    const only = probe.fleet.process();
    await probe.fleet.time.run(() => only.responder.trigger({ ...TRIGGER, agent: 'agent-00' }));
    const calls = only.calls();
    expect(calls).toBeGreaterThan(25);
    await probe.fleet.server.stop();
    for (let dies = 1; dies <= calls; dies += 1) {
      const { fleet, names } = await fleetOf(3);
      // Two others at the same time, who must not wait for the dead.
      await fleet.play([fleet.contain('agent-00', { dies, after }), fleet.contain('agent-01'), fleet.contain('agent-02')], 4);
      // What asks comes again, as queues deliver.
      await fleet.play([fleet.contain('agent-00')], 3);
      expect([dies, await statuses(fleet, names)]).toEqual([dies, all(names, 'contained')]);
      expect([dies, fleet.stopped(names)]).toEqual([dies, names]);
      expect(fleet.denies.most.writes).toBeLessThanOrEqual(4);
      await fleet.server.stop();
    }
  },
  240_000,
);
const TRIGGER: ContainmentTrigger = {
  id: 'p',
  kind: 'person',
  fleet: 'main',
  agent: 'agent-00',
  at: new Date(START * 1000).toISOString(),
  response: 'brake',
  by: 'ada',
  reason: 'r',
};

test('a responder that dies in a restore leaves the others stopped, and the agent goes all the same', async () => {
  for (let dies = 1; dies <= 30; dies += 1) {
    const { fleet, names } = await fleetOf(2);
    await fleet.play(
      names.map((name) => fleet.contain(name)),
      0,
    );
    later(fleet, 4_000);
    await fleet.play([fleet.restore('agent-00', { dies })], 4);
    const status = (await fleet.incident('agent-00'))?.status;
    expect([dies, fleet.stopped(names)]).toEqual([dies, status === 'restored' ? ['agent-01'] : names]);
    expect([dies, status]).toEqual([dies, dies <= 4 ? expect.anything() : 'restored']);
    await fleet.server.stop();
  }
}, 120_000);

/** Does something just before a call of Google's is carried out. */
function justBefore(fleet: Fleet, method: string, run: () => void): void {
  let done = false;
  fleet.server.fault = (call) => {
    if (done || call.service !== 'iam' || call.method !== method) return undefined;
    done = true;
    run();
    return undefined;
  };
}

describe('somebody else', () => {
  test('who changes the policy between read and write loses nothing by it, nor does the agent', async () => {
    const { fleet, names } = await fleetOf(2);
    await fleet.play([fleet.contain('agent-00')], 0);
    const theirs = { description: 'ours', denyRule: { deniedPrincipals: ['principal://q'], deniedPermissions: ['x.googleapis.com/y.z'] } };
    justBefore(fleet, 'PUT', () => fleet.denies.edit(POLICY, ({ rules }) => ({ rules: [...rules, theirs] })));
    later(fleet, 120);
    await fleet.play([fleet.contain('agent-01')], 2);
    expect(await statuses(fleet, names)).toEqual(all(names, 'contained'));
    expect(fleet.stopped(names)).toEqual(names);
    expect([...fleet.denies.policies.values()][0]?.rules).toContainEqual(theirs);
    expect((await fleet.incident('agent-01'))?.steps.find(({ id }) => id === 'identity')).toMatchObject({
      attempts: 1,
      receipt: { said: expect.stringMatching(/; 1 of the policy's rules are somebody else's, and were left as they are$/) },
    });
    later(fleet, 4_000);
    await fleet.play(
      names.map((name) => fleet.restore(name)),
      3,
    );
    expect([...fleet.denies.policies.values()][0]?.rules).toEqual([theirs]);
    await fleet.server.stop();
  });

  test('who made the policy, or deleted it, in that moment is read again', async () => {
    const { fleet, names } = await fleetOf(2);
    justBefore(fleet, 'POST', () => fleet.denies.put(POLICY, 'stops main of example-finance', []));
    await fleet.play([fleet.contain('agent-00')], 1);
    justBefore(fleet, 'PUT', () => fleet.denies.policies.clear());
    later(fleet, 120);
    await fleet.play([fleet.contain('agent-01')], 8);
    expect(fleet.stopped(names)).toEqual(names);
    expect(await statuses(fleet, names)).toEqual(all(names, 'contained'));
    await fleet.server.stop();
  });

  test('who weakened the rule of an agent is noticed, and it is written as it must be', async () => {
    const { fleet, names } = await fleetOf(1);
    await fleet.play([fleet.contain('agent-00')], 0);
    fleet.denies.edit(POLICY, ({ rules }) => ({
      rules: rules.map((rule) => ({ ...rule, denyRule: { ...rule.denyRule, exceptionPrincipals: [principalOf('agent-00')] } })),
    }));
    await fleet.play([], 8);
    expect(fleet.told.join()).toMatch(/was changed: it does not deny what it must/);
    expect([...fleet.denies.policies.values()][0]?.rules[0]?.denyRule).not.toHaveProperty('exceptionPrincipals');
    expect(await statuses(fleet, names)).toEqual(['contained']);
    await fleet.server.stop();
  });

  test('who takes all of a minute is waited for, and that is no failed attempt', async () => {
    const { fleet, names } = await fleetOf(1);
    fleet.denies.reads.push(...Array.from({ length: 5 }, () => START));
    await fleet.play([fleet.contain('agent-00')], 3);
    expect(await statuses(fleet, names)).toEqual(['contained']);
    expect((await fleet.incident('agent-00'))?.steps.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    await fleet.server.stop();
  });

  test('who writes wishes of his own makes nobody be denied anything that is not registered', async () => {
    const { fleet } = await fleetOf(1);
    const wishes = new Collection(fleet.server.api(), DATABASE, 'denials');
    fleet.native.set('elsewhere', denyOf('elsewhere', { policy: 'agentic-iam-stop-main-y' }));
    fleet.native.set('everybody', denyOf('everybody', { principal: 'principalSet://goog/public:all' }));
    for (const agent of ['ada', 'elsewhere', 'everybody'])
      await wishes.put(`${PLACE}/${POLICY}/${agent}`, {
        policy: text(`${PLACE}/${POLICY}`),
        agent: text(agent),
        fleet: text('main'),
        want: text('in'),
        at: integer(START),
      });
    await fleet.play([fleet.contain('agent-00')], 1);
    expect([...fleet.denies.policies.values()].flatMap(({ rules }) => rules.map(({ description }) => description))).toEqual([
      'stops agent-00 of main',
    ]);
    await fleet.server.stop();
  });
});

test('one agent that Google refuses to deny keeps no other from being stopped, and a person is told of it', async () => {
  const { fleet, names } = await fleetOf(4);
  fleet.native.set('agent-01', denyOf('agent-01', { permissions: ['unknown.googleapis.com/things.get'] }));
  await fleet.play(
    names.map((name) => fleet.contain(name)),
    6,
  );
  expect(await statuses(fleet, names)).toEqual(['contained', 'needs-person', 'contained', 'contained']);
  expect(fleet.stopped(names)).toEqual(names.filter((name) => name !== 'agent-01'));
  expect(fleet.told.filter((said) => said.includes('needs a person')).join()).toMatch(/agent-01.*INVALID_ARGUMENT/);
  await fleet.server.stop();
}, 60_000);

test('a write that Google took and did not carry out is not believed, and made again', async () => {
  const { fleet, names } = await fleetOf(1);
  fleet.denies.lost = 1;
  await fleet.play([fleet.contain('agent-00')], 0);
  expect(await statuses(fleet, names)).toEqual(['contained']);
  expect(fleet.stopped(names)).toEqual(names);
  later(fleet, 4_000);
  fleet.denies.lost = 1;
  await fleet.play([fleet.restore('agent-00')], 2);
  expect([await statuses(fleet, names), fleet.stopped(names)]).toEqual([['restored'], []]);
  await fleet.server.stop();
});

test('the last wish wins, whoever dies with another', async () => {
  const { fleet, names } = await fleetOf(1);
  await fleet.play([fleet.contain('agent-00')], 0);
  later(fleet, 4_000);
  // The restore notes its wish and dies; the agent is asked for again.
  await fleet.play([fleet.restore('agent-00', { dies: 9 })], 0);
  await fleet.play([fleet.contain('agent-00')], 3);
  expect(await statuses(fleet, names)).toEqual(['contained']);
  expect(fleet.stopped(names)).toEqual(names);
  await fleet.server.stop();
});

test('an agent whose capabilities grew is denied what it may now, while it is contained', async () => {
  const { fleet, names } = await fleetOf(1);
  await fleet.play([fleet.contain('agent-00')], 0);
  const permissions = ['storage.googleapis.com/objects.get', 'run.googleapis.com/jobs.run'];
  fleet.native.set('agent-00', denyOf('agent-00', { permissions }));
  await fleet.play([], 8);
  expect([...fleet.denies.policies.values()][0]?.rules[0]?.denyRule?.deniedPermissions).toEqual(permissions);
  expect(await statuses(fleet, names)).toEqual(['contained']);
  await fleet.server.stop();
});

test('policies are read, made, changed and deleted as Google publishes it', () => {
  expect(GOOGLE_API.unusedBy('containment').filter((name) => name.startsWith('iam ') && name.includes('/v2/'))).toEqual([]);
});
