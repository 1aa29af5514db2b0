import Table from 'cli-table3';
import type { createColors } from 'picocolors';
import type { Column } from './layouts';

/** Colours of a terminal, or none. */
export type Colors = ReturnType<typeof createColors>;

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => ['', '-mid', '-left', '-right'].map((end) => [`${side}${end}`, ''])),
);

/** A table without borders; cells may hold colours. */
export function renderTable<Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[], colors: Colors): string {
  const table = new Table({
    head: columns.map((column) => colors.bold(column.heading)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: { ...NO_BORDERS, middle: '' },
  });
  table.push(...cells.map((line) => [...line]));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}
