import { principalsOf } from './listing';
import type { AccessWorld, EscalationStep } from './world';

/** Technique of a step that a declared secret opens: what it holds is the credential of another principal. */
export const HELD_SECRET = 'secret-holds-credential';

/**
 * The principals that one can become by reading the secrets it may read, of any cloud: as the manifest says whose credentials each holds. Who
 * may read it is decided by the cloud that keeps it.
 */
export function secretSteps(from: string, worlds: readonly AccessWorld[]): readonly EscalationStep[] {
  return stepsThrough(from, worlds, false);
}

/** The same through secrets that are declared for the agent: what it was given, as a sub-agent is. */
export function declaredSecretSteps(from: string, worlds: readonly AccessWorld[]): readonly EscalationStep[] {
  return stepsThrough(from, worlds, true);
}

function stepsThrough(from: string, worlds: readonly AccessWorld[], declared: boolean): readonly EscalationStep[] {
  const home = worlds.find((world) => principalsOf(world).has(from));
  const agent = home && principalsOf(home).get(from)?.agent?.name;
  return (home?.secrets ?? []).flatMap(({ name, request, holds, readers }) => {
    if ((agent !== undefined && readers.includes(agent)) !== declared) return [];
    if (request === undefined && !declared) return [];
    const decided = request && home?.decide(from, request);
    if (decided && decided.effect !== 'allowed') return [];
    return holds
      .filter((id) => id !== from)
      .map(
        (id): EscalationStep => ({
          from,
          to: 'principal',
          toId: id,
          technique: HELD_SECRET,
          sentence: `reads the secret '${name}', which holds the credentials of '${nameOf(id, worlds)}'`,
          requests: request ? [request] : [],
          allowedBy: decided?.origins ?? [],
          ...(worlds.some((world) => principalsOf(world).has(id)) ? {} : { assumed: true }),
        }),
      );
  });
}

/** Who is not in the files that were read, though a secret holds its credentials; full sentences. */
export function unknownHolders(worlds: readonly AccessWorld[]): readonly string[] {
  const known = (id: string): boolean => worlds.some((world) => principalsOf(world).has(id));
  return worlds.flatMap(({ secrets = [] }) =>
    secrets.flatMap(({ name, holds }) =>
      holds
        .filter((id) => !known(id))
        .map((id) => `What '${id}' may do, whose credentials the secret '${name}' holds, is not in the files that were read.`),
    ),
  );
}

function nameOf(id: string, worlds: readonly AccessWorld[]): string {
  return worlds.flatMap((world) => principalsOf(world).get(id)?.name ?? [])[0] ?? id;
}
