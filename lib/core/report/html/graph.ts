import { shorten, shortName } from '../text';
import { count, EDGES, HARMS } from '../words';
import { layoutGraph, SIZE } from './layout';
import { html, type Markup, trusted } from './markup';
import { EDGE_KINDS, type PageEdge, type PageModel, type PageNode } from './model';

/** Longest texts that fit a box. */
const NAME_LENGTH = 24;
const NAME_BESIDE_SIGN = 21;
const TYPE_LENGTH = 34;

/** Heads of the columns. */
const FIRST = 'Reviewed';
const MIDDLE = 'Can become';
const LAST = 'Can reach';

/** Drawings of 16 by 16, one for each kind of node. */
const ICONS: Readonly<Record<PageNode['kind'], string>> = {
  agent:
    '<rect x="2.5" y="5" width="11" height="8.5" rx="2.5"/><path d="M8 5V2.2M5.6 8.6v1.6M10.4 8.6v1.6"/><circle cx="8" cy="1.8" r=".6"/>',
  principal: '<circle cx="8" cy="5" r="2.8"/><path d="M2.8 14c.4-3 2.4-4.5 5.2-4.5s4.8 1.5 5.2 4.5"/>',
  resource:
    '<ellipse cx="8" cy="3.8" rx="5" ry="1.9"/><path d="M3 3.8v8.4c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V3.8M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8"/>',
  credentials: '<circle cx="5" cy="8" r="2.8"/><path d="M7.8 8H14M11.6 8v2.6M13.9 8v1.8"/>',
  admin: '<path d="M8 1.6l5.2 1.8v4.2c0 3.2-2.1 5.6-5.2 6.8-3.1-1.2-5.2-3.6-5.2-6.8V3.4zM5.6 7.8l1.8 1.8 3-3.4"/>',
  group:
    '<rect x="2.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M5.5 5.5v-1c0-1 .7-1.7 1.7-1.7h4.6c1 0 1.7.7 1.7 1.7v4.6c0 1-.7 1.7-1.7 1.7h-1.3"/>',
};

/** A sign for each state, so that it is told by more than its colour. */
const SIGNS = { wrong: '!', open: '?', quiet: '✓' } as const;
const STATES = { wrong: 'needs attention', open: 'not decided', quiet: 'nothing to report' } as const;

/** The graph as a drawing that reads without a script: a box is a link to what the page says of it. */
export function drawGraph(model: PageModel): Markup {
  const layout = layoutGraph(model);
  const visible = new Map(layout.lines.map(({ edge, path }) => [edge, path]));
  const summary = `${count(model.review.principals.length, 'reviewed principal')}, ${count(model.nodes.length, 'box')} and ${count(model.edges.length, 'line')}`;
  return html`<svg id="graph" class="graph c${layout.columns}${visible.size > 80 ? ' dense' : ''}" viewBox="0 0 ${layout.width} ${layout.height}" width="${layout.width}" height="${layout.height}" role="group" aria-label="Graph of access: ${summary}. The tables below say the same." data-width="${SIZE.width}" data-height="${SIZE.height}" data-gap-x="${SIZE.gapX}" data-gap-y="${SIZE.gapY}" data-margin="${SIZE.margin}" data-top="${SIZE.top}">
${definitions()}
${heads(layout.columns)}
<g id="edges" aria-hidden="true">${model.edges.map((edge, index) => drawEdge(edge, visible.get(index)))}</g>
<g id="nodes">${inReadingOrder(model, layout.tops).map((node) => drawNode(node, layout.tops.get(node.index)))}</g>
</svg>`;
}

/** The meaning of lines, by pattern and colour. */
export function drawLegend(model: PageModel): Markup {
  const used = EDGE_KINDS.filter((kind) => model.edges.some((edge) => edge.kind === kind));
  return html`<ul class="legend" aria-label="What the lines mean">${[...used]
    .reverse()
    .map(
      (kind) =>
        html`<li><svg width="34" height="10" aria-hidden="true"><path class="edge k-${kind}" d="M1 5H33"/></svg>${EDGES[kind]}</li>`,
    )}</ul>`;
}

function definitions(): Markup {
  const symbols = Object.entries(ICONS).map(([kind, drawing]) => `<symbol id="i-${kind}" viewBox="0 0 16 16">${drawing}</symbol>`);
  const arrow = (id: string) =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 .6L7.6 4L0 7.4z"/></marker>`;
  return trusted(`<defs>${symbols.join('')}${arrow('to-escalates')}${arrow('to-delegates')}</defs>`);
}

function heads(columns: number): Markup {
  const titles = Array.from({ length: columns }, (_unused, column) => (column === 0 ? FIRST : column === columns - 1 ? LAST : MIDDLE));
  return html`<g class="heads" aria-hidden="true">${titles.map(
    (title, column) => html`<text x="${SIZE.margin + column * (SIZE.width + SIZE.gapX)}" y="26">${title}</text>`,
  )}</g>`;
}

/** Column by column, downwards; the members of a group follow it. */
function inReadingOrder({ nodes }: PageModel, tops: ReadonlyMap<number, number>): readonly PageNode[] {
  const top = (node: PageNode) => tops.get(node.group ?? node.index) ?? 0;
  return [...nodes].sort(
    (a, b) => a.column - b.column || top(a) - top(b) || Number(b.kind === 'group') - Number(a.kind === 'group') || a.index - b.index,
  );
}

function drawEdge({ from, to, kind }: PageEdge, path: string | undefined): Markup {
  const drawn = path === undefined ? html`class="edge off k-${kind}"` : html`class="edge k-${kind}" d="${path}"`;
  return html`<path ${drawn} data-f="${from}" data-t="${to}" data-k="${kind}"/>`;
}

function drawNode(node: PageNode, top: number | undefined): Markup {
  const { index, kind, attention, column } = node;
  const x = SIZE.margin + column * (SIZE.width + SIZE.gapX);
  const classes = ['node', `n-${kind}`, attention ? `a-${attention}` : '', top === undefined ? 'off' : ''].filter(Boolean).join(' ');
  const target = node.principal ? `#s${index}` : kind === 'group' ? '#tables' : `#r${index}`;
  const sign = attention ?? (kind === 'group' ? 'quiet' : undefined);
  return html`<a class="${classes}" href="${target}" id="n${index}" data-n="${index}" data-c="${column}" data-kind="${kind}"${node.group !== undefined && html` data-g="${node.group}"`}${kind === 'group' && html` aria-expanded="false"`}${node.harms.length > 0 && html` data-harms="${node.harms.join(' ')}"`} data-cloud="${node.cloud}" data-find="${searchText(node)}" data-name="${node.name}" data-type="${node.type}" data-id="${node.id}" aria-label="${describe(node)}" transform="translate(${x} ${top ?? 0})"><rect class="box" width="${SIZE.width}" height="${SIZE.height}" rx="9"/><rect class="bar" x="0" y="9" width="3.5" height="${SIZE.height - 18}" rx="1.75"/><use href="#i-${kind}" class="icon" x="14" y="15" width="16" height="16"/><text class="name" x="40" y="20">${shortName(node.name, sign ? NAME_BESIDE_SIGN : NAME_LENGTH)}</text> <text class="type" x="40" y="36">${shorten(`${node.cloud} · ${node.type}`, TYPE_LENGTH)}</text>${sign && html`<g class="sign" aria-hidden="true"><circle cx="${SIZE.width - 19}" cy="${SIZE.height / 2}" r="8.5"/><text x="${SIZE.width - 19}" y="${SIZE.height / 2 + 4}">${kind === 'group' ? '+' : SIGNS[sign]}</text></g>`}</a>`;
}

function searchText({ name, id = '', cloud, type, principal }: PageNode): string {
  return [name, id, cloud, type, principal?.name ?? '', principal?.construct ?? ''].join(' ').toLowerCase();
}

/** What a screen reader says of a box: what the box shows, then what its signs and colours mean. */
function describe({ name, kind, cloud, type, attention, harms, principal, members }: PageNode): string {
  const shown = `${name} ${cloud} · ${type}`;
  if (members) return `${shown}; group`;
  const said = kind === 'agent' ? [shown, 'agent'] : [shown];
  if (attention) said.push(STATES[attention]);
  const worst = harms.at(-1);
  if (worst) said.push(`at worst can ${HARMS[worst]}`);
  if (principal && principal.paths.length > 0) said.push(count(principal.paths.length, 'path'));
  return said.join('; ');
}
