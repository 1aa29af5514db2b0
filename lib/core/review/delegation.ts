import { declaredSecretSteps } from './held-secrets';
import { principalsOf } from './listing';
import { stepsAlone } from './step-memory';
import type { AccessWorld, EscalationStep, WorldPrincipal } from './world';

/** Technique of a step that an agent's declaration allows: handing work to a sub-agent. */
export const DELEGATION = 'delegation';

/**
 * A principal and, transitively, the identities of the agents that it declares to delegate to, those whose credentials are in secrets
 * declared for it, and its own on other clouds that let it in, each with the declared steps that lead there. Agents are found by name, in the same fleet: on the same cloud, and where that has none of the name, on any other.
 */
export function delegatesOf(start: string, worlds: readonly AccessWorld[]): ReadonlyMap<string, readonly EscalationStep[]> {
  const held = new Map<string, readonly EscalationStep[]>([[start, []]]);
  for (const [id, chain] of held) {
    for (const world of worlds) {
      const principal = principalsOf(world).get(id);
      if (!principal) continue;
      for (const other of delegatesIn(principal, world, worlds))
        if (!held.has(other.id)) held.set(other.id, [...chain, handOver(principal, other)]);
    }
    for (const step of [...declaredSecretSteps(id, worlds), ...ownElsewhere(id, worlds)])
      if (!held.has(step.toId)) held.set(step.toId, [...chain, step]);
  }
  return held;
}

/** The steps by which an agent becomes itself on another cloud, whose trust names it: one declaration, and so what it was given. */
function ownElsewhere(id: string, worlds: readonly AccessWorld[]): readonly EscalationStep[] {
  const home = worlds.find((world) => principalsOf(world).has(id));
  const agent = home && principalsOf(home).get(id)?.agent;
  if (!agent) return [];
  return worlds
    .filter((world) => world !== home)
    .flatMap((world) =>
      stepsAlone(world, id).filter(({ toId }) => {
        const other = principalsOf(world).get(toId)?.agent;
        return other?.name === agent.name && other.fleet === agent.fleet;
      }),
    );
}

/** The identities of the agents that one agent itself names; `home` is its own cloud. */
export function delegatesIn({ agent }: WorldPrincipal, home: AccessWorld, worlds: readonly AccessWorld[]): readonly WorldPrincipal[] {
  if (!agent || agent.delegatesTo.length === 0) return [];
  return agent.delegatesTo.flatMap((name) => {
    const named = (world: AccessWorld) => agentsOf(world, agent.fleet).filter((other) => other.agent?.name === name);
    const near = named(home);
    return near.length > 0 ? near : worlds.filter((world) => world !== home).flatMap(named);
  });
}

function handOver(from: WorldPrincipal, to: WorldPrincipal): EscalationStep {
  const name = to.agent?.name ?? to.name;
  return {
    from: from.id,
    to: 'principal',
    toId: to.id,
    technique: DELEGATION,
    sentence: `hands work to its sub-agent '${name}', as it declares`,
    requests: [],
    allowedBy: [
      {
        statement: `declaration of '${from.agent?.name ?? from.name}'`,
        layer: 'declaration',
        ...(from.construct === undefined ? {} : { construct: from.construct }),
        source: from.source,
      },
    ],
  };
}

const fleets = new WeakMap<AccessWorld, ReadonlyMap<string, readonly WorldPrincipal[]>>();

function agentsOf(world: AccessWorld, fleet: string): readonly WorldPrincipal[] {
  const known = fleets.get(world);
  if (known) return known.get(fleet) ?? [];
  const made = new Map<string, WorldPrincipal[]>();
  for (const principal of world.principals) {
    if (!principal.agent) continue;
    const list = made.get(principal.agent.fleet);
    if (list) list.push(principal);
    else made.set(principal.agent.fleet, [principal]);
  }
  fleets.set(world, made);
  return made.get(fleet) ?? [];
}
