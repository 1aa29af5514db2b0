/** What a benchmark promises. */
export interface Goal {
  readonly goal: string;
  readonly met: boolean;
  /** The figure or the thing found. */
  readonly found: string;
}

/** Prints rows under a heading; the first column is text, the others are figures. */
export function printTable(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  process.stdout.write(`${title}\n\n${[heads, ...rows].map((row) => `  ${line(row)}\n`).join('')}\n`);
}

/** Prints goals, each with what was found, under a heading. */
export function printGoals(title: string, goals: readonly Goal[]): void {
  if (title) process.stdout.write(`${title}\n`);
  for (const { goal, met, found } of goals) process.stdout.write(`${met ? 'ok  ' : 'FAIL'} ${goal} (${found})\n`);
}

/** Prints the goals and sets the exit code: 1 where one is missed. */
export function exitWith(goals: readonly Goal[]): void {
  printGoals('', goals);
  process.exitCode = goals.every(({ met }) => met) ? 0 : 1;
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = sorted.length % 2 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
