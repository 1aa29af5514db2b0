import { createColors } from 'picocolors';
import { Severity } from '../finding';
import type { AccessOrigin, AccessRequest } from '../review/access';
import type { AccessPath, ClaimVerdict, PathStep, PrincipalReview, Review } from '../review/result';
import { type Column, tryFit } from './layouts';
import { Lines } from './lines';
import { byUrgency, COMPACT, type ReviewRow, reviewRows, tally, WIDE } from './review-rows';
import { type Colors, renderTable } from './table';
import type { TerminalOptions } from './terminal';
import { shorten } from './text';
import { type Attention, attentionOf, CLAIMS, count, displayName, ENDS, MARKS, VERDICTS } from './words';

/** A review as a person reads it: one line for each principal, then what needs attention in detail, then the sum. */
export function renderReviewTerminal(review: Review, options: TerminalOptions): string {
  const colors = createColors(options.color);
  const lines = new Lines(options.width);
  if (review.principals.length === 0) lines.add('nothing to review: no agent and no principal was found');
  else lines.raw(renderRows(reviewRows(review.principals), options.width, colors));
  for (const principal of byUrgency(review.principals)) {
    if (attentionOf(principal) !== 'quiet') detail(lines.gap(), principal, colors);
  }
  summarise(lines.gap(), review, colors);
  return lines.toString();
}

function renderRows(rows: readonly ReviewRow[], width: number, colors: Colors): string {
  for (const columns of [WIDE, COMPACT]) {
    const cells = tryFit(columns, rows, width);
    if (cells) return renderTable(columns, paintRows(columns, rows, { cells, colors }), colors);
  }
  const narrow = COMPACT.filter(({ heading }) => heading === 'reviewed' || heading === 'claims');
  const cells = rows.map((row) => narrow.map((column) => (column.cut ? shorten(row.name, Math.max(width - 12, 8)) : column.value(row))));
  return renderTable(narrow, paintRows(narrow, rows, { cells, colors }), colors);
}

/** The first cell takes the colour of what is asked: red to act, yellow to look, none to pass on. */
function paintRows(
  columns: readonly Column<ReviewRow>[],
  rows: readonly ReviewRow[],
  { cells, colors }: { readonly cells: readonly (readonly string[])[]; readonly colors: Colors },
): readonly (readonly string[])[] {
  return cells.map((line, index) => {
    const attention = rows[index]?.attention ?? 'quiet';
    const paint = { wrong: colors.red, open: colors.yellow, quiet: colors.dim }[attention];
    return line.map((text, at) => (at === 0 || columns[at]?.heading === 'claims' ? paint(text) : text));
  });
}

/** How many paths of one principal are printed step by step, and how many more are named; the JSON has all. */
const WHOLE_PATHS = 5;
const NAMED_PATHS = 20;
/** How many findings of one id are printed for one principal. */
const MOST_FINDINGS = 5;

function detail(lines: Lines, principal: PrincipalReview, colors: Colors): void {
  const { blastRadius, claims, paths, findings } = principal;
  const named = principal.agent === undefined ? principal.kind : `${principal.kind} ${principal.name}`;
  lines.add(`${displayName(principal)} on ${principal.cloud} (${named})`, { paint: colors.bold });
  lines.add(blastRadius.sentence, { indent: 2 });
  if (blastRadius.containedBy.length > 0) lines.add(blastRadius.containedBy.join('; '), { indent: 2, lead: 'held in by  ' });
  for (const claim of claims) judge(lines, claim, colors);
  paths.slice(0, WHOLE_PATHS).forEach((path, index) => {
    walk(lines, path, { title: `path ${index + 1} of ${paths.length}`, colors });
  });
  mention(lines, paths.slice(WHOLE_PATHS));
  report(lines, findings, colors);
}

/** The first findings of each id, and how many more there are: most of many are the ways above, told again. */
function report(lines: Lines, findings: PrincipalReview['findings'], colors: Colors): void {
  const told = new Map<string, number>();
  for (const { severity, id, message, fix } of findings) {
    const before = told.get(id) ?? 0;
    told.set(id, before + 1);
    if (before >= MOST_FINDINGS) continue;
    const paint = { error: colors.red, warning: colors.yellow, info: colors.dim }[severity];
    lines.add(`${severity} ${id}: ${message}`, { indent: 2, paint });
    lines.add(fix, { indent: 4, lead: 'fix  ' });
  }
  for (const [id, found] of told) {
    if (found > MOST_FINDINGS) lines.add(`and ${count(found - MOST_FINDINGS, 'more finding')} of ${id}; the JSON has all`, { indent: 2 });
  }
}

function judge(lines: Lines, claim: ClaimVerdict, colors: Colors): void {
  const paint = { proven: colors.green, refuted: colors.red, 'not-proven': colors.yellow }[claim.verdict];
  const said = claim.verdict === 'proven' ? CLAIMS[claim.claim] : `${CLAIMS[claim.claim]}: ${VERDICTS[claim.verdict]}`;
  const lead = `${MARKS[claim.verdict]} `;
  lines.add(said, { indent: 2, lead, paintLead: paint, ...(claim.verdict === 'proven' ? {} : { paint }) });
  if (claim.verdict === 'proven') return;
  lines.add(claim.reason, { indent: 4 });
  if (claim.counterExample) showRequest(lines, claim.counterExample, 4);
  for (const origin of claim.origins ?? []) showOrigin(lines, origin, 4);
  if (claim.fix) lines.add(claim.fix, { indent: 4, lead: 'to change   ' });
}

function walk(lines: Lines, path: AccessPath, { title, colors }: { readonly title: string; readonly colors: Colors }): void {
  lines.add(`${title}, in ${count(path.steps.length, 'step')}, to ${ENDS[path.to]}`, { indent: 2, paint: colors.bold });
  path.steps.forEach((step, index) => {
    showStep(lines, step, index + 1);
  });
  lines.add(path.toArn, { indent: 4, lead: 'end  ' });
}

/** The ways past the first few, in one line each. */
function mention(lines: Lines, paths: readonly AccessPath[]): void {
  if (paths.length === 0) return;
  lines.add(`and ${count(paths.length, 'more path')}`, { indent: 2 });
  for (const { steps, toArn } of paths.slice(0, NAMED_PATHS)) {
    lines.add(`${steps.map(({ technique }) => technique).join(', then ')}: ${toArn}`, { indent: 4, lead: '- ' });
  }
  if (paths.length > NAMED_PATHS) lines.add(`${paths.length - NAMED_PATHS} not shown`, { indent: 4, lead: '- ' });
}

function showStep(lines: Lines, step: PathStep, number: number): void {
  lines.add(`${step.sentence} [${step.technique}]`, { indent: 4, lead: `${number}. ` });
  for (const request of step.requests) showRequest(lines, request, 7);
  for (const origin of step.allowedBy) showOrigin(lines, origin, 7);
  if (step.conditions.length > 0) lines.add(step.conditions.join('; '), { indent: 7, lead: 'if          ' });
  if (step.assumed) lines.add('the target is not in view; that one exists is assumed', { indent: 7, lead: 'note        ' });
}

function showRequest(lines: Lines, { action, resource, context = {} }: AccessRequest, indent: number): void {
  lines.add(`${action} on ${resource}`, { indent, lead: 'request     ' });
  for (const [key, value] of Object.entries(context)) {
    lines.add(`${key} = ${typeof value === 'string' ? value : value.join(', ')}`, { indent, lead: '  with      ' });
  }
}

function showOrigin(lines: Lines, origin: AccessOrigin, indent: number): void {
  lines.add(describeOrigin(origin), { indent, lead: 'allowed by  ' });
}

/** `ReaderPolicy statement 2 (identity), made by App/Reader/Policy, in cdk.out/App.template.json`. */
export function describeOrigin({ statement, layer, construct, source }: AccessOrigin): string {
  return [`${statement} (${layer})`, ...(construct ? [`made by ${construct}`] : []), ...(source ? [`in ${source}`] : [])].join(', ');
}

/** How many unknowns are printed; the JSON has all. */
const MOST_UNKNOWNS = 10;

function summarise(lines: Lines, review: Review, colors: Colors): void {
  const { principals, unknowns } = review;
  const asking = (attention: Attention) => principals.filter((one) => attentionOf(one) === attention).length;
  lines.add('summary', { paint: colors.bold });
  lines.add(
    `${principals.length} reviewed: ${asking('wrong')} to act on, ${asking('open')} not decided, ${asking('quiet')} with nothing to report`,
    { indent: 2 },
  );
  const verdicts = tally(principals.flatMap(({ claims }) => claims.map(({ verdict }) => verdict)));
  if (verdicts.length > 0)
    lines.add(verdicts.map(([verdict, found]) => `${found} ${VERDICTS[verdict]}`).join(', '), { indent: 2, lead: 'claims    ' });
  const paths = principals.flatMap((one) => one.paths);
  const ends = (['admin', 'credentials', 'principal', 'resource'] as const).flatMap((end) => {
    const found = paths.filter(({ to }) => to === end).length;
    return found > 0 ? [`${found} to ${ENDS[end]}`] : [];
  });
  lines.add(ends.join(', ') || 'none', { indent: 2, lead: 'paths     ' });
  const errors = principals.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== Severity.INFO);
  const ids = [...new Set(errors.map(({ id }) => id))].map((id) => `${errors.filter((one) => one.id === id).length} ${id}`);
  lines.add(ids.join(', ') || 'none', { indent: 2, lead: 'findings  ' });
  if (unknowns.length === 0) return;
  lines.add(`not understood: ${count(unknowns.length, 'thing')}`, { indent: 2, paint: colors.yellow });
  for (const unknown of unknowns.slice(0, MOST_UNKNOWNS)) lines.add(unknown, { indent: 4, lead: '- ' });
  if (unknowns.length > MOST_UNKNOWNS) lines.add(`${unknowns.length - MOST_UNKNOWNS} not shown`, { indent: 4, lead: '- ' });
}
