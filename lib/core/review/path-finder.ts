import type { Known } from './known';
import { resourceSteps } from './resource-steps';
import type { EscalationStep } from './world';

type Chain = readonly EscalationStep[];

/** Of more principals only these, the nearest, are tried as the single one that a step needs. */
const MOST_TRIED = 60;

/**
 * Grows what an attacker holds until nothing new is found. First each principal that is held acts by itself, nearest first; then all of
 * them together, which few techniques need.
 */
export class PathFinder {
  /** Principals that are held, each with a shortest chain of steps to it. */
  private readonly chains: Map<string, Chain>;
  /** Principals with full control that can be had. */
  private readonly masters = new Set<string>();
  /** Ways to full control that were not followed into other accounts yet. */
  private readonly leaving: { readonly id: string; readonly chain: Chain }[] = [];
  /** Steps of several that were taken. */
  private readonly joined = new Set<string>();
  /** Accounts that are had whole. */
  private readonly accounts = new Set<string>();
  private readonly ends = new Map<string, Chain>();

  constructor(private readonly known: Known) {
    this.chains = new Map(known.given);
  }

  run(): { readonly ends: readonly Chain[]; readonly reached: ReadonlySet<string> } {
    this.spread([...this.chains.keys()]);
    for (let size = 1; size !== this.chains.size || this.leaving.length > 0; ) {
      size = this.chains.size;
      this.spread([...this.joinForces(), ...this.leaveAccounts()]);
    }
    for (const [id, chain] of this.chains) for (const step of resourceSteps(id, this.known)) this.arrive([...chain, step]);
    this.arriveOnTheWay();
    const listed = [...this.chains.keys()].filter((id) => this.known.worldOf(id) !== undefined);
    return { ends: [...this.ends.values()], reached: new Set([...listed, ...this.masters]) };
  }

  private spread(queue: string[]): void {
    for (const id of queue) {
      for (const step of this.known.stepsAlone(id)) {
        const next = this.take(step, this.chains.get(id) ?? []);
        if (next !== undefined) queue.push(next);
      }
    }
  }

  /** Steps that need several of those that are held; who is newly held by them. */
  private joinForces(): string[] {
    const held: ReadonlySet<string> = new Set(this.chains.keys());
    return [...held].flatMap((from) => {
      const alone = new Set(this.known.stepsAlone(from).map(keyOf));
      return this.known.stepsTogether(from, held).flatMap((step) => {
        const key = keyOf(step);
        if (alone.has(key) || this.joined.has(key)) return [];
        this.joined.add(key);
        return this.take(step, this.witness(from, key, held)) ?? [];
      });
    });
  }

  /** The chains to those that a step of `from` needs, joined; none is among them that could be left out. */
  private witness(from: string, key: string, held: ReadonlySet<string>): Chain {
    const works = (ids: Iterable<string>): boolean =>
      this.known.stepsTogether(from, new Set([from, ...ids])).some((step) => keyOf(step) === key);
    const others = [...held].filter((id) => id !== from).sort((a, b) => this.lengthOf(a) - this.lengthOf(b));
    const single = others.slice(0, MOST_TRIED).find((id) => works([id]));
    const needed = single === undefined ? fewest(others, works) : [single];
    return [...new Set([from, ...needed].flatMap((id) => this.chains.get(id) ?? []))];
  }

  private lengthOf(id: string): number {
    return this.chains.get(id)?.length ?? 0;
  }

  /** Notes where a step leads; the principal that is newly held by it. */
  private take(step: EscalationStep, chain: Chain): string | undefined {
    const { known } = this;
    if (step.to === 'principal' && known.given.has(step.toId)) return undefined;
    if (step.to === 'principal' && known.isAdmin(step.toId)) return this.take({ ...step, to: 'admin' }, chain);
    const steps = [...chain, step];
    if (step.to === 'admin') {
      if (!known.gainsControl(step.toId)) return undefined;
      this.arrive(steps);
      this.leaving.push({ id: step.toId, chain: steps });
      return undefined;
    }
    if (step.to !== 'principal') {
      if (!this.wasGiven(step)) this.arrive(steps);
      return undefined;
    }
    // Of a target that is only assumed, and not in view, it is not known what it may do.
    if ((step.assumed === true && known.principal(step.toId) === undefined) || known.gains(step.toId)) this.arrive(steps);
    if (this.chains.has(step.toId)) return undefined;
    this.chains.set(step.toId, steps);
    return step.toId;
  }

  /** Who may do nothing but step on to others is an end where a path does so. */
  private arriveOnTheWay(): void {
    for (const chain of [...this.ends.values()]) {
      chain.forEach(({ to, toId }, at) => {
        const onwards = chain[at + 1]?.from === toId;
        if (to === 'principal' && onwards && !this.known.given.has(toId)) this.arrive(chain.slice(0, at + 1));
      });
    }
  }

  private arrive(steps: Chain): void {
    const last = steps.at(-1);
    if (!last) return;
    const key = keyOf(last);
    const known = this.ends.get(key);
    if (!known || known.length > steps.length) this.ends.set(key, steps);
  }

  /** Full control of one account is not searched further, but for what lies in others. */
  private leaveAccounts(): string[] {
    const leaving = this.leaving.splice(0).flatMap(({ id, chain }) => {
      const master = this.known.principal(id);
      if (!master || this.masters.has(id) || this.chains.has(id)) return [];
      this.masters.add(id);
      if (master.account === undefined) return [];
      this.accounts.add(master.account);
      return [{ id, chain }];
    });
    const steps = leaving.flatMap(({ id, chain }) => this.known.stepsAlone(id).map((step) => ({ step, chain })));
    const abroad = steps.filter(({ step }) => {
      const account = this.known.principal(step.toId)?.account;
      return account !== undefined && !this.accounts.has(account);
    });
    return abroad.flatMap(({ step, chain }) => this.take(step, chain) ?? []);
  }

  /** Whether a step to a resource or credentials is what was declared, or what those that are given may do without it. */
  private wasGiven({ from, requests }: EscalationStep): boolean {
    const { known } = this;
    if (requests.length === 0) return false;
    return known.given.has(from)
      ? requests.every((request) => known.isDeclared(from, request))
      : requests.every((request) => known.mayAlready(request));
  }
}

/**
 * Those of a list that are needed, earlier ones preferred. The last of the shortest beginning that works is needed for certain; what
 * else is needed lies before it. Asks about as often as the needed ones times the logarithm of the list.
 */
function fewest(ids: readonly string[], works: (ids: readonly string[]) => boolean): readonly string[] {
  const needed: string[] = [];
  for (let rest = ids; !works(needed); ) {
    let [low, high] = [0, rest.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (works([...needed, ...rest.slice(0, middle)])) high = middle;
      else low = middle + 1;
    }
    const last = rest[low - 1];
    if (last === undefined) return [...needed, ...rest];
    needed.push(last);
    rest = rest.slice(0, low - 1);
  }
  return needed;
}

/** What makes two ends the same. */
function keyOf({ to, toId, technique }: EscalationStep): string {
  return JSON.stringify([to, toId, technique]);
}
