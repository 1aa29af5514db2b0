import type { JsonObject } from '../json';
import { type CleanUpPorts, type Cleared, cleanUp, type Leftover } from './clean-up';

export type { Leftover } from './clean-up';

/** One thing about what is deployed that is not as synth made it. */
export interface Drift {
  /** What it is, in the words of the cloud: `trust`, `inline NAME`, `assignment ID` ... */
  readonly what: string;
  readonly problem: 'changed' | 'missing' | 'undeclared';
  /** Control of the ladder that does not hold for it. */
  readonly control: string;
}

/** What was put back, and what could not be, each with a sentence. */
export interface Repaired {
  readonly drift: Drift;
  readonly done: boolean;
  readonly said: string;
}

/** What an agent did not use for long, and the smaller spec. */
export interface Unused {
  readonly agent: string;
  /** Capabilities none of whose actions were used. */
  readonly capabilities: readonly string[];
  /** JSON Patch (RFC 6902) of the spec's document that leaves them out. */
  readonly patch: readonly { readonly op: 'remove'; readonly path: string }[];
}

/** One finding of governance, as the bus of the fleet carries it. */
export interface GovernanceEvent {
  readonly schemaVersion: 1;
  readonly fleet: string;
  /** Control of the ladder. */
  readonly control: string;
  /** @default - it is about the fleet */
  readonly agent?: string;
  readonly said: string;
  readonly repaired: boolean;
  readonly at: string;
  readonly detail?: JsonObject;
}

/** What one capability of an agent was compiled to. */
export interface ExpectedGrant {
  /** `objects:read invoices`, as the spec has it. */
  readonly capability: string;
  /** Place in the spec's list of capabilities. */
  readonly index: number;
  readonly actions: readonly string[];
}

/** What every cloud's governor knows of an agent. */
export interface LookedAfter {
  readonly name: string;
  readonly owner: string;
  /** Last day of its access. @default - it is not bound in time */
  readonly notAfter?: string;
  readonly grants: readonly ExpectedGrant[];
}

/** What looking after a fleet needs of its cloud. */
export interface CarePorts<Agent extends LookedAfter> {
  readonly fleet: string;
  /** Whether what drifted is put back. */
  readonly repair: boolean;
  readonly unusedDays: number;
  readonly agents: () => Promise<readonly Agent[]>;
  /**
   * What of an agent is not as it was synthesised. `contained` where containment has it: then nothing is compared.
   * `ended`: its time is over and it is put away, which is no drift.
   */
  readonly driftOf: (agent: Agent, ended: boolean) => Promise<readonly Drift[] | 'contained'>;
  readonly putBack: (agent: Agent, found: readonly Drift[]) => Promise<readonly Repaired[]>;
  readonly leftovers: (agents: readonly Agent[], now: Date) => Promise<readonly Leftover[]>;
  readonly unusedOf: (agent: Agent, now: Date) => Promise<Unused>;
  /** Puts away what was forgotten. @default - it is told, and left */
  readonly cleanUp?: CleanUpPorts<Agent>;
  readonly publish: (event: GovernanceEvent) => Promise<void>;
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
  readonly now: () => Date;
}

/** What is recorded, where a cloud tells nobody that somebody changed that: it is looked at again and again. */
export interface RecordPorts {
  readonly drift: () => Promise<readonly Drift[]>;
  readonly putBack: (found: readonly Drift[]) => Promise<readonly Repaired[]>;
}

/** What is left as it is is told again after an hour, and not with every look. */
const AGAIN_MS = 3_600_000;

/** Looks after the agents of a fleet, on whatever cloud they are. */
export class Caretaker<Agent extends LookedAfter> {
  /** When something was last told that nobody put back. A new instance of the function tells it once more, which is better than never. */
  private readonly told = new Map<string, number>();

  constructor(private readonly ports: CarePorts<Agent>) {}

  /** Compares every agent; one that cannot be read does not keep the others from it, and is told at the end. */
  async compare(): Promise<void> {
    const { ports } = this;
    const at = ports.now().toISOString();
    const failed: string[] = [];
    const seen: JsonObject[] = [];
    for (const agent of await ports.agents()) {
      try {
        const { drift, repaired } = await this.lookAt(agent, at);
        seen.push({ agent: agent.name, drift, repaired } as unknown as JsonObject);
      } catch (error) {
        failed.push(`${agent.name}: ${(error as Error).message}`);
      }
    }
    await ports.keep('drift', { at, fleet: ports.fleet, agents: seen, failed }, at);
    if (failed.length > 0) throw new Error(`agents that could not be compared: ${failed.join('; ')}`);
  }

  /** Compares one agent, puts back what drifted where that is asked for, and tells of it. */
  async lookAt(
    agent: Agent,
    at: string,
  ): Promise<{ readonly drift: readonly Drift[] | 'contained'; readonly repaired: readonly Repaired[] }> {
    const { ports } = this;
    const ended = ports.cleanUp !== undefined && hasEnded(agent, new Date(at));
    const all = await ports.driftOf(agent, ended);
    // Whose time is over is given nothing back.
    const drift = ended && all !== 'contained' ? all.filter(({ problem }) => problem !== 'missing') : all;
    if (drift === 'contained' || drift.length === 0) return { drift, repaired: [] };
    const repaired = ports.repair ? await ports.putBack(agent, drift) : [];
    for (const one of drift)
      await this.tell(one, repaired, { subject: `${one.what} of agent ${agent.name}`, control: one.control, agent: agent.name, at });
    return { drift, repaired };
  }

  /** Looks whether what agents do is still recorded as it was synthesised. */
  async checkRecords(records: RecordPorts): Promise<void> {
    const { ports } = this;
    const at = ports.now().toISOString();
    const drift = await records.drift();
    if (drift.length === 0) return;
    const repaired = ports.repair ? await records.putBack(drift) : [];
    for (const one of drift) await this.tell(one, repaired, { subject: one.what, control: one.control, at });
    await ports.keep('records', { at, fleet: ports.fleet, drift, repaired } as unknown as JsonObject, at);
  }

  /** Old and unused things are told; unused access is taken away by the owner alone, and what was forgotten is put away where that is asked for. */
  async tidy(): Promise<void> {
    const { ports } = this;
    const now = ports.now();
    const at = now.toISOString();
    const { fleet, unusedDays } = ports;
    const agents = await ports.agents();
    const left = await ports.leftovers(agents, now);
    const { cleared, failure } = await this.clear(left, agents, now);
    // Before anything else can fail.
    if (cleared.some(({ done }) => done)) await ports.keep('cleared', { at, fleet, cleared } as unknown as JsonObject, at);
    const about = { schemaVersion: 1, fleet, at } as const;
    for (const { leftover, done, known, said, detail } of cleared) {
      // It was told once that it is put away, or when that was done.
      if (known) continue;
      await ports.publish({
        ...about,
        control: 'credentials-tidied',
        said: said === '' ? leftover.said : `${leftover.said}; ${said}`,
        repaired: done,
        detail: { kind: leftover.kind, ...detail },
      });
    }
    const unused: Unused[] = [];
    for (const agent of agents) {
      const found = await ports.unusedOf(agent, now);
      unused.push(found);
      if (found.capabilities.length === 0) continue;
      const said = `agent ${agent.name} did not use for ${unusedDays} days: ${found.capabilities.join(', ')}; ask ${agent.owner} whether the smaller spec will do`;
      const detail = { patch: found.patch } as unknown as JsonObject;
      await ports.publish({ ...about, repaired: false, control: 'unused-found', agent: agent.name, said, detail });
    }
    await ports.keep('tidy', { at, fleet, leftovers: left, unused } as unknown as JsonObject, at);
    if (failure) throw failure;
  }

  /** What becomes of leftovers. What keeps the clean-up from being done keeps nobody from being told. */
  private async clear(
    left: readonly Leftover[],
    agents: readonly Agent[],
    now: Date,
  ): Promise<{ readonly cleared: readonly Cleared[]; readonly failure?: Error }> {
    const ports = this.ports.cleanUp;
    const all = (said: string): readonly Cleared[] => left.map((leftover) => ({ leftover, done: false, known: false, said }));
    if (!ports) return { cleared: all('') };
    try {
      return { cleared: await cleanUp(left, agents, { ports, now }) };
    } catch (error) {
      return { cleared: all(`nothing is put away: ${(error as Error).message}`), failure: error as Error };
    }
  }

  private async tell(
    drift: Drift,
    repaired: readonly Repaired[],
    { subject, at, ...about }: { readonly subject: string; readonly control: string; readonly agent?: string; readonly at: string },
  ): Promise<void> {
    const outcome = repaired.find((each) => each.drift === drift);
    const done = outcome?.done ?? false;
    const what = `${subject} is ${drift.problem}`;
    const last = this.told.get(what);
    const time = Date.parse(at);
    if (!done && last !== undefined && time - last < AGAIN_MS) return;
    if (done) this.told.delete(what);
    else this.told.set(what, time);
    const rest = outcome ? (done ? outcome.said : `it could not be put back: ${outcome.said}`) : 'repair is off';
    await this.ports.publish({ schemaVersion: 1, fleet: this.ports.fleet, ...about, said: `${what}; ${rest}`, repaired: done, at });
  }
}

/** Does one repair after the other, in the order of their rank; what fails does not keep the rest from being done. */
export async function putBackAll(
  found: readonly Drift[],
  { rank, putBack }: { readonly rank: (drift: Drift) => number; readonly putBack: (drift: Drift) => Promise<string> },
): Promise<readonly Repaired[]> {
  const results: Repaired[] = [];
  for (const drift of [...found].sort((a, b) => rank(a) - rank(b))) {
    try {
      results.push({ drift, done: true, said: await putBack(drift) });
    } catch (error) {
      results.push({ drift, done: false, said: `${(error as Error).name}: ${(error as Error).message}` });
    }
  }
  return results;
}

/** The smaller spec: without the capabilities of which none of the actions was used. */
export function unusedIn({ name, grants }: LookedAfter, isIdle: (grant: ExpectedGrant) => boolean): Unused {
  const idle = grants.filter((grant) => grant.actions.length > 0 && isIdle(grant));
  return {
    agent: name,
    capabilities: idle.map(({ capability }) => capability),
    // From the end on, so that each place is still where it was.
    patch: [...new Set(idle.map(({ index }) => index))]
      .sort((a, b) => b - a)
      .map((index) => ({ op: 'remove', path: `/capabilities/${index}` })),
  };
}

/** Whether the time of an agent's access is over. */
export const hasEnded = ({ notAfter }: Pick<LookedAfter, 'notAfter'>, now: Date): boolean =>
  notAfter !== undefined && notAfter.slice(0, 10) < now.toISOString().slice(0, 10);

/** Access whose time has passed, and whose identity is still there. */
export function expiredWindows(agents: readonly LookedAfter[], now: Date): readonly Leftover[] {
  return agents
    .filter((agent) => hasEnded(agent, now))
    .map(({ name, notAfter = '' }) => ({
      kind: 'expired-window',
      what: name,
      said: `the access of ${name} ended on ${notAfter.slice(0, 10)}, and its identity is still there`,
    }));
}

/** Versions of one secret that are older than they should be, beside a newer one. The newest is never among them: it may be the only one that works. */
export function supersededVersions(
  enabled: readonly { readonly what: string; readonly created: Date }[],
  { now, days }: { readonly now: Date; readonly days: number },
): readonly Leftover[] {
  const newest = Math.max(...enabled.map(({ created }) => created.getTime()));
  return enabled
    .filter(({ created }) => created.getTime() < newest)
    .flatMap(({ what, created }) => {
      const age = Math.floor((now.getTime() - created.getTime()) / 86_400_000);
      const said = `version ${what} is ${age} days old, was replaced, and can still be read`;
      return age > days ? [{ kind: 'old-version' as const, what, said }] : [];
    });
}

/** A secret that nobody changed for longer than it should be. */
export function oldSecret(
  what: string,
  changed: Date | undefined,
  { now, days }: { readonly now: Date; readonly days: number },
): Leftover[] {
  const age = changed ? Math.floor((now.getTime() - changed.getTime()) / 86_400_000) : undefined;
  return age !== undefined && age > days ? [{ kind: 'old-secret', what, said: `secret ${what} was not changed for ${age} days` }] : [];
}
