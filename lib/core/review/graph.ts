import { byCodePoint } from '../json';
import { DELEGATION, delegatesIn } from './delegation';
import { harmsOf } from './harm';
import { resourcesById } from './listing';
import { isPattern, resourcesOf } from './named-resources';
import type { GraphEdge, GraphNode, PrincipalReview, Review } from './result';
import type { AccessWorld, WorldPrincipal } from './world';

/** Patterns drawn for one principal; a page with more says nothing. */
const MOST_PATTERNS = 40;

/** What the reviewed principals, what they reach and the ways between look like as a graph. */
export function graphOf(reviews: readonly PrincipalReview[], worlds: readonly AccessWorld[]): Review['graph'] {
  const draft = new Draft(worlds);
  for (const { id } of reviews) draft.principal(id);
  for (const review of reviews) {
    draft.access(review.id);
    draft.delegates(review.id);
    for (const path of review.paths) {
      for (const step of path.steps) {
        if (step.technique === DELEGATION) draft.delegates(step.from);
        else if (step === path.steps.at(-1)) draft.end(path, step.from);
        else draft.edge(step.from, draft.principal(step.to), 'escalates');
      }
    }
  }
  return draft.finish();
}

class Draft {
  private readonly nodes = new Map<string, GraphNode>();
  private readonly edges = new Map<string, GraphEdge>();
  private readonly owners = new Map<string, { readonly world: AccessWorld; readonly principal: WorldPrincipal }>();

  constructor(private readonly worlds: readonly AccessWorld[]) {
    for (const world of worlds) for (const principal of world.principals) this.owners.set(principal.id, { world, principal });
  }

  principal(id: string): string {
    const owner = this.owners.get(id);
    this.node(id, {
      name: owner?.principal.agent?.name ?? owner?.principal.name ?? id,
      kind: owner?.principal.agent ? 'agent' : 'principal',
      cloud: owner?.world.cloud ?? '',
      type: owner?.principal.kind ?? 'principal',
    });
    return id;
  }

  /** What a principal may do to resources, as one line for each kind of harm. */
  access(id: string): void {
    const owner = this.owners.get(id);
    if (!owner || owner.world.isAdmin(id)) return;
    const { world } = owner;
    const drawn = new Set<string>();
    for (const entry of world.access(id).entries) {
      const harms = new Set(entry.actions.flatMap((action) => harmsOf(action, world.facts)));
      if (harms.size === 0) continue;
      for (const name of resourcesOf(entry, world)) {
        if (drawn.size >= MOST_PATTERNS && !drawn.has(name)) continue;
        drawn.add(name);
        for (const harm of harms) this.edge(id, this.resource(name, world), harm);
      }
    }
  }

  delegates(id: string): void {
    const owner = this.owners.get(id);
    if (!owner) return;
    for (const other of delegatesIn(owner.principal, owner.world, this.worlds)) this.edge(id, this.principal(other.id), 'delegates');
  }

  end({ to, toArn }: PrincipalReview['paths'][number], from: string): void {
    const world = this.owners.get(from)?.world;
    if (to === 'principal') this.edge(from, this.principal(toArn), 'escalates');
    else if (to === 'admin') this.edge(from, this.admin(toArn, from), 'escalates');
    else this.edge(from, this.resource(toArn, world, to === 'credentials'), 'escalates');
  }

  edge(from: string, to: string, kind: GraphEdge['kind']): void {
    if (from === to) return;
    this.edges.set(JSON.stringify([from, to, kind]), { from, to, kind });
  }

  finish(): Review['graph'] {
    return {
      nodes: [...this.nodes.values()],
      edges: [...this.edges.values()].sort((a, b) => byCodePoint(a.from, b.from) || byCodePoint(a.to, b.to) || byCodePoint(a.kind, b.kind)),
    };
  }

  /** Who gives itself full control ends there, and nothing that is drawn stands for it yet. */
  private admin(target: string, from: string): string {
    const actor = this.owners.get(from);
    const cloud = actor?.world.cloud ?? '';
    const owner = target === from ? undefined : this.owners.get(target);
    const account = actor?.principal.account ?? cloud;
    const id = owner ? target : `full control: ${account}`;
    this.node(id, {
      name: owner?.principal.name ?? `full control of ${account}`,
      kind: 'admin',
      cloud,
      type: owner?.principal.kind ?? 'account',
    });
    return id;
  }

  private resource(id: string, world: AccessWorld | undefined, credentials = false): string {
    if (this.owners.has(id)) return this.principal(id);
    const known = world && resourcesById(world).get(id);
    this.node(id, {
      name: known?.name ?? (id === '*' ? 'everything' : id),
      kind: credentials || known?.holdsCredentials ? 'credentials' : 'resource',
      cloud: world?.cloud ?? '',
      type: known?.type ?? (isPattern(id) ? 'pattern' : 'resource'),
    });
    return id;
  }

  private node(id: string, node: Omit<GraphNode, 'id'>): void {
    const known = this.nodes.get(id);
    if (!known || (node.kind === 'admin' && known.kind === 'principal')) this.nodes.set(id, { id, ...node });
  }
}
