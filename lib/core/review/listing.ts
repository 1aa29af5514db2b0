import type { AccessWorld, WorldPrincipal, WorldResource } from './world';

const principals = new WeakMap<AccessWorld, ReadonlyMap<string, WorldPrincipal>>();

/** The principals of a world by id. */
export function principalsOf(world: AccessWorld): ReadonlyMap<string, WorldPrincipal> {
  const known = principals.get(world) ?? new Map(world.principals.map((principal) => [principal.id, principal]));
  principals.set(world, known);
  return known;
}

const resources = new WeakMap<AccessWorld, ReadonlyMap<string, WorldResource>>();

/** The resources of a world by id. */
export function resourcesById(world: AccessWorld): ReadonlyMap<string, WorldResource> {
  const known = resources.get(world) ?? new Map(world.resources.map((resource) => [resource.id, resource]));
  resources.set(world, known);
  return known;
}
