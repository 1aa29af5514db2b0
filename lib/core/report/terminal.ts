import Table from 'cli-table3';
import { createColors } from 'picocolors';
import { Severity } from '../finding';
import type { Manifest } from '../manifest';
import type { SummaryRow } from './rows';
import { summarise } from './rows';

/** What the terminal can show. */
export interface TerminalOptions {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
}

type Column = Exclude<keyof SummaryRow, 'worst'>;

const HEADINGS: Readonly<Record<Column, string>> = {
  agent: 'agent',
  cloud: 'cloud',
  mode: 'mode',
  identity: 'identity',
  permissions: 'permissions',
  resources: 'resources',
  credentialLife: 'credential life',
  findings: 'findings',
};
const COLUMNS = Object.keys(HEADINGS) as readonly Column[];

type Colors = ReturnType<typeof createColors>;

/** The summary a person reads in ten seconds: a table, or one block per agent where the terminal is too narrow for it. */
export function renderTerminal(manifests: readonly Manifest[], options: TerminalOptions): string {
  const rows = summarise(manifests);
  const colors = createColors(options.color);
  if (rows.length === 0) return 'no agents\n';
  const lines = tableWidth(rows) <= options.width ? renderTable(rows, colors) : renderBlocks(rows, colors);
  return `${lines}\n\n${renderFindings(manifests, colors)}`;
}

const GAP = 2;

function tableWidth(rows: readonly SummaryRow[]): number {
  const width = (column: Column): number => Math.max(HEADINGS[column].length, ...rows.map((row) => row[column].length));
  return COLUMNS.reduce((sum, column) => sum + width(column) + GAP, -GAP);
}

function renderTable(rows: readonly SummaryRow[], colors: Colors): string {
  const none = '';
  const table = new Table({
    head: COLUMNS.map((column) => colors.bold(HEADINGS[column])),
    colAligns: COLUMNS.map((column) => (column === 'permissions' || column === 'resources' ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  });
  for (const row of rows) table.push(COLUMNS.map((column) => paint(column, row, colors)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function renderBlocks(rows: readonly SummaryRow[], colors: Colors): string {
  const rest = COLUMNS.slice(2);
  const label = Math.max(...rest.map((column) => HEADINGS[column].length)) + GAP;
  return rows
    .map((row) => {
      const lines = rest.map((column) => `  ${HEADINGS[column].padEnd(label)}${paint(column, row, colors)}`);
      return [`${colors.bold(row.agent)} on ${row.cloud}`, ...lines].join('\n');
    })
    .join('\n\n');
}

function paint(column: Column, row: SummaryRow, colors: Colors): string {
  const text = row[column];
  if (column !== 'findings' || !row.worst) return text;
  return severityColor(row.worst, colors)(text);
}

function severityColor(severity: Severity, colors: Colors): (text: string) => string {
  if (severity === Severity.ERROR) return colors.red;
  return severity === Severity.WARNING ? colors.yellow : colors.dim;
}

/** Each kind of finding once: what is wrong, where, what to do. */
function renderFindings(manifests: readonly Manifest[], colors: Colors): string {
  const agents = manifests.flatMap((manifest) => manifest.agents);
  const all = agents.flatMap((agent) => agent.findings.map((finding) => ({ ...finding, cloud: agent.cloud })));
  if (all.length === 0) return 'no findings\n';
  const ids = [...new Set(all.map((finding) => finding.id))];
  const blocks = ids.map((id) => {
    const same = all.filter((finding) => finding.id === id);
    const head = same[0];
    if (!head) return '';
    const where = same.map((finding) => `  ${finding.agent} on ${finding.cloud} ${finding.message}`);
    return [`${severityColor(head.severity, colors)(head.severity)} ${colors.bold(id)}`, ...where, `  fix: ${head.fix}`].join('\n');
  });
  return `${blocks.join('\n')}\n`;
}
