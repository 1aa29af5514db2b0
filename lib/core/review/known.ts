import type { AccessEntry, AccessRequest, Decision } from './access';
import { isBeyond } from './difference';
import type { AccessWorld, EscalationStep, WorldPrincipal } from './world';

/** What a principal was given: itself and, for an agent, the agents that it delegates to, and all that these may do. */
export class Known {
  /** Ids of the principals that are given, the start first. */
  readonly ids: ReadonlySet<string>;
  private given: readonly AccessEntry[] | undefined;
  private readonly gained = new Map<string, boolean>();

  constructor(
    readonly start: string,
    readonly worlds: readonly AccessWorld[],
  ) {
    this.ids = delegatesOf(start, worlds);
  }

  /** The world that knows a principal. */
  worldOf(id: string): AccessWorld | undefined {
    return this.worlds.find((world) => principalsOf(world).has(id));
  }

  /** Whether the start may do every action on everything, so that nothing is left to gain. */
  hasEverything(): boolean {
    const world = this.worldOf(this.start);
    if (!world?.isAdmin(this.start)) return false;
    const held = new Set(
      world.access(this.start).entries.flatMap(({ actions, region: { resources, notResources, when }, except }) => {
        const whole =
          when.length === 0 && except.length === 0 && notResources.length === 0 && resources.every((list) => list.includes('*'));
        return whole ? actions : [];
      }),
    );
    return held.size >= world.facts.count;
  }

  /** Whether full control through another principal is more than the start has; most starts have no control at all. */
  gainsControl(id: string): boolean {
    const world = this.worldOf(this.start);
    return id === this.start || !world?.isAdmin(this.start) || this.worldOf(id) === undefined || this.gains(id);
  }

  /** Every world is asked: a stranger is known to the one that lets it in. */
  steps(from: string, held: ReadonlySet<string>): readonly EscalationStep[] {
    return this.worlds.flatMap((world) => world.steps(from, held));
  }

  /** Whether another principal may do anything that was not given. */
  gains(id: string): boolean {
    const known = this.gained.get(id);
    if (known !== undefined) return known;
    const access = this.worldOf(id)?.access(id);
    this.given ??= [...this.ids].flatMap((one) => this.worldOf(one)?.access(one).entries ?? []);
    const gains = access !== undefined && (access.unknowns.length > 0 || isBeyond(access.entries, this.given));
    this.gained.set(id, gains);
    return gains;
  }

  /** Whether one of those that are given may make a request. */
  mayAlready(request: AccessRequest): boolean {
    return [...this.ids].some((id) => this.decideBy(id, request)?.effect === 'allowed');
  }

  decideBy(id: string, request: AccessRequest): Decision | undefined {
    return this.worldOf(id)?.decide(id, request);
  }
}

const listed = new WeakMap<AccessWorld, ReadonlyMap<string, WorldPrincipal>>();

/** The principals of a world by id. */
export function principalsOf(world: AccessWorld): ReadonlyMap<string, WorldPrincipal> {
  const known = listed.get(world);
  if (known) return known;
  const made = new Map(world.principals.map((principal) => [principal.id, principal]));
  listed.set(world, made);
  return made;
}

/** A principal and, transitively, the identities of the agents it declares to delegate to: same fleet, same cloud. */
export function delegatesOf(start: string, worlds: readonly AccessWorld[]): ReadonlySet<string> {
  const held = new Set([start]);
  for (const id of held) {
    for (const world of worlds) {
      const agent = principalsOf(world).get(id)?.agent;
      if (!agent || agent.delegatesTo.length === 0) continue;
      for (const other of agentsOf(world, agent.fleet)) {
        if (other.agent && agent.delegatesTo.includes(other.agent.name)) held.add(other.id);
      }
    }
  }
  return held;
}

const fleets = new WeakMap<AccessWorld, ReadonlyMap<string, readonly WorldPrincipal[]>>();

function agentsOf(world: AccessWorld, fleet: string): readonly WorldPrincipal[] {
  const known = fleets.get(world);
  if (known) return known.get(fleet) ?? [];
  const made = new Map<string, WorldPrincipal[]>();
  for (const principal of world.principals) {
    if (principal.agent) made.set(principal.agent.fleet, [...(made.get(principal.agent.fleet) ?? []), principal]);
  }
  fleets.set(world, made);
  return made.get(fleet) ?? [];
}
