import type { PageModel, PageNode } from './model';

/** Measures of the graph, in pixels; the page's script reads them from the drawing. */
export const SIZE = { width: 264, height: 46, gapX: 112, gapY: 12, margin: 48, top: 44 } as const;

/** Where everything stands. */
export interface Layout {
  /** Top of each visible node, by its index. */
  readonly tops: ReadonlyMap<number, number>;
  /** Lines that are visible, each between visible nodes. */
  readonly lines: readonly { readonly edge: number; readonly path: string }[];
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

const STEP = SIZE.height + SIZE.gapY;

/**
 * Places the nodes in columns. Each stands as near as it can to the middle of what leads to it, so that most lines run level. The
 * page's script does the same when a filter hides something or a group is opened.
 */
export function layoutGraph({ nodes, edges }: Pick<PageModel, 'nodes' | 'edges'>): Layout {
  const stands = (index: number): number => nodes[index]?.group ?? index;
  const columns = Math.max(0, ...nodes.map(({ column }) => column)) + 1;
  const byColumn = Array.from({ length: columns }, (_unused, column) =>
    nodes.filter((node) => node.column === column && node.group === undefined),
  );
  const most = Math.max(1, ...byColumn.map(({ length }) => length));
  const tops = new Map<number, number>();
  for (const column of byColumn) {
    const wanted = column.map((node) => {
      const from = edges.filter(({ to }) => stands(to) === node.index).flatMap((edge) => tops.get(stands(edge.from)) ?? []);
      return {
        node,
        top: from.length > 0 ? from.reduce((sum, top) => sum + top, 0) / from.length : tops.size === 0 ? 0 : Number.MAX_SAFE_INTEGER,
      };
    });
    wanted.sort((a, b) => a.top - b.top || a.node.index - b.node.index);
    spread(wanted, most * STEP).forEach((top, at) => {
      const index = wanted[at]?.node.index;
      if (index !== undefined) tops.set(index, SIZE.top + top);
    });
  }
  return {
    tops,
    lines: linesOf({ nodes, edges }, tops),
    columns,
    width: SIZE.margin * 2 + columns * SIZE.width + (columns - 1) * SIZE.gapX,
    height: SIZE.top + most * STEP,
  };
}

/** Tops that do not overlap, in order, as near to the wanted ones as the height allows. */
function spread(wanted: readonly { readonly top: number }[], height: number): readonly number[] {
  const tops: number[] = [];
  for (const { top } of wanted) tops.push(Math.max(Math.min(top - SIZE.top, height), (tops.at(-1) ?? -STEP) + STEP));
  let limit = height;
  for (let at = tops.length - 1; at >= 0; at -= 1) {
    limit = Math.min(tops[at] ?? 0, limit - STEP);
    tops[at] = Math.max(Math.round(limit), 0);
  }
  return tops;
}

function linesOf({ nodes, edges }: Pick<PageModel, 'nodes' | 'edges'>, tops: ReadonlyMap<number, number>): Layout['lines'] {
  const drawn = new Map<string, { edge: number; from: PageNode; to: PageNode }>();
  edges.forEach(({ from, to, kind }, edge) => {
    const [a, b] = [nodes[nodes[from]?.group ?? from], nodes[nodes[to]?.group ?? to]];
    if (a && b && a !== b) drawn.set(`${a.index} ${b.index} ${kind}`, { edge, from: a, to: b });
  });
  const pairs = new Map<string, number>();
  return [...drawn.values()].map(({ edge, from, to }) => {
    const pair = `${from.index} ${to.index}`;
    const shift = pairs.get(pair) ?? 0;
    pairs.set(pair, shift + 1);
    return {
      edge,
      path: linePath({ column: from.column, top: tops.get(from.index) ?? 0 }, { column: to.column, top: tops.get(to.index) ?? 0 }, shift),
    };
  });
}

interface Place {
  readonly column: number;
  readonly top: number;
}

/** A curve between two nodes: rightwards, leftwards, or round the outside within one column. Lines of one pair lie side by side. */
function linePath(from: Place, to: Place, shift: number): string {
  const left = (place: Place) => SIZE.margin + place.column * (SIZE.width + SIZE.gapX);
  const offset = shift * 7;
  const [a, b] = [from.top + SIZE.height / 2 + offset, to.top + SIZE.height / 2 + offset];
  if (from.column === to.column) {
    const x = from.column === 0 ? left(from) : left(from) + SIZE.width;
    const out = x + (from.column === 0 ? -1 : 1) * Math.min(44, 18 + Math.abs(b - a) / 12);
    return `M${x} ${a}C${out} ${a} ${out} ${b} ${x} ${b}`;
  }
  const forward = to.column > from.column;
  const start = forward ? left(from) + SIZE.width : left(from);
  const end = forward ? left(to) : left(to) + SIZE.width;
  const bend = (end - start) / 2;
  return `M${start} ${a}C${start + bend} ${a} ${end - bend} ${b} ${end} ${b}`;
}
