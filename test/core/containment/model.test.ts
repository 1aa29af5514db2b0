import fc from 'fast-check';
import { Responder } from '../../../lib/core/containment/responder';
import type { ContainmentTrigger, Incident } from '../../../lib/core/containment/types';
import { STAGES } from '../../../lib/core/containment/types';
import { Crash, FakeCloud, type Fault } from './fake-cloud';

const AGENTS = ['a', 'b', 'c'];
const FLEET = 'main';

type Action =
  | {
      readonly do: 'trigger';
      readonly agent: string;
      readonly kind: ContainmentTrigger['kind'];
      readonly response: ContainmentTrigger['response'];
      readonly mayAct: boolean;
      readonly ago: number;
    }
  | { readonly do: 'repeat' }
  | { readonly do: 'approve'; readonly agent: string; readonly by: string }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'busy'; readonly until: number; readonly seconds: number }
  | { readonly do: 'deploy'; readonly agent: string };

const agent = fc.constantFrom(...AGENTS);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('trigger' as const),
      agent,
      kind: fc.constantFrom('detection' as const, 'person' as const, 'peer' as const),
      response: fc.constantFrom('notify' as const, 'restrict' as const, 'brake' as const, 'quarantine' as const),
      mayAct: fc.boolean(),
      // Events arrive late, and not in the order in which they happened.
      ago: fc.constantFrom(0, 0, 5, 600, 4_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('approve' as const), agent, by: fc.constantFrom('ada', 'grace', 'joan') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 901, 4000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deploy' as const), agent }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('busy' as const),
      until: fc.constantFrom(3, 40, 600, 5_000),
      seconds: fc.constantFrom(0, 2, 12, 50),
    }),
  },
);
const faults: fc.Arbitrary<readonly Fault[]> = fc.array(
  fc.constantFrom<Fault>('none', 'none', 'none', 'throttled', 'denied', 'crash-before', 'crash-after', 'lost-answer'),
  { maxLength: 60 },
);

/** Seconds by which the clock of a process is wrong. */
const skews: fc.Arbitrary<readonly number[]> = fc.array(fc.constantFrom(0, 0, -90, 90, 240), { maxLength: 40 });

/** One history: what people, machines and accidents do, in order. */
class History {
  readonly cloud = new FakeCloud();
  readonly wanted = new Map<string, ContainmentTrigger>();
  readonly seen = new Map<string, Incident>();
  private last: ContainmentTrigger | undefined;
  private count = 0;
  /** Deployed over since they were last looked at. */
  private readonly disturbed = new Set<string>();

  private readonly skews: number[];

  constructor(faultsLeft: readonly Fault[], skewsLeft: readonly number[]) {
    this.skews = [...skewsLeft];
    const left = [...faultsLeft];
    this.cloud.fault = () => left.shift() ?? 'none';
  }

  /** A new process with a clock of its own. */
  private process(): Responder {
    const skew = this.skews.shift() ?? 0;
    return new Responder({ ...this.cloud.ports(AGENTS), now: () => this.cloud.clock + skew });
  }

  /** A new process for each action, as functions are: what it knew is gone when it dies. */
  private async attempt(run: (responder: Responder) => Promise<unknown>): Promise<void> {
    try {
      await run(this.process());
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    this.check();
  }

  async play(one: Action): Promise<void> {
    if (one.do === 'trigger') {
      this.count += 1;
      const { do: _do, ago, ...fields } = one;
      const at = new Date((this.cloud.clock - ago) * 1000).toISOString();
      this.last = { ...fields, fleet: FLEET, id: `t${this.count}`, at, by: 'x', reason: 'y' };
      await this.send(this.last);
    } else if (one.do === 'repeat' && this.last) await this.send(this.last);
    else if (one.do === 'approve') {
      const approval = { by: one.by, at: new Date(this.cloud.clock * 1000).toISOString(), reason: 'r' };
      await this.attempt((responder) => responder.approve({ fleet: FLEET, agent: one.agent }, approval));
    } else if (one.do === 'wait') this.cloud.clock += one.seconds;
    else if (one.do === 'sweep') await this.attempt((responder) => responder.sweep());
    else if (one.do === 'deploy') this.deploy(one.agent);
    else if (one.do === 'busy') this.cloud.busy = { until: this.cloud.clock + one.until, seconds: one.seconds };
  }

  /** At least once, as queues deliver: what failed comes again, a few times. */
  private async send(trigger: ContainmentTrigger): Promise<void> {
    for (let attempt = 0; attempt < 80; attempt += 1) {
      try {
        await this.process().trigger(trigger);
        break;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.check();
      }
    }
    this.check();
  }

  /** A deployment writes what the template says: all but the brake, which no template ever changes. */
  private deploy(name: string): void {
    Object.assign(this.cloud.world(name), { trust: true, compute: true });
    this.disturbed.add(name);
  }

  /** What must hold after every single thing that happens. */
  private check(): void {
    for (const name of AGENTS) {
      const { incident } = this.cloud.store.records.get(`${FLEET}/${name}`)?.record ?? {};
      const world = this.cloud.worlds.get(name);
      const before = this.seen.get(name);
      if (!incident) {
        // Nothing is done to an agent that nobody asked to contain.
        expect(world?.writes ?? 0).toBe(0);
        continue;
      }
      this.seen.set(name, incident);
      const done = (id: string) => incident.steps.find((step) => step.id === id)?.status === 'done';
      if (incident.status === 'contained') {
        // Never a false "contained".
        expect(world?.denied).toBe(incident.stage);
        expect(world?.evidence).toContain(incident.id);
        if (incident.checkedAt !== before?.checkedAt || before?.status !== 'contained') this.disturbed.delete(name);
        if (incident.stage === 'quarantined' && !this.disturbed.has(name)) expect([world?.trust, world?.compute]).toEqual([false, false]);
      }
      // Once the brake is on, it stays on until a restore was agreed upon.
      if (
        done('brake') &&
        incident.status !== 'restoring' &&
        incident.status !== 'restored' &&
        incident.approvals.length === 0 &&
        done('verify')
      )
        expect(world?.denied).toBeDefined();
      if (before?.id === incident.id) {
        expect(STAGES.indexOf(incident.stage)).toBeGreaterThanOrEqual(STAGES.indexOf(before.stage));
        expect(incident.triggers.length).toBeGreaterThanOrEqual(before.triggers.length);
      }
      if (incident.status === 'restoring' || incident.status === 'restored')
        expect(new Set(incident.approvals.map(({ by }) => by)).size).toBeGreaterThanOrEqual(2);
      // Nothing is lost from the evidence.
      if (done('evidence')) expect(world?.evidence).toContain(incident.id);
    }
  }

  /** The accidents are over: whatever was begun comes to an end. */
  async settle(): Promise<void> {
    this.cloud.fault = () => 'none';
    this.cloud.busy = { until: 0, seconds: 5 };
    this.skews.splice(0);
    for (let minute = 0; minute < 12; minute += 1) {
      this.cloud.clock += 60;
      await this.attempt((responder) => responder.sweep());
    }
    for (const name of AGENTS) {
      const { incident, outbox } = this.cloud.store.records.get(`${FLEET}/${name}`)?.record ?? { outbox: [] };
      expect(outbox).toEqual([]);
      if (!incident) continue;
      expect(['contained', 'needs-person', 'restored']).toContain(incident.status);
      // Contained, or a person was told.
      const said = { contained: 'that was checked', 'needs-person': 'needs a person now', restored: 'is restored' }[
        incident.status as 'contained'
      ];
      expect(this.cloud.told.some((text) => text.includes(said) && text.includes(incident.id))).toBe(true);
      if (incident.status === 'restored') expect(this.cloud.worlds.get(name)?.denied).toBeUndefined();
    }
  }
}

/** Histories; `npm run bench:contain` runs more of them. */
const RUNS = Number(process.env['CONTAINMENT_HISTORIES'] ?? 1_500);

test(`the invariants hold in ${RUNS} histories of triggers, restores, deployments, waits, accidents and wrong clocks`, async () => {
  let accidents = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), faults, skews, async (actions, accidentsOf, skewsOf) => {
      accidents += accidentsOf.filter((one) => one !== 'none').length;
      const history = new History(accidentsOf, skewsOf);
      for (const one of actions) await history.play(one);
      await history.settle();
    }),
    { numRuns: RUNS },
  );
  expect(accidents).toBeGreaterThan(RUNS);
  process.stdout.write(process.env['CONTAINMENT_HISTORIES'] ? `${accidents} accidents in ${RUNS} histories\n` : '');
}, 120_000);

const CALLS = 40;
const KINDS: readonly Fault[] = ['throttled', 'denied', 'crash-before', 'crash-after', 'lost-answer'];

test.each(KINDS)('one accident (%s) at any one call ends in containment', async (kind) => {
  for (let at = 0; at < CALLS; at += 1) {
    const cloud = new FakeCloud();
    let calls = 0;
    cloud.fault = () => {
      calls += 1;
      return calls - 1 === at ? kind : 'none';
    };
    const trigger: ContainmentTrigger = {
      id: 't',
      kind: 'detection',
      agent: 'a',
      fleet: FLEET,
      at: new Date(cloud.clock * 1000).toISOString(),
      response: 'quarantine',
      by: 'rule',
      reason: 'r',
      mayAct: true,
    };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        await new Responder(cloud.ports(AGENTS)).trigger(trigger);
        break;
      } catch (error) {
        expect(error instanceof Crash || (error as Error).message).toBeTruthy();
      }
    }
    for (let minute = 0; minute < 5; minute += 1) {
      cloud.clock += 60;
      await new Responder(cloud.ports(AGENTS)).sweep();
    }
    const { incident, outbox } = cloud.store.records.get(`${FLEET}/a`)?.record ?? {};
    expect([at, incident?.status, cloud.world('a').denied, outbox]).toEqual([at, 'contained', 'quarantined', []]);
  }
});
