import { renderDiffMarkdown, renderDiffTerminal } from '../core/report';
import { type DiffSide, diffReviews } from '../core/review/diff';
import type { ReviewInput } from '../core/review/input';
import { reviewWorlds } from '../core/review/review';
import { unknownPrincipal } from '../core/review-errors';
import { findPrincipals, reviewing, worldsOf } from '../policy/worlds';
import { type Allowance, readAllowances } from './allowances';
import { type InputOptions, readInputs, sourcesOf } from './inputs';
import { type Io, jsonText, progress, writeReport } from './io';
import { judgeNewAccess, type NewAccess } from './new-access';

export interface DiffCommand extends Omit<InputOptions, 'paths'> {
  readonly base: string;
  readonly head: string;
  readonly json?: boolean;
  /** Markdown: to a file, or instead of the text where it is `true`. */
  readonly markdown?: string | true;
  /** File that lists the new access that is wanted. */
  readonly allow?: string;
}

const MARKDOWN_FILE = { what: 'Markdown comment', isOne: (text: string) => /^### Access:/.test(text) };

/** Compares two sides, prints the change and gives the exit code: 1 where there is new access that nobody allowed. */
export function diff(command: DiffCommand, io: Io): number {
  const allowances = command.allow === undefined ? [] : readAllowances(command.allow, io);
  progress(io, 'reviewing both sides');
  const { principal = [], ...rest } = command;
  const read = (path: string): readonly ReviewInput[] => readInputs({ ...rest, paths: [path] }, io);
  const [base, head] = narrowed([read(command.base), read(command.head)], principal);
  const view = diffReviews(base, head);
  const judged = judgeNewAccess({ view, base: base.review, head: head.review }, allowances);
  progress(io, '');
  if (typeof command.markdown === 'string') writeReport(command.markdown, renderDiffMarkdown(view), MARKDOWN_FILE);
  if (command.json) io.out(jsonText({ ...view, newAccess: judged.found, unusedAllowances: judged.unused }));
  else if (command.markdown === true) io.out(renderDiffMarkdown(view));
  else io.out(renderDiffTerminal(view, { width: io.width, color: io.color }));
  if (!command.json) tell(judged, io);
  return judged.found.some(({ allowedBy }) => allowedBy === undefined) ? 1 : 0;
}

/** Both sides, of the principals that were asked for; one that is new or gone is on one side only. */
function narrowed(
  sides: readonly [readonly ReviewInput[], readonly ReviewInput[]],
  asked: readonly string[],
): readonly [DiffSide, DiffSide] {
  const worlds = sides.map((inputs) => worldsOf(inputs));
  const found = asked.map((name) => worlds.flatMap((one) => findPrincipals(one, name)));
  const missing = asked.find((_, index) => found[index]?.length === 0);
  if (missing !== undefined) throw unknownPrincipal(missing, []);
  const ids = new Set(found.flat().map(({ id }) => id));
  const side = (at: 0 | 1): DiffSide => {
    const all = worlds[at] ?? [];
    const own = ids.size === 0 ? all : all.map((world) => reviewing(world, ({ id }) => ids.has(id)));
    return { worlds: own, review: reviewWorlds(own, { sources: sourcesOf(sides[at]) }) };
  };
  return [side(0), side(1)];
}

/** Lines of what is not allowed; full control alone would be some 22,000. */
const MOST_NAMED = 20;

function tell({ found, unused }: { readonly found: readonly NewAccess[]; readonly unused: readonly Allowance[] }, io: Io): void {
  const wanted = found.filter(({ allowedBy }) => allowedBy !== undefined);
  if (wanted.length > 0) io.err(`${wanted.length} of ${found.length} new accesses are allowed by the list\n`);
  const refused = found.filter(({ allowedBy }) => allowedBy === undefined);
  for (const { what, principal } of refused.slice(0, MOST_NAMED)) io.err(`not allowed: ${principal}: ${what}\n`);
  if (refused.length > MOST_NAMED) io.err(`not allowed: ${refused.length - MOST_NAMED} more, all of them with --json\n`);
  for (const allowance of unused) io.err(`unused allowance: ${JSON.stringify(allowance)}\n`);
}
