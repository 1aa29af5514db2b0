import type { AccessEntry, AccessRequest, Decision } from './access';
import { delegatesOf } from './delegation';
import { secretSteps } from './held-secrets';
import { principalsOf } from './listing';
import { accessWithin, partsBeyond, requestAt } from './proof';
import { stepsAlone, stepsTogether } from './step-memory';
import type { AccessWorld, EscalationStep, WorldPrincipal } from './world';

/** What a principal was given: itself and, for an agent, the agents that it delegates to, and all that these may do. */
export class Known {
  /** The principals that are given, the start first, each with the declared steps that lead to it. */
  readonly given: ReadonlyMap<string, readonly EscalationStep[]>;
  private entries: readonly AccessEntry[] | undefined;
  private readonly gained = new Map<string, boolean>();
  private readonly homes = new Map<string, AccessWorld>();

  constructor(
    readonly start: string,
    readonly worlds: readonly AccessWorld[],
  ) {
    this.given = delegatesOf(start, worlds);
  }

  /** The world that lists a principal, or that first said how to get to one that none lists, such as a group. */
  worldOf(id: string): AccessWorld | undefined {
    return this.worlds.find((world) => principalsOf(world).has(id)) ?? this.homes.get(id);
  }

  principal(id: string): WorldPrincipal | undefined {
    for (const world of this.worlds) {
      const found = principalsOf(world).get(id);
      if (found) return found;
    }
    return undefined;
  }

  isAdmin(id: string): boolean {
    return this.worldOf(id)?.isAdmin(id) ?? false;
  }

  /** Whether a principal may do every action on everything, so that nothing is left to gain. */
  hasEverything(id: string): boolean {
    const world = this.worldOf(id);
    if (!world?.isAdmin(id)) return false;
    const held = new Set(
      world.access(id).entries.flatMap(({ actions, region: { resources, notResources, when }, except }) => {
        const whole =
          when.length === 0 && except.length === 0 && notResources.length === 0 && resources.every((list) => list.includes('*'));
        return whole ? actions : [];
      }),
    );
    return held.size >= world.facts.count;
  }

  /** Whether full control through another principal is more than what is given; most are given no control at all. */
  gainsControl(id: string): boolean {
    const masters = [...this.given.keys()].some((one) => this.isAdmin(one));
    return !masters || this.given.has(id) || this.worldOf(id) === undefined || this.gains(id);
  }

  /** What a principal can do by itself, and only then. Every world is asked: a stranger is known to the one that lets it in. */
  stepsAlone(from: string): readonly EscalationStep[] {
    return [...this.worlds.flatMap((world) => this.noted(stepsAlone(world, from), world)), ...secretSteps(from, this.worlds)];
  }

  /** What a principal can do where the others of a set are held too. */
  stepsTogether(from: string, held: ReadonlySet<string>): readonly EscalationStep[] {
    return this.worlds.flatMap((world) => this.noted(stepsTogether(world, from, held), world));
  }

  private noted(steps: readonly EscalationStep[], world: AccessWorld): readonly EscalationStep[] {
    for (const { to, toId, assumed } of steps)
      if (to === 'principal' && assumed !== true && !this.homes.has(toId)) this.homes.set(toId, world);
    return steps;
  }

  /** Whether another principal may do anything that was not given, steps to others left out. */
  gains(id: string): boolean {
    const known = this.gained.get(id);
    if (known !== undefined) return known;
    const world = this.worldOf(id);
    const access = world?.access(id);
    const gains = access !== undefined && (access.unknowns.length > 0 || this.isMore(ofItsOwn(access.entries, world), world));
    this.gained.set(id, gains);
    return gains;
  }

  /**
   * Whether some access is more than what is given. A wildcard is listed as the actions that the catalog knows; of others, that it covers
   * them is only seen by asking.
   */
  private isMore(entries: readonly AccessEntry[], world: AccessWorld | undefined): boolean {
    this.entries ??= [...this.given.keys()].flatMap((one) => this.worldOf(one)?.access(one).entries ?? []);
    for (const { actions, outcome } of partsBeyond(entries, this.entries)) {
      const isKnown = actions.some((action) => world?.facts.level(action) !== undefined);
      if (isKnown || !('point' in outcome)) return true;
      if (!actions.every((action) => this.mayAlready(requestAt(action, outcome.point)))) return true;
    }
    return false;
  }

  /** Whether one of those that are given may make a request. */
  mayAlready(request: AccessRequest): boolean {
    return [...this.given.keys()].some((id) => this.decideBy(id, request)?.effect === 'allowed');
  }

  decideBy(id: string, request: AccessRequest): Decision | undefined {
    return this.worldOf(id)?.decide(id, request);
  }

  /** Whether an agent's declaration grants a request, by capabilities or, with `native`, by the user's own code too. */
  isDeclared(id: string, { action, resource }: AccessRequest, native = false): boolean {
    const declared = (this.principal(id)?.declared ?? []).flatMap(({ grant, entries }) => (grant || native ? entries : []));
    const region = { resources: [[resource.replace(/[\\*?]/g, '\\$&')]], notResources: [], when: [] };
    return accessWithin([{ actions: [action], region, except: [], origins: [] }], declared.map(unconditional)).verdict === 'proven';
  }
}

/** What is declared is declared, whatever conditions it was compiled to. */
function unconditional(entry: AccessEntry): AccessEntry {
  return { ...entry, region: { ...entry.region, when: [] }, except: [] };
}

/** All but steps to other principals: what these may do is judged by itself. */
function ofItsOwn(entries: readonly AccessEntry[], world: AccessWorld | undefined): readonly AccessEntry[] {
  const leadsOn = world?.facts.leadsOn;
  if (!leadsOn) return entries;
  return entries.flatMap((entry): AccessEntry[] => {
    const actions = entry.actions.filter((action) => !leadsOn(action));
    return actions.length === entry.actions.length ? [entry] : actions.length > 0 ? [{ ...entry, actions }] : [];
  });
}
