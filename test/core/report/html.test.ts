import { createHash } from 'node:crypto';
import { layoutGraph, SIZE } from '../../../lib/core/report/html/layout';
import { html } from '../../../lib/core/report/html/markup';
import { pageModel } from '../../../lib/core/report/html/model';
import { renderReviewHtml } from '../../../lib/core/report/html/page';
import type { Review } from '../../../lib/core/review/result';
import { HOSTILE_VALUES, hostileReview } from './hostile-fixture';
import { fleetReview, SIX } from './review-fixture';

const PAGE = renderReviewHtml(SIX);
const inline = (tag: string): string => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(PAGE)?.[1] ?? '';
/** The page's own tags, in order, with attribute names and no values. */
const skeleton = (page: string): string[] =>
  [...page.matchAll(/<\/?([a-zA-Z!][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, tag, attributes = '']) => `${tag} ${[...attributes.matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map(([, name]) => name).join(' ')}`,
  );

test('the policy allows the page its own style and script, and nothing else', () => {
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(PAGE) ?? [];
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src ${hash(inline('style'))}`,
    `script-src ${hash(inline('script'))}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('nothing outside the page is named by a tag of the page', () => {
  expect([...PAGE.matchAll(/\s(?:src|href|action|poster|srcset|data)="(?!#)[^"]*"/g)].map(([found]) => found)).toEqual([]);
  expect(PAGE).not.toMatch(/@import|url\((?!#)|\sstyle="|\son[a-z]+="/);
});

test.each(HOSTILE_VALUES)('the value %j changes texts and no tag', (value) => {
  const page = renderReviewHtml(hostileReview(value));
  expect(skeleton(page)).toEqual(skeleton(PAGE));
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u);
});

test('values are escaped in texts and attributes, and markup is not escaped twice', () => {
  const inner = html`<b title="${'"\'`<&>'}">${['<', html`<i>${1}</i>`, undefined, false]}</b>`;
  expect(html`${inner}`.text).toBe('<b title="&quot;&#39;&#96;&lt;&amp;&gt;">&lt;<i>1</i></b>');
});

test('every box and every row can be reached from the other', () => {
  const ids = new Set([...PAGE.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
  const targets = [...PAGE.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.filter((id) => !ids.has(id))).toEqual([]);
  expect(ids.size).toBe([...PAGE.matchAll(/\sid="/g)].length);
});

test('all that the graph shows, the tables say', () => {
  const [, tables = ''] = PAGE.split('id="tables"');
  for (const { name } of SIX.graph.nodes) expect(tables).toContain(`>${name}<`);
  expect(tables.match(/class="how"/g)).toHaveLength(SIX.graph.edges.filter(({ kind }) => kind !== 'delegates').length);
});

test('boxes stand apart, agents left of what they reach', () => {
  for (const review of [SIX, fleetReview(7), fleetReview(200)]) {
    const model = pageModel(review);
    const { tops, height, columns } = layoutGraph(model);
    const shown = model.nodes.filter(({ index }) => tops.has(index));
    for (let column = 0; column < columns; column += 1) {
      const inside = shown.filter((node) => node.column === column).map(({ index }) => tops.get(index) ?? 0);
      const sorted = inside.sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((top, at) => top - (sorted[at] ?? 0));
      expect(Math.min(...gaps, Number.MAX_VALUE)).toBeGreaterThanOrEqual(SIZE.height + SIZE.gapY);
      expect(sorted.at(-1) ?? 0).toBeLessThanOrEqual(height - SIZE.height);
    }
    expect(shown.filter(({ principal, column }) => principal !== undefined && column !== 0)).toEqual([]);
  }
});

test('a path of three steps has a column for each identity on the way', () => {
  const columns = new Map(pageModel(SIX).nodes.map(({ name, column }) => [name, column]));
  expect(['deploy-helper', 'nightly-builder', 'platform-admin', 'full control of 111122223333'].map((name) => columns.get(name))).toEqual([
    0, 1, 2, 3,
  ]);
});

test('of 200 agents the quiet ones stand in groups, and those with findings by themselves', () => {
  const { nodes } = pageModel(fleetReview(200));
  const alone = nodes.filter(({ principal, group }) => principal && group === undefined);
  expect(alone.filter(({ attention }) => attention === 'wrong')).toHaveLength(12);
  expect(alone.filter(({ attention }) => attention === 'quiet')).toEqual([]);
  const grouped = nodes.flatMap(({ members = [] }) => members);
  expect(new Set(grouped).size).toBe(grouped.length);
});

test('a page of 200 agents stays small, and is the same every time', () => {
  const page = renderReviewHtml(fleetReview(200));
  expect(page.length).toBeLessThan(2_000_000);
  expect(renderReviewHtml(fleetReview(200))).toBe(page);
});

test('lines to what is not in the graph are left out, and a principal that is not in it is drawn', () => {
  const review: Review = { ...SIX, graph: { nodes: [], edges: SIX.graph.edges } };
  const { nodes, edges } = pageModel(review);
  expect([nodes.length, edges.length]).toEqual([6, 1]);
});

test('of thousands of resources the worst reached are drawn, and the rest are counted', () => {
  const ids = Array.from({ length: 3000 }, (_unused, index) => `bucket-${index}`);
  const [agent] = SIX.principals;
  const review: Review = {
    ...SIX,
    graph: {
      nodes: ids.map((id) => ({ id, name: id, kind: 'resource', cloud: 'aws', type: 'bucket' })),
      edges: ids.map((to, index) => ({ from: agent?.id ?? '', to, kind: index === 2999 ? 'destroy' : 'read-data' })),
    },
  };
  const { nodes, omitted } = pageModel(review);
  expect([omitted, nodes.some(({ name }) => name === 'bucket-2999')]).toEqual([2000, true]);
  const page = renderReviewHtml(review);
  expect(page).toContain('and 2000 more with milder reach');
  expect(page.length).toBeLessThan(2_000_000);
});

test('a review of nobody is a page that says so', () => {
  const page = renderReviewHtml({ ...SIX, principals: [], graph: { nodes: [], edges: [] } });
  expect(page).toContain('<h1>Nothing was reviewed: no agent and no identity was found.</h1>');
});
