import { levelName } from '../../governance/findings';
import { prose } from '../markdown';
import { commonSteps, exceptionsOf, groupsBy, LEVEL_MEANS, LEVELS, type Scorecard, scoreHeadline, tallyOf } from './model';

const nameOf = (level: number): string => (level === 0 ? 'none' : levelName(level));
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The scorecard for a wiki or a pull request. */
export function renderScoreMarkdown(card: Scorecard): string {
  const { agents, brokenReceipts } = card.assessment;
  const lines = [
    `# Agent governance: ${prose(scoreHeadline(card.assessment))}`,
    '',
    `Made on ${card.at.slice(0, 10)} by agentic-iam ${card.library} from what was synthesised.`,
    '',
    '| | level | agents | what that means |',
    '|---|---|---|---|',
    ...(['cloud', 'fleet'] as const).flatMap((key) =>
      groupsBy(agents, key).map(
        ({ name, level, agents: own }) => `| ${key} ${prose(name)} | ${nameOf(level)} | ${own.length} | ${LEVEL_MEANS[level] ?? ''} |`,
      ),
    ),
    '',
    '| agent | fleet | cloud | level | held to | logging | alerting | enforcement | governance |',
    '|---|---|---|---|---|---|---|---|---|',
    ...agents.map(
      (one) =>
        `| ${[one.agent, one.fleet, one.cloud].map(prose).join(' | ')} | ${nameOf(one.level)} | ${one.target === undefined ? '' : levelName(one.target)} | ${LEVELS.map(
          (level) => {
            const { passed, all } = tallyOf(one, level);
            return `${passed}/${all}`;
          },
        ).join(' | ')} |`,
    ),
    '',
    '## What to do next, the cheapest first',
    '',
    ...commonSteps(agents).map(
      ({ step: { control, result }, agents: whom }, index) =>
        `${index + 1}. **${control.title}** (\`${control.id}\`), for ${whom
          .map(({ agent, cloud }) => `${prose(agent)} on ${cloud}`)
          .slice(0, 5)
          .join(
            ', ',
          )}${whom.length > 5 ? ` and ${whom.length - 5} more` : ''}. ${prose(capital(result.reason ?? ''))}. *${prose(capital(control.fix))}.*`,
    ),
    '',
  ];
  const excepted = exceptionsOf(agents);
  if (excepted.length > 0)
    lines.push(
      '## Set aside for a while',
      '',
      ...excepted.map(
        ({ control, reason, agents: whom }) => `- \`${control}\`: ${prose(reason)} (${whom.map(({ agent }) => prose(agent)).join(', ')})`,
      ),
      '',
    );
  if (brokenReceipts > 0)
    lines.push(`**${brokenReceipts} receipts were changed after they were made, or stand behind one that was: they prove nothing.**`, '');
  if (card.earlier.length > 0)
    lines.push(
      '## Over time',
      '',
      '| when | none | LOGGING | ALERTING | ENFORCEMENT | GOVERNANCE |',
      '|---|---|---|---|---|---|',
      ...[...card.earlier, { label: card.at.slice(0, 10), agents }].map(
        ({ label, agents: then }) =>
          `| ${prose(label)} | ${[0, ...LEVELS].map((level) => then.filter((one) => one.level === level).length).join(' | ')} |`,
      ),
      '',
    );
  return `${lines.join('\n')}`;
}
