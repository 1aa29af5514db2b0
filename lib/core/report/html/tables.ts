import type { GraphEdge } from '../../review/result';
import { count, EDGES, HARMS } from '../words';
import { html, type Markup } from './markup';
import { EDGE_KINDS, type PageModel, type PageNode } from './model';
import { writeVerdicts } from './sections';

/** How many of those who reach one thing its row names. */
const MOST_REACHING = 10;

/** The graph in two tables: who was reviewed, and what is reached by whom. */
export function writeTables(model: PageModel): Markup {
  const reviewed = model.nodes.filter(({ principal }) => principal !== undefined);
  const others = model.nodes.filter(({ principal, kind }) => principal === undefined && kind !== 'group');
  const into = incoming(model);
  return html`<section id="tables"><h2 id="reviewed-title">Reviewed</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="reviewed-title"><table class="list" id="reviewed"><thead><tr><th scope="col">Name</th><th scope="col">Cloud</th><th scope="col">Identity</th><th scope="col">Worst it can reach</th><th scope="col">Verdicts</th><th scope="col">Blast radius</th></tr></thead><tbody>${reviewed.map(reviewedRow)}</tbody></table></div></section>
${
  others.length > 0 &&
  html`<section><h2 id="reached-title">What can be reached</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="reached-title"><table class="list" id="reached"><thead><tr><th scope="col">Name</th><th scope="col">What it is</th><th scope="col">Cloud</th><th scope="col">Reached by</th></tr></thead><tbody>${others.map((node) => reachedRow(node, { into: into.get(node.index) ?? [], model }))}</tbody></table></div>${model.omitted > 0 && html`<p class="more">and ${model.omitted} more with milder reach, in the JSON form of this review</p>`}</section>`
}`;
}

function reviewedRow({ index, name, cloud, principal, harms, attention }: PageNode): Markup | false {
  if (!principal) return false;
  const worst = harms.at(-1);
  const reach = principal.blastRadius.admin ? 'full control' : worst ? HARMS[worst] : 'nothing';
  return html`<tr data-p="${index}" class="a-${attention}"><th scope="row"><a href="#s${index}">${name}</a></th><td data-label="Cloud">${cloud}</td><td data-label="Identity">${principal.kind}</td><td data-label="Worst">${worst && html`<span class="harm k-${worst}"></span>`}${reach}</td><td data-label="Verdicts">${writeVerdicts(principal)}</td><td class="sentence">${principal.blastRadius.sentence}</td></tr>
`;
}

interface Reaching {
  readonly from: number;
  readonly kind: GraphEdge['kind'];
}

function incoming({ edges }: PageModel): ReadonlyMap<number, readonly Reaching[]> {
  const into = new Map<number, Reaching[]>();
  for (const { from, to, kind } of edges) into.set(to, [...(into.get(to) ?? []), { from, kind }]);
  return into;
}

function reachedRow(node: PageNode, { into, model }: { readonly into: readonly Reaching[]; readonly model: PageModel }): Markup {
  const worstFirst = [...into].sort((a, b) => EDGE_KINDS.indexOf(b.kind) - EDGE_KINDS.indexOf(a.kind) || a.from - b.from);
  const who = worstFirst.slice(0, MOST_REACHING).map(({ from, kind }) => {
    const source = model.nodes[from];
    return html`<li><span class="harm k-${kind}"></span><a href="#${source?.principal ? 's' : 'r'}${from}">${source?.name}</a> <span class="how">${EDGES[kind]}</span></li>`;
  });
  const left = into.length - MOST_REACHING;
  return html`<tr id="r${node.index}" data-r="${node.index}"><th scope="row">${node.name}<br><code>${node.id !== node.name && node.id}</code></th><td data-label="What">${node.type}</td><td data-label="Cloud">${node.cloud}</td><td data-label="Reached by"><ul>${who}</ul>${left > 0 && html`<p class="more">and ${count(left, 'more')}</p>`}</td></tr>
`;
}
