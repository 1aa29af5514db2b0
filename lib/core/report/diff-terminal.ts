import { createColors } from 'picocolors';
import type { AccessChange, DiffView, PrincipalChange } from '../review/diff-result';
import type { AccessPath } from '../review/result';
import { actionsOf, diffHeadline, gains, levelChanges, nameOf, stateOf, worstFirst, worstOf } from './diff-view';
import { Lines } from './lines';
import type { Colors } from './table';
import type { TerminalOptions } from './terminal';
import { CLAIMS, count, ENDS, HARMS, VERDICTS } from './words';

/** How much of a long list is printed; the JSON has all. */
const MOST_ACTIONS = 12;
const MOST_CHANGES = 20;
const MOST_UNKNOWNS = 10;

/** A diff as a person reads it: the sentence, one line for each who changed, then what changed. */
export function renderDiffTerminal(diff: DiffView, options: TerminalOptions): string {
  const colors = createColors(options.color);
  const lines = new Lines(options.width);
  lines.add(diffHeadline(diff), { paint: colors.bold });
  for (const one of worstFirst(diff.principals)) describe(lines.gap(), one, colors);
  if (diff.unknowns.length > 0) {
    lines.gap().add(`not understood: ${count(diff.unknowns.length, 'thing')}`, { paint: colors.yellow });
    for (const text of diff.unknowns.slice(0, MOST_UNKNOWNS)) lines.add(text, { indent: 2, lead: '- ' });
    if (diff.unknowns.length > MOST_UNKNOWNS) lines.add(`${diff.unknowns.length - MOST_UNKNOWNS} not shown`, { indent: 2, lead: '- ' });
  }
  return lines.toString();
}

function describe(lines: Lines, one: PrincipalChange, colors: Colors): void {
  lines.add(`${nameOf(one)} on ${one.cloud} (${stateOf(one)})`, { paint: colors.bold });
  if (one.before) lines.add(`${worstOf(one.before)}: ${one.before.sentence}`, { indent: 2, lead: 'before  ' });
  if (one.after)
    lines.add(`${worstOf(one.after)}: ${one.after.sentence}`, { indent: 2, lead: 'after   ', paint: gains(one) ? colors.red : undefined });
  const levels = levelChanges(one).map(({ level, from, to }) => `${HARMS[level]} ${from} -> ${to}`);
  if (levels.length > 0) lines.add(levels.join(', '), { indent: 2, lead: 'levels  ' });
  list(lines, one.gained, { sign: '+ ', paint: colors.red });
  list(lines, one.lost, { sign: '- ', paint: colors.green });
  for (const path of one.newPaths) walk(lines, path, { sign: '+ new path', paint: colors.red });
  for (const path of one.closedPaths) walk(lines, path, { sign: '- closed path', paint: colors.green });
  for (const { claim, before, after, reason } of one.claims) {
    const change = `${before ? VERDICTS[before] : 'not asked'} -> ${after ? VERDICTS[after] : 'no longer asked'}`;
    lines.add(`${CLAIMS[claim]}: ${change}. ${reason}`, { indent: 2, lead: '~ ', paintLead: colors.yellow });
  }
}

interface Sign {
  readonly sign: string;
  readonly paint: (text: string) => string;
}

function list(lines: Lines, changes: readonly AccessChange[], { sign, paint }: Sign): void {
  for (const { actions, resources, conditions = [], level } of changes.slice(0, MOST_CHANGES)) {
    const more = actions.length > MOST_ACTIONS ? ` and ${actions.length - MOST_ACTIONS} more` : '';
    const when = conditions.length > 0 ? ` when ${conditions.join(' and ')}` : '';
    const text = `${level ? `${level}: ` : ''}${actions.slice(0, MOST_ACTIONS).join(', ')}${more} on ${resources.join(', ')}${when}`;
    lines.add(text, { indent: 2, lead: sign, paint, paintLead: paint });
  }
  const left = changes.slice(MOST_CHANGES);
  if (left.length > 0)
    lines.add(`and ${left.length} more, ${count(actionsOf(left), 'action')}`, { indent: 2, lead: sign, paint, paintLead: paint });
}

function walk(lines: Lines, { to, toArn, steps }: AccessPath, { sign, paint }: Sign): void {
  lines.add(`${sign}, in ${count(steps.length, 'step')}, to ${ENDS[to]}: ${toArn}`, { indent: 2, paint });
  steps.forEach(({ sentence, technique, allowedBy }, index) => {
    lines.add(`${sentence} [${technique}]`, { indent: 4, lead: `${index + 1}. ` });
    for (const { statement } of allowedBy) lines.add(statement, { indent: 7, lead: 'allowed by  ' });
  });
}
