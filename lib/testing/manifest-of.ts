import { Fleets } from '../core/fleet';
import { formatManifest, type Manifest } from '../core/manifest';

/** Anything in a construct tree, of CDK or CDKTF: an app, a stack, an agent. */
export interface InConstructTree {
  readonly node: { readonly root: object };
}

/**
 * The manifest that synth will write for the whole app that a construct is in: a plain object, in stable order, without
 * timestamps, for snapshots and expectations. Agents are listed by cloud, fleet and name.
 *
 * Call it when the app is complete: what is granted later is not in it.
 *
 * @example
 * expect(manifestOf(app).agents.map((agent) => agent.name)).toEqual(['invoice-reader']);
 */
export function manifestOf(scope: InConstructTree): Manifest {
  return JSON.parse(formatManifest(Fleets.of(scope.node.root).toManifest())) as Manifest;
}
