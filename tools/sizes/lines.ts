import type { Measured, SizeRule } from './check';
import { countLines } from './files';

const LIMITS = { median: 120, p90: 300, max: 400 } as const;

/** Length of the library's files: short enough that each has one job. */
export const lines: SizeRule = (files) => {
  const sizes = files
    .filter(({ path }) => path.startsWith('lib/') && path.endsWith('.ts'))
    .map(({ path, text }) => ({ path, lines: countLines(text) }))
    .sort((a, b) => a.lines - b.lines);
  const at = (share: number) => sizes[Math.max(0, Math.ceil(sizes.length * share) - 1)];
  const row = (rule: string, limit: number, entry: { path: string; lines: number } | undefined): Measured => {
    const found = entry?.lines ?? 0;
    const over = limit === LIMITS.max ? sizes.filter((one) => one.lines > limit) : found > limit && entry ? [entry] : [];
    return {
      rule,
      limit: `<= ${limit}`,
      found: `${found}`,
      problems: over.map((one) => ({ where: `${one.path}:${one.lines}`, message: `${rule}: ${one.lines} lines, limit ${limit}` })),
    };
  };
  return [
    row(`lib: median lines of ${sizes.length} files`, LIMITS.median, at(0.5)),
    row('lib: p90 lines', LIMITS.p90, at(0.9)),
    row('lib: longest file', LIMITS.max, sizes.at(-1)),
  ];
};
