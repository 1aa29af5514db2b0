import type { AccessChange, DiffView, PrincipalChange } from '../review/diff-result';
import type { AccessPath } from '../review/result';
import { actionsOf, diffHeadline, gains, levelChanges, nameOf, stateOf, worstFirst, worstOf } from './diff-view';
import { codeSpan, htmlText, prose } from './markdown';
import { CLAIMS, count, ENDS, HARMS, VERDICTS } from './words';

/** Longest body of a comment on GitHub, in characters. */
export const COMMENT_LIMIT = 65_536;
/** Kept free for the sentences that say what was left out. */
const RESERVE = 1_000;
/** The table may take this share; details take what is left. */
const TABLE_SHARE = 0.5;
/** How much of a long list is written out. */
const MOST_ACTIONS = 12;
const MOST_RESOURCES = 8;
const MOST_CHANGES = 15;
const MOST_PATHS = 5;
const MOST_UNKNOWNS = 10;

/** What the comment may hold. */
export interface MarkdownOptions {
  /** Characters. @default 65536, the limit of a comment on GitHub */
  readonly limit?: number;
}

/** A diff as a comment on a pull request: one table, then the details of each change to unfold. */
export function renderDiffMarkdown(diff: DiffView, { limit = COMMENT_LIMIT }: MarkdownOptions = {}): string {
  const changed = worstFirst(diff.principals);
  const parts = [`### Access: ${diffHeadline(diff)}\n`];
  let room = limit - RESERVE - (parts[0]?.length ?? 0);
  const rows = fitting(changed.map(tableRow), room * TABLE_SHARE);
  if (rows.length > 0) parts.push(`${[...HEAD, ...rows].join('\n')}\n`);
  if (rows.length < changed.length) parts.push(`${count(changed.length - rows.length, 'more changed identity')} left out of this table.\n`);
  room -= parts.slice(1).join('\n').length;
  const unknowns = writeUnknowns(diff.unknowns, room / 4);
  room -= unknowns.length;
  const details = fitting(changed.map(writeDetails), room);
  parts.push(...details);
  const left = changed.length - details.length;
  if (left > 0)
    parts.push(
      `The details of ${left === 1 ? 'one more change' : `${left} more changes`} are left out, for want of space: \`agentic-iam diff\` prints them.\n`,
    );
  return `${[...parts, ...(unknowns ? [unknowns] : [])].join('\n')}`;
}

const HEAD = ['| who | cloud | change | gains | loses | worst before | worst after | paths |', '|---|---|---|---|---|---|---|---|'];

/** As many texts, from the first, as fit in a number of characters. */
function fitting(texts: readonly string[], room: number): readonly string[] {
  let used = 0;
  const end = texts.findIndex((text) => {
    used += text.length + 1;
    return used > room;
  });
  return end === -1 ? texts : texts.slice(0, end);
}

function tableRow(one: PrincipalChange): string {
  const [before, after] = [worstOf(one.before), worstOf(one.after)];
  const paths = [
    ...(one.newPaths.length > 0 ? [`**${one.newPaths.length} new**`] : []),
    ...(one.closedPaths.length > 0 ? [`${one.closedPaths.length} closed`] : []),
  ];
  const cells = [
    codeSpan(nameOf(one), 'cell'),
    codeSpan(one.cloud, 'cell'),
    one.was === undefined ? stateOf(one) : `changed, was ${codeSpan(one.was, 'cell')}`,
    one.gained.length > 0 ? `**${count(actionsOf(one.gained), 'action')}**` : '–',
    one.lost.length > 0 ? count(actionsOf(one.lost), 'action') : '–',
    before,
    before === after || !gains(one) ? after : `**${after}**`,
    paths.join(', ') || '–',
  ];
  return `| ${cells.join(' | ')} |`;
}

function writeDetails(one: PrincipalChange): string {
  const lines = [
    `<details><summary><code>${htmlText(nameOf(one))}</code> on <code>${htmlText(one.cloud)}</code>: ${summaryOf(one)}</summary>`,
    '',
  ];
  if (one.before) lines.push(`**Before:** ${prose(one.before.sentence)}`, '');
  if (one.after) lines.push(`**${one.before ? 'After' : 'New'}:** ${prose(one.after.sentence)}`, '');
  const levels = levelChanges(one).map(({ level, from, to }) => `${HARMS[level]}: ${from} → ${to}`);
  if (levels.length > 0) lines.push(`**Actions by level:** ${levels.join(', ')}`, '');
  lines.push(...listChanges('Gained', one.gained), ...listChanges('Lost', one.lost));
  lines.push(...listPaths('New', one.newPaths), ...listPaths('Closed', one.closedPaths));
  if (one.claims.length > 0) lines.push('**Claims**', '');
  for (const { claim, before, after, reason } of one.claims) {
    const now = after ? `**${VERDICTS[after]}**` : 'no longer asked';
    lines.push(`- “${CLAIMS[claim]}”: ${before ? VERDICTS[before] : 'not asked'} → ${now}. ${prose(reason)}`);
  }
  return `${lines.join('\n').trimEnd()}\n\n</details>\n`;
}

function summaryOf(one: PrincipalChange): string {
  const said = [
    ...(one.gained.length > 0 ? [`gains ${count(actionsOf(one.gained), 'action')}`] : []),
    ...(one.lost.length > 0 ? [`loses ${count(actionsOf(one.lost), 'action')}`] : []),
    ...(one.newPaths.length > 0 ? [count(one.newPaths.length, 'new path')] : []),
    ...(one.closedPaths.length > 0 ? [count(one.closedPaths.length, 'closed path')] : []),
  ];
  return said.join(', ') || stateOf(one);
}

function listChanges(title: string, changes: readonly AccessChange[]): string[] {
  if (changes.length === 0) return [];
  const lines = changes.slice(0, MOST_CHANGES).map(({ actions, resources, conditions = [], level, statements = [] }) => {
    const when = conditions.length > 0 ? ` when ${spans(conditions, MOST_RESOURCES)}` : '';
    const by = statements.length > 0 ? ` (${prose(statements.slice(0, 3).join('; '))})` : '';
    return `- ${level ? `${prose(level)}: ` : ''}${spans(actions, MOST_ACTIONS)} on ${spans(resources, MOST_RESOURCES)}${when}${by}`;
  });
  if (changes.length > MOST_CHANGES) lines.push(`- and ${changes.length - MOST_CHANGES} more`);
  return [`**${title}**`, '', ...lines, ''];
}

function listPaths(title: string, paths: readonly AccessPath[]): string[] {
  if (paths.length === 0) return [];
  const lines = paths.slice(0, MOST_PATHS).flatMap(({ to, toArn, steps }) => [
    `**${title} path** to ${ENDS[to]}, ${codeSpan(toArn)}:`,
    '',
    ...steps.map(({ sentence, technique, allowedBy }, index) => {
      const by = allowedBy.map(({ statement }) => statement).join('; ');
      return `${index + 1}. ${prose(sentence)} ${codeSpan(technique)}${by ? ` – allowed by ${prose(by)}` : ''}`;
    }),
    '',
  ]);
  return [
    ...lines,
    ...(paths.length > MOST_PATHS ? [`and ${count(paths.length - MOST_PATHS, `more ${title.toLowerCase()} path`)}`, ''] : []),
  ];
}

function spans(values: readonly string[], most: number): string {
  const shown = values.slice(0, most).map((value) => codeSpan(value));
  return `${shown.join(', ')}${values.length > most ? ` and ${values.length - most} more` : ''}`;
}

function writeUnknowns(unknowns: readonly string[], room: number): string {
  if (unknowns.length === 0) return '';
  const lines = fitting(
    unknowns.slice(0, MOST_UNKNOWNS).map((text) => `- ${prose(text)}`),
    room,
  );
  const left = unknowns.length - lines.length;
  return `<details><summary>${count(unknowns.length, 'thing')} not understood</summary>\n\n${lines.join('\n')}${left > 0 ? `\n- and ${left} more` : ''}\n\n</details>\n`;
}
