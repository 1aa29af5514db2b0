import type { AgentKey, ContainmentStore, ResponderPorts, StepHandler } from '../../../lib/core/containment/responder';
import type { ContainableAgent, ContainmentRecord, ContainmentStage, Incident, StepDefinition } from '../../../lib/core/containment/types';

/** What an agent can really do. */
export interface World {
  denied: ContainmentStage | undefined;
  chains: boolean;
  trust: boolean;
  compute: boolean;
  paused: string[];
  evidence: string[];
  writes: number;
}

export const CONTAIN: readonly StepDefinition[] = [
  { id: 'evidence', stage: 'restricted', once: true },
  { id: 'brake', stage: 'restricted', perStage: true },
  { id: 'chains', stage: 'braked' },
  { id: 'trust', stage: 'quarantined' },
  { id: 'compute', stage: 'quarantined' },
  { id: 'again', stage: 'restricted', perStage: true, waitSeconds: 10 },
  { id: 'verify', stage: 'restricted', last: true },
];
export const RESTORE: readonly StepDefinition[] = [
  { id: 'open-trust', stage: 'restricted' },
  { id: 'start-compute', stage: 'restricted' },
  { id: 'release', stage: 'restricted' },
  { id: 'verify-release', stage: 'restricted', last: true },
];

const PAUSE: readonly StepDefinition[] = [
  { id: 'pause', stage: 'quarantined' },
  { id: 'verify-pause', stage: 'quarantined', last: true },
];

/** The process dies here: nothing after it happens, no error is handled. */
export class Crash extends Error {}

/** What happens at a call to the outside. */
export type Fault = 'none' | 'throttled' | 'denied' | 'crash-before' | 'crash-after' | 'lost-answer';

/** A cloud with agents, that fails as it is told to. */
export class FakeCloud {
  readonly worlds = new Map<string, World>();
  readonly told: string[] = [];
  readonly store: MemoryStore = new MemoryStore();
  clock = 1_800_000_000;
  /** Asked at every call to the outside. */
  fault: () => Fault = () => 'none';
  armed = true;
  /** Until when steps wait for their turn, and how long each is told to. */
  busy = { until: 0, seconds: 5 };
  /** Agents that are there to be contained. */
  canaries: readonly string[] = [];

  world(agent: string): World {
    const known = this.worlds.get(agent);
    if (known) return known;
    const made: World = { denied: undefined, chains: false, trust: true, compute: true, paused: [], evidence: [], writes: 0 };
    this.worlds.set(agent, made);
    return made;
  }

  /** What one process has: after a crash of it, it does nothing more. */
  readonly ports = (agents: readonly string[]): ResponderPorts => {
    const process = { dead: false };
    const call = <T>(run: () => Promise<T>): Promise<T> => this.call(run, process);
    return {
      agent: async ({ agent, fleet }: AgentKey) => (agents.includes(agent) ? this.agentNamed(agent, fleet) : undefined),
      store: {
        load: (key) => call(() => this.store.load(key)),
        save: (record, options) => call(() => this.store.save(record, options)),
        due: (now) => this.store.due(now),
        opened: (fleet, since) => this.store.opened(fleet, since),
      },
      contain: CONTAIN,
      restore: RESTORE,
      workflow: { contain: PAUSE, restore: [{ id: 'resume', stage: 'quarantined' }] },
      handlers: Object.fromEntries(Object.entries(CHANGES).map(([id, change]) => [id, this.step(change, call)])),
      tell: (message) =>
        call(async () => {
          this.told.push(message);
        }),
      now: () => this.clock,
      pause: async (seconds) => {
        this.clock += seconds;
      },
    };
  };

  private agentNamed(name: string, fleet: string): ContainableAgent {
    return {
      name,
      fleet,
      cloud: 'fake',
      owner: 'o',
      armed: this.armed,
      canary: this.canaries.includes(name),
      workflows: ['answer'],
      native: {},
    };
  }

  private async call<T>(run: () => Promise<T>, process: { dead: boolean }): Promise<T> {
    if (process.dead) throw new Crash('dead');
    const fault = this.fault();
    process.dead = fault === 'crash-before' || fault === 'crash-after';
    if (fault === 'crash-before') throw new Crash('before');
    if (fault === 'throttled' || fault === 'denied') throw new Error(fault);
    const result = await run();
    if (fault === 'crash-after') throw new Crash('after');
    if (fault === 'lost-answer') throw new Error('timeout');
    return result;
  }

  private step(change: Change, call: <T>(run: () => Promise<T>) => Promise<T>): StepHandler {
    return async (agent, incident) => {
      if (this.clock < this.busy.until)
        return {
          ok: false,
          later: this.busy.seconds,
          receipt: { at: new Date(this.clock * 1000).toISOString(), said: 'waits for its turn' },
        };
      const fine = await call(async () => {
        const world = this.world(agent.name);
        world.writes += 1;
        return change(world, incident);
      });
      return { ok: fine !== false, receipt: { at: new Date(this.clock * 1000).toISOString(), said: fine === false ? 'not so' : 'done' } };
    };
  }
}

type Change = (world: World, incident: Incident) => boolean | undefined;
const set =
  (what: Partial<World>): Change =>
  (world) => {
    Object.assign(world, what);
    return true;
  };
const brake: Change = (world, { stage }) => set({ denied: stage })(world, undefined as never);

const CHANGES: Readonly<Record<string, Change>> = {
  evidence: (world, { id }) => {
    if (!world.evidence.includes(id)) world.evidence.push(id);
    return true;
  },
  pause: (world, { workflow = '' }) => {
    if (!world.paused.includes(workflow)) world.paused.push(workflow);
    return true;
  },
  'verify-pause': (world, { workflow = '' }) => world.paused.includes(workflow),
  resume: (world, { workflow }) => {
    world.paused = world.paused.filter((one) => one !== workflow);
    return true;
  },
  brake,
  chains: set({ chains: true }),
  trust: set({ trust: false }),
  compute: set({ compute: false }),
  again: brake,
  verify: (world, { stage }) => world.denied === stage && (stage !== 'quarantined' || (!world.trust && !world.compute)),
  'open-trust': set({ trust: true }),
  'start-compute': set({ compute: true }),
  release: set({ denied: undefined, chains: false }),
  'verify-release': (world) => world.denied === undefined,
};

const nameOf = ({ fleet, agent, workflow }: AgentKey): string => [fleet, agent, ...(workflow === undefined ? [] : [workflow])].join('/');

/** Records in memory, changed only by who read the latest. */
export class MemoryStore implements ContainmentStore {
  readonly records = new Map<string, { record: ContainmentRecord; version: number; dueAt: number | undefined }>();

  readonly load = async (key: AgentKey) => {
    const known = this.records.get(nameOf(key));
    return known ? { record: known.record, version: known.version } : { version: 0 };
  };

  readonly save = async (record: ContainmentRecord, { version, dueAt }: { version: number; dueAt?: number }): Promise<boolean> => {
    const key = nameOf(record);
    if ((this.records.get(key)?.version ?? 0) !== version) return false;
    this.records.set(key, { record: structuredClone(record), version: version + 1, dueAt });
    return true;
  };

  readonly due = async (now: number): Promise<readonly AgentKey[]> =>
    [...this.records.values()]
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
      .map(({ record: { fleet, agent, workflow } }) => ({ fleet, agent, ...(workflow === undefined ? {} : { workflow }) }));

  readonly opened = async (fleet: string, since: number): Promise<number> =>
    [...this.records.values()].filter(
      ({ record: { fleet: of, incident } }) => of === fleet && incident?.automatic && Date.parse(incident.openedAt) / 1000 >= since,
    ).length;
}
