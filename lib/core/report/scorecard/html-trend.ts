import { levelName } from '../../governance/findings';
import { html, type Markup } from '../html/markup';
import { LEVELS, type Scorecard } from './model';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 110;
const BOTTOM = 40;
const TOP = 14;

/** The mean level over time as a line, and below it the numbers as a table. */
export function drawTrend({ earlier, assessment, at }: Scorecard): Markup {
  const points = [...earlier, { label: at.slice(0, 10), agents: assessment.agents }];
  const mean = (agents: readonly { readonly level: number }[]): number =>
    agents.length === 0 ? 0 : agents.reduce((sum, { level }) => sum + level, 0) / agents.length;
  const x = (index: number): number => LEFT + (points.length === 1 ? 0 : (index * (WIDTH - LEFT - 40)) / (points.length - 1));
  const y = (level: number): number => HEIGHT - BOTTOM - (level * (HEIGHT - BOTTOM - TOP)) / 4;
  const drawn = points.map(({ label, agents }, index) => ({ label, level: mean(agents), x: x(index), y: y(mean(agents)) }));
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Mean level over time: ${drawn.map(({ label, level }) => `${label} ${level.toFixed(1)}`).join(', ')}">
${[0, ...LEVELS].map((level) => html`<line x1="${LEFT}" x2="${WIDTH - 40}" y1="${y(level)}" y2="${y(level)}" stroke="var(--line)"/><text x="${LEFT - 8}" y="${y(level) + 4}" text-anchor="end">${level === 0 ? 'no level' : levelName(level)}</text>`)}
<polyline points="${drawn.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ')}" fill="none" stroke="var(--accent)" stroke-width="2.5"/>
${drawn.map((point) => html`<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="4.5" fill="var(--accent)"/><text x="${point.x.toFixed(1)}" y="${HEIGHT - 16}" text-anchor="middle">${point.label.slice(-18)}</text>`)}
</svg>
<table class="list"><thead><tr><th scope="col">When</th><th scope="col">no level</th>${LEVELS.map((level) => html`<th scope="col">${levelName(level)}</th>`)}</tr></thead><tbody>${points.map(
    ({ label, agents }) =>
      html`<tr><th scope="row">${label}</th>${[0, ...LEVELS].map((level) => html`<td class="number">${agents.filter((one) => one.level === level).length}</td>`)}</tr>`,
  )}</tbody></table>`;
}
