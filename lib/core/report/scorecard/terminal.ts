import { createColors } from 'picocolors';
import type { AgentAssessment } from '../../governance/assessment';
import { levelName } from '../../governance/findings';
import { renderTable } from '../table';
import type { TerminalOptions } from '../terminal';
import { plain } from '../text';
import { commonSteps, exceptionsOf, groupsBy, LEVEL_MEANS, LEVELS, type Scorecard, scoreHeadline, tallyOf } from './model';

const COLUMNS = ['Agent', 'Fleet', 'Cloud', 'Level', 'Held to', 'Logging', 'Alerting', 'Enforcement', 'Governance'].map((heading) => ({
  heading,
  value: () => '',
}));
const MOST_AGENTS = 40;

/** Where everybody stands, and what to do next: what fits into a minute. */
export function renderScoreTerminal(card: Scorecard, { color, width }: TerminalOptions): string {
  const colors = createColors(color);
  const { agents, brokenReceipts } = card.assessment;
  const paint = (level: number): ((text: string) => string) => (level >= 3 ? colors.green : level >= 1 ? colors.yellow : colors.red);
  const shownAgents = [...agents].sort((a, b) => a.level - b.level).slice(0, MOST_AGENTS);
  const rows = shownAgents.map((one) => [
    one.agent,
    one.fleet,
    one.cloud,
    paint(one.level)(nameOf(one.level)),
    one.target === undefined ? '' : levelName(one.target),
    ...LEVELS.map((level) => score(one, level)),
  ]);
  const parts = [
    `${colors.bold(scoreHeadline(card.assessment))}.`,
    ...(agents.length === 0 ? [] : [renderTable(COLUMNS, rows, colors)]),
    ...(agents.length > MOST_AGENTS ? [`and ${agents.length - MOST_AGENTS} agents more, none lower; all are in --html and --json`] : []),
    ...steps(card, width),
    ...exceptions(agents),
    ...(brokenReceipts > 0
      ? [colors.red(`${brokenReceipts} receipts were changed after they were made, or stand behind one that was: they prove nothing`)]
      : []),
    ...trend(card),
  ];
  return `${parts.join('\n\n')}\n`;
}

const nameOf = (level: number): string => (level === 0 ? 'none' : levelName(level));

function score(agent: AgentAssessment, level: number): string {
  const { passed, all } = tallyOf(agent, level);
  return `${passed}/${all}`;
}

function steps({ assessment: { agents }, textsOf }: Scorecard, width: number): readonly string[] {
  const all = commonSteps(agents);
  if (all.length === 0) return [];
  const lines = all.slice(0, 12).map(({ step: { control, result }, agents: whom }, index) => {
    const code = textsOf(whom[0]?.cloud ?? '', control.id)?.code;
    const who = whom.length === 1 ? `${whom[0]?.agent} on ${whom[0]?.cloud}` : `${whom.length} agents`;
    const reason = plain(result.reason ?? '');
    const short = reason.length > width - 6 && width > 40 ? `${reason.slice(0, width - 9)}...` : reason;
    return [
      `${index + 1}. ${control.title} [${control.id}], for ${who}`,
      `     ${short}`,
      `     ${plain(control.fix)}`,
      ...(code === undefined ? [] : [`     code: ${code}`]),
    ].join('\n');
  });
  const more = all.length > 12 ? [`and ${all.length - 12} controls more`] : [];
  return [['What stands between them and the next level, the cheapest first:', ...lines, ...more].join('\n')];
}

function exceptions(agents: readonly AgentAssessment[]): readonly string[] {
  const all = exceptionsOf(agents);
  return all.length === 0
    ? []
    : [
        [
          'Set aside for a while:',
          ...all.map(
            ({ control, reason, agents: whom }) =>
              `  ${control}: ${plain(reason)} (${whom.length === 1 ? whom[0]?.agent : `${whom.length} agents`})`,
          ),
        ].join('\n'),
      ];
}

function trend({ assessment, earlier, at }: Scorecard): readonly string[] {
  if (earlier.length === 0) return [];
  const lines = [...earlier, { label: at.slice(0, 10), agents: assessment.agents }].map(({ label, agents }) => {
    const counts = [0, ...LEVELS].map((level) => `${agents.filter((one) => one.level === level).length} at ${nameOf(level)}`);
    return `  ${plain(label)}: ${counts.join(', ')}`;
  });
  return [['Over time:', ...lines].join('\n')];
}

/** Level of each cloud and fleet in one line each, for whoever reads no table. */
export function levelLines({ assessment: { agents } }: Scorecard): readonly string[] {
  return (['cloud', 'fleet'] as const).flatMap((key) =>
    groupsBy(agents, key).map(
      ({ name, level, agents: own }) => `${key} ${name}: ${nameOf(level)} (${own.length} agents). ${LEVEL_MEANS[level] ?? ''}`,
    ),
  );
}
