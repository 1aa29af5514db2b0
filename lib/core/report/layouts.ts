import { formatSeconds } from '../duration';
import { AgentMode } from '../enums';
import type { SummaryRow } from './rows';

/** One column of the summary. */
export interface Column<Row = SummaryRow> {
  readonly heading: string;
  readonly value: (row: Row) => string;
  /** @default left */
  readonly align?: 'right';
  /** Whether the text may be cut to fit the terminal. @default false */
  readonly cut?: boolean;
}

/** Everything spelled out. */
export const WIDE: readonly Column[] = [
  { heading: 'agent', value: (row) => row.agent },
  { heading: 'cloud', value: (row) => row.cloud },
  { heading: 'mode', value: (row) => row.mode },
  { heading: 'identity', value: (row) => row.identity, cut: true },
  {
    heading: 'permissions',
    value: ({ permissions, native }) => `${permissions}${native > 0 ? ` (${native} native)` : ''}`,
    align: 'right',
  },
  { heading: 'resources', value: (row) => `${row.resources}`, align: 'right' },
  { heading: 'credential life', value: (row) => formatSeconds(row.credentialLifeSeconds) },
  { heading: 'findings', value: ({ findings }) => findings.map(([severity, count]) => `${count} ${severity}`).join(', ') || 'none' },
];

/** The same in fewer columns, for a terminal of 80. */
export const COMPACT: readonly Column[] = [
  { heading: 'agent', value: (row) => row.agent },
  { heading: 'cloud', value: (row) => row.cloud },
  { heading: 'mode', value: (row) => (row.mode === AgentMode.READ_ONLY ? 'read' : 'write') },
  { heading: 'identity', value: (row) => row.identity, cut: true },
  { heading: 'perms', value: ({ permissions, native }) => `${permissions}${native > 0 ? ` (${native}n)` : ''}`, align: 'right' },
  { heading: 'res', value: (row) => `${row.resources}`, align: 'right' },
  { heading: 'life', value: (row) => formatSeconds(row.credentialLifeSeconds) },
  { heading: 'found', value: ({ findings }) => findings.map(([severity, count]) => `${count}${severity.charAt(0)}`).join(' ') || '-' },
];

/** Fewest characters a cut text keeps. */
const KEEP = 12;
const MOST = 32;
const GAP = 2;

/** The cells of all rows, cut to the width, or undefined where they do not fit it. */
export function tryFit<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly (readonly string[])[] | undefined {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const natural = columns.map((column, index) => Math.max(column.heading.length, ...cells.map((line) => (line[index] ?? '').length)));
  const fixed = natural.reduce((sum, length, index) => sum + GAP + (columns[index]?.cut ? 0 : length), -GAP);
  const room = Math.min(MOST, width - fixed);
  const fits = columns.every((column, index) => !column.cut || room >= Math.min(KEEP, natural[index] ?? 0));
  if (!fits) return undefined;
  return cells.map((line) => line.map((text, index) => (columns[index]?.cut ? shorten(text, room) : text)));
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
