import { byCodePoint } from '../../json';
import { type GraphEdge, type GraphNode, HARM_LEVELS, type HarmLevel, type PrincipalReview, type Review } from '../../review/result';
import { byUrgency } from '../review-rows';
import { type Attention, attentionOf, count, displayName } from '../words';

/** One box of the graph: a reviewed principal, something reached, or a group of boxes that are alike. */
export interface PageNode {
  /** Position in {@link PageModel.nodes}; names the node in the page. */
  readonly index: number;
  readonly name: string;
  readonly kind: GraphNode['kind'] | 'group';
  readonly cloud: string;
  readonly type: string;
  /** Native id. @default - a group has none */
  readonly id?: string;
  /** 0 for what was reviewed; what is reached stands further right. */
  readonly column: number;
  /** @default - was not reviewed itself */
  readonly principal?: PrincipalReview;
  /** @default - was not reviewed itself */
  readonly attention?: Attention;
  readonly harms: readonly HarmLevel[];
  /** Index of the group that stands for it at first. @default - it stands for itself */
  group?: number;
  /** Indexes of what a group stands for. @default - no group */
  readonly members?: readonly number[];
}

/** One line of the graph, between indexes of nodes. */
export interface PageEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: GraphEdge['kind'];
}

/** A review, numbered for a page. */
export interface PageModel {
  readonly review: Review;
  /** How many reached things are left out, because a page of all would be too large. */
  readonly omitted: number;
  readonly nodes: readonly PageNode[];
  readonly edges: readonly PageEdge[];
}

/** Kinds of edges, mildest first: of several lines at one place the last is on top. */
export const EDGE_KINDS: readonly GraphEdge['kind'][] = ['delegates', ...HARM_LEVELS, 'escalates'];

/** Above these numbers of boxes, those that are alike and ask for no attention share one. */
const MOST_PRINCIPALS = 30;
const MOST_OTHERS = 40;
/** Fewest that make a group. */
const LEAST_ALIKE = 4;
/** Most reached things on one page. */
const MOST_DRAWN = 1000;
/** Columns between what was reviewed and the last. */
const MOST_MIDDLE = 3;

/** Numbers a review: reviewed principals first, most urgent first; then what they reach. */
export function pageModel(review: Review): PageModel {
  const reviewed = byUrgency(review.principals);
  const ids = new Map<string, number>();
  for (const { id } of reviewed) ids.set(id, ids.size);
  const reached = review.graph.nodes.filter(({ id }) => !ids.has(id));
  const others = worstReached(reached, review.graph.edges);
  for (const { id } of others) ids.set(id, ids.size);
  const edges = numberEdges(review.graph.edges, ids);
  const depth = depths(edges, reviewed.length);
  const middle = others.map((node, at) => (node.kind === 'principal' ? Math.min(depth.get(reviewed.length + at) ?? 1, MOST_MIDDLE) : 0));
  const last = Math.max(0, ...middle) + 1;
  const nodes: PageNode[] = [
    ...reviewed.map((one, index) => principalNode(one, index)),
    ...others.map((node, at) => ({ ...node, index: reviewed.length + at, column: middle[at] || last, harms: [] })),
  ];
  return { review, omitted: reached.length - others.length, nodes: [...nodes, ...groups(nodes, edges)], edges };
}

/** All that is reached or, of too many, what the worst edges lead to; the order stays. */
function worstReached(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): readonly GraphNode[] {
  if (nodes.length <= MOST_DRAWN) return nodes;
  const rank = new Map<string, number>();
  for (const { to, kind } of edges) rank.set(to, Math.max(rank.get(to) ?? 0, EDGE_KINDS.indexOf(kind)));
  const worst = [...nodes].sort((a, b) => (rank.get(b.id) ?? 0) - (rank.get(a.id) ?? 0)).slice(0, MOST_DRAWN);
  const kept = new Set(worst);
  return nodes.filter((node) => kept.has(node));
}

function principalNode(principal: PrincipalReview, index: number): PageNode {
  return {
    index,
    id: principal.id,
    name: displayName(principal),
    kind: principal.agent === undefined ? 'principal' : 'agent',
    cloud: principal.cloud,
    type: principal.kind,
    column: 0,
    principal,
    attention: attentionOf(principal),
    harms: HARM_LEVELS.filter((level) => principal.blastRadius.levels[level].actions > 0),
  };
}

/** Edges between known nodes, each once, mildest first. */
function numberEdges(edges: readonly GraphEdge[], ids: ReadonlyMap<string, number>): readonly PageEdge[] {
  const known = edges.flatMap(({ from, to, kind }) => {
    const [a, b] = [ids.get(from), ids.get(to)];
    return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b, kind }];
  });
  const unique = new Map(known.map((edge) => [`${edge.from} ${edge.to} ${edge.kind}`, edge]));
  return [...unique.values()].sort((a, b) => EDGE_KINDS.indexOf(a.kind) - EDGE_KINDS.indexOf(b.kind) || a.from - b.from || a.to - b.to);
}

/** Fewest steps from anything reviewed to each node. */
function depths(edges: readonly PageEdge[], reviewed: number): ReadonlyMap<number, number> {
  const next = new Map<number, number[]>();
  for (const { from, to, kind } of edges) if (kind === 'escalates') next.set(from, [...(next.get(from) ?? []), to]);
  const depth = new Map<number, number>(Array.from({ length: reviewed }, (_unused, index) => [index, 0]));
  for (const [node, steps] of depth) {
    for (const to of next.get(node) ?? []) if (!depth.has(to)) depth.set(to, steps + 1);
  }
  return depth;
}

/** Puts boxes that are alike and ask for nothing into groups, where there are too many to see. */
function groups(nodes: readonly PageNode[], edges: readonly PageEdge[]): readonly PageNode[] {
  const reviewed = nodes.filter(({ column }) => column === 0);
  const others = nodes.filter(({ column }) => column > 0);
  const quiet = reviewed.length > MOST_PRINCIPALS ? reviewed.filter(({ attention }) => attention !== 'wrong') : [];
  const hidden = new Set(quiet.map(({ index }) => index));
  const shown = new Set(edges.filter(({ from, kind }) => kind === 'escalates' || !hidden.has(from)).map(({ to }) => to));
  const plain = others.length > MOST_OTHERS ? others.filter(({ index, kind }) => !shown.has(index) && kind !== 'admin') : [];
  const alike = new Map<string, PageNode[]>();
  for (const node of [...quiet, ...plain]) {
    const key = [node.column, node.cloud, node.attention ?? node.type, node.kind].join('\u0000');
    alike.set(key, [...(alike.get(key) ?? []), node]);
  }
  const made = [...alike.entries()].sort(([a], [b]) => byCodePoint(a, b)).filter(([, members]) => members.length >= LEAST_ALIKE);
  return made.flatMap(([, members], at) => {
    const [first] = members;
    if (!first) return [];
    const index = nodes.length + at;
    for (const member of members) member.group = index;
    return [groupNode(first, members, index)];
  });
}

function groupNode(first: PageNode, members: readonly PageNode[], index: number): PageNode {
  const { cloud, column, attention, kind } = first;
  const noun = { agent: 'agent', principal: 'identity', resource: 'resource', credentials: 'secret', admin: 'account', group: 'group' }[
    kind
  ];
  const type = attention === undefined ? first.type : attention === 'open' ? 'not decided' : 'nothing to report';
  const harms = HARM_LEVELS.filter((level) => members.some(({ harms }) => harms.includes(level)));
  return {
    index,
    name: count(members.length, noun),
    kind: 'group',
    cloud,
    type,
    column,
    attention,
    harms,
    members: members.map((one) => one.index),
  };
}
