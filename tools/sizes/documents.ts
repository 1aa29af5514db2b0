import type { Problem, SizeRule } from './check';
import { countLines } from './files';

const README = { firstCode: 25, lines: 300 } as const;
const SNAPSHOT_BYTES = 200 * 1024;

/** A reader sees code at once and reaches the end of the page. */
export const readme: SizeRule = (files) => {
  const file = files.find(({ path }) => path === 'README.md');
  const text = file?.text ?? '';
  const code = text.split('\n').findIndex((line) => line.startsWith('```')) + 1;
  const late: Problem[] =
    code === 0 || code > README.firstCode
      ? [{ where: `README.md:${code || 1}`, message: `first code block ${code ? `at line ${code}` : 'is missing'}` }]
      : [];
  const total = countLines(text);
  const long: Problem[] = total >= README.lines ? [{ where: `README.md:${total}`, message: `${total} lines` }] : [];
  return [
    { rule: 'README: first code block at line', limit: `<= ${README.firstCode}`, found: code ? `${code}` : 'none', problems: late },
    { rule: 'README: lines', limit: `< ${README.lines}`, found: `${total}`, problems: long },
  ];
};

/** A reviewer reads what changed in a snapshot. */
export const snapshots: SizeRule = (files) => {
  const all = files.filter(({ path }) => path.endsWith('.snap'));
  const large = all.filter(({ bytes }) => bytes > SNAPSHOT_BYTES);
  const most = Math.max(0, ...all.map(({ bytes }) => bytes));
  return [
    {
      rule: `largest of ${all.length} snapshot files (KB)`,
      limit: `<= ${SNAPSHOT_BYTES / 1024}`,
      found: `${Math.ceil(most / 1024)}`,
      problems: large.map(({ path, bytes }) => ({
        where: `${path}:1`,
        message: `${Math.ceil(bytes / 1024)} KB; assert something smaller`,
      })),
    },
  ];
};

const GENERATED_FILE = /(^|\/)generated\/|\.generated\.[a-z]+$/;
/** Names the source: `generated from <source> by <tool>`. */
const HEADER = /generated from \S.* by \S/i;
const BLOCK = /<!-- *generated\b(?<rest>[^>]*)-->/g;

/** Nobody edits a generated file by hand, because it says what made it. */
export const generated: SizeRule = (files) => {
  const whole = files.filter(({ path }) => GENERATED_FILE.test(path));
  const headless = whole
    .filter(({ text }) => !HEADER.test(text.split('\n').slice(0, 5).join('\n')))
    .map(({ path }) => ({ where: `${path}:1`, message: "no header 'generated from <source> by <tool>' in its first five lines" }));
  const blocks = files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) => [...text.matchAll(BLOCK)].map((match) => ({ path, text, match })));
  const nameless = blocks
    .filter(({ match }) => !HEADER.test(match[0]))
    .map(({ path, text, match }) => ({
      where: `${path}:${text.slice(0, match.index).split('\n').length}`,
      message: "a generated block does not say 'generated from <source> by <tool>'",
    }));
  const problems = [...headless, ...nameless];
  return [
    {
      rule: `headers of ${whole.length + blocks.length} generated files and blocks`,
      limit: '0 missing',
      found: `${problems.length}`,
      problems,
    },
  ];
};
