import { createColors } from 'picocolors';
import { Severity } from '../finding';
import type { Manifest } from '../manifest';
import { COMPACT, tryFit, WIDE } from './layouts';
import type { SummaryRow } from './rows';
import { summarise } from './rows';
import type { Colors } from './table';
import { renderTable } from './table';

/** What the terminal can show. */
export interface TerminalOptions {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
}

/** The summary a person reads in ten seconds: a table as wide as the terminal allows, or a block per agent where no table fits. */
export function renderTerminal(manifests: readonly Manifest[], options: TerminalOptions): string {
  const rows = summarise(manifests);
  const colors = createColors(options.color);
  if (rows.length === 0) return 'no agents\n';
  return `${renderSummary(rows, options.width, colors)}\n\n${renderFindings(manifests, colors)}`;
}

function renderSummary(rows: readonly SummaryRow[], width: number, colors: Colors): string {
  for (const columns of [WIDE, COMPACT]) {
    const cells = tryFit(columns, rows, width);
    if (cells) return renderTable(columns, colored(cells, rows, colors), colors);
  }
  const cells = rows.map((row) => WIDE.map((column) => column.value(row)));
  return renderBlocks(colored(cells, rows, colors), colors);
}

/** The last cell, the findings, in the colour of the worst. */
function colored(cells: readonly (readonly string[])[], rows: readonly SummaryRow[], colors: Colors): readonly (readonly string[])[] {
  return cells.map((line, index) => {
    const worst = rows[index]?.findings[0]?.[0];
    return worst ? [...line.slice(0, -1), severityColor(worst, colors)(line.at(-1) ?? '')] : line;
  });
}

function renderBlocks(cells: readonly (readonly string[])[], colors: Colors): string {
  const label = Math.max(...WIDE.map((column) => column.heading.length)) + 2;
  return cells
    .map(([agent, cloud, ...rest]) => {
      const lines = rest.map((text, index) => `  ${(WIDE[index + 2]?.heading ?? '').padEnd(label)}${text}`);
      return [`${colors.bold(agent ?? '')} on ${cloud}`, ...lines].join('\n');
    })
    .join('\n\n');
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
  const blocks = ids.flatMap((id) => {
    const same = all.filter((finding) => finding.id === id);
    const [first] = same;
    if (!first) return [];
    const where = same.map((finding) => `  ${finding.agent} on ${finding.cloud} ${finding.message}`);
    return [[`${severityColor(first.severity, colors)(first.severity)} ${colors.bold(id)}`, ...where, `  fix: ${first.fix}`].join('\n')];
  });
  return `${blocks.join('\n')}\n`;
}
