import { Severity } from '../finding';
import { byCodePoint } from '../json';
import { HARM_LEVELS, type PrincipalReview } from '../review/result';
import type { Column } from './layouts';
import { plain } from './text';
import { type Attention, attentionOf, count, displayName, HARMS, MARKS, worstHarm } from './words';

/** What the first table says of one principal, or of many that are alike. */
export interface ReviewRow {
  readonly name: string;
  readonly cloud: string;
  readonly kind: string;
  readonly worst: string;
  /** How many claims have each verdict, worst last. */
  readonly verdicts: readonly (readonly [keyof typeof MARKS, number])[];
  readonly paths: number;
  readonly findings: number;
  readonly attention: Attention;
}

/** More principals than this, and those with nothing to say share one row for each cloud. */
const MOST_ROWS = 40;

/** Those that ask for attention first, then by harm, cloud and name. */
export function byUrgency(principals: readonly PrincipalReview[]): readonly PrincipalReview[] {
  const rank = new Map(principals.map((one) => [one, urgency(one)]));
  return [...principals].sort((a, b) => byCodePoint(rank.get(a) ?? '', rank.get(b) ?? ''));
}

function urgency(one: PrincipalReview): string {
  const attention = ['wrong', 'open', 'quiet'].indexOf(attentionOf(one));
  const worst = worstHarm(one);
  const harm = worst ? HARM_LEVELS.length - HARM_LEVELS.indexOf(worst) : HARM_LEVELS.length + 1;
  return [attention, one.blastRadius.admin ? 0 : 1, harm, displayName(one), one.cloud, one.id].join('\u0000');
}

/** One row for each principal; in a large review the quiet ones are counted, not listed. */
export function reviewRows(principals: readonly PrincipalReview[]): readonly ReviewRow[] {
  const rows = byUrgency(principals).map(rowOf);
  if (rows.length <= MOST_ROWS) return rows;
  const quiet = rows.filter(({ attention }) => attention === 'quiet');
  const clouds = [...new Set(quiet.map(({ cloud }) => cloud))].sort(byCodePoint);
  return [...rows.filter(({ attention }) => attention !== 'quiet'), ...clouds.map((cloud) => total(quiet, cloud))];
}

function rowOf(one: PrincipalReview): ReviewRow {
  const worst = worstHarm(one);
  return {
    name: plain(displayName(one)),
    cloud: plain(one.cloud),
    kind: plain(one.kind),
    worst: one.blastRadius.admin ? 'full control' : worst ? HARMS[worst] : 'nothing',
    verdicts: tally(one.claims.map(({ verdict }) => verdict)),
    paths: one.paths.length,
    findings: one.findings.filter(({ severity }) => severity !== Severity.INFO).length,
    attention: attentionOf(one),
  };
}

/** How many of each verdict; those without one are absent. */
export function tally(verdicts: readonly (keyof typeof MARKS)[]): ReviewRow['verdicts'] {
  return (['proven', 'not-proven', 'refuted'] as const).flatMap((verdict) => {
    const found = verdicts.filter((one) => one === verdict).length;
    return found > 0 ? [[verdict, found] as const] : [];
  });
}

function total(rows: readonly ReviewRow[], cloud: string): ReviewRow {
  const same = rows.filter((row) => row.cloud === cloud);
  const verdicts = same.flatMap((row) => row.verdicts.flatMap(([verdict, found]) => Array<typeof verdict>(found).fill(verdict)));
  return {
    name: `${count(same.length, 'other')}, nothing to report`,
    cloud,
    kind: '',
    worst: worstOf(same),
    verdicts: tally(verdicts),
    paths: 0,
    findings: 0,
    attention: 'quiet',
  };
}

function worstOf(rows: readonly ReviewRow[]): string {
  const ladder = ['nothing', ...HARM_LEVELS.map((level) => HARMS[level]), 'full control'];
  return ladder.filter((name) => rows.some(({ worst }) => worst === name)).at(-1) ?? 'nothing';
}

const verdicts = (row: ReviewRow): string => row.verdicts.map(([verdict, found]) => `${MARKS[verdict]}${found}`).join(' ') || '-';
const some = (number: number): string => (number > 0 ? `${number}` : '-');

/** Everything spelled out. */
export const WIDE: readonly Column<ReviewRow>[] = [
  { heading: 'reviewed', value: (row) => row.name, cut: true },
  { heading: 'cloud', value: (row) => row.cloud },
  { heading: 'identity', value: (row) => row.kind },
  { heading: 'worst it can reach', value: (row) => row.worst },
  { heading: 'claims', value: verdicts },
  { heading: 'paths', value: (row) => some(row.paths), align: 'right' },
  { heading: 'findings', value: (row) => some(row.findings), align: 'right' },
];

/** The same in fewer columns, for a terminal of 80 and less. */
export const COMPACT: readonly Column<ReviewRow>[] = [
  { heading: 'reviewed', value: (row) => row.name, cut: true },
  { heading: 'cloud', value: (row) => row.cloud },
  { heading: 'worst', value: (row) => row.worst },
  { heading: 'claims', value: verdicts },
  { heading: 'paths', value: (row) => some(row.paths), align: 'right' },
];
