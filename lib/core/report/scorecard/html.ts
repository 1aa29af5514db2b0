import { createHash } from 'node:crypto';
import type { AgentAssessment, ControlResult } from '../../governance/assessment';
import { levelName } from '../../governance/findings';
import { FRAMES, LADDER } from '../../governance/ladder';
import { html, type Markup, trusted } from '../html/markup';
import { STYLE } from '../html/style';
import { count } from '../words';
import { drawTrend } from './html-trend';
import { commonSteps, exceptionsOf, groupsBy, LEVEL_MEANS, LEVELS, nextSteps, type Scorecard, scoreHeadline, tallyOf } from './model';
import { SCORE_STYLE } from './style';

const SIGNS: Readonly<Record<ControlResult['status'], readonly [sign: string, means: string]>> = {
  met: ['✓', 'met'],
  missing: ['✗', 'missing'],
  excepted: ['!', 'set aside for a while'],
  unsupported: ['–', 'this cloud cannot'],
  'not-applicable': ['·', 'does not arise'],
};
const EFFORTS: Readonly<Record<number, string>> = { 1: 'a line of code', 2: 'an afternoon', 3: 'others must agree' };
/** Beyond it the details of agents are closed. */
const FEW = 6;

const nameOf = (level: number): string => (level === 0 ? 'no level' : levelName(level));
const badge = (level: number): Markup => html`<span class="level l${level}">${nameOf(level)}</span>`;

/** The scorecard as one HTML page that needs nothing else: no network, no script. It prints on paper, and reads without colours. */
export function renderScoreHtml(card: Scorecard): string {
  const style = STYLE + SCORE_STYLE;
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const { agents } = card.assessment;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="agentic-iam ${card.library}">
<title>Agent governance: ${scoreHeadline(card.assessment)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
${writeFirstPage(card)}
<main>
${writeSteps(card)}
${writeExceptions(agents)}
${card.earlier.length > 0 && html`<section aria-labelledby="trend-title"><h2 id="trend-title">Over time</h2>${drawTrend(card)}</section>`}
${agents.length > 0 && writeMatrix(agents)}
${agents.length > 0 && html`<section aria-labelledby="agents-title"><h2 id="agents-title">Agent by agent</h2>${agents.map((agent) => writeAgent(agent, card))}</section>`}
${writeFrames(agents)}
</main>
</body>
</html>
`.text;
}

/** What a board member or a regulator reads in a minute. */
function writeFirstPage({ assessment, at, library, sources }: Scorecard): Markup {
  const { agents, brokenReceipts } = assessment;
  const most = Math.max(0, ...agents.map(({ target }) => target ?? 0));
  return html`<header class="top"><p class="kicker">Agent governance <span>${at.slice(0, 10)} · agentic-iam ${library} · ${count(sources.length, 'file')} read</span></p>
<h1>${scoreHeadline(assessment)}</h1>
<p class="lead">Each agent stands on the highest level all of whose controls are shown by what was synthesised, or by a receipt that nobody changed. Nothing is believed because it was set.</p>
<ol class="ladder" aria-label="The ladder">${LEVELS.map((level) => {
    const own = agents.filter((one) => one.level === level).length;
    const tone = own > 0 ? 'here' : level === most ? 'held' : '';
    return html`<li class="${tone}"><div><strong>${level}. ${levelName(level)}</strong><br><span>${LEVEL_MEANS[level]}</span></div><div><b>${own}</b> <span>${own === 1 ? 'agent stands' : 'agents stand'} here${level === most ? '; fleets are held to it' : ''}</span></div></li>`;
  })}</ol>
${agents.some(({ level }) => level === 0) && html`<p><span class="level l0">no level</span> ${count(agents.filter(({ level }) => level === 0).length, 'agent')} below the ladder. ${LEVEL_MEANS[0]}</p>`}
${brokenReceipts > 0 && html`<p><span class="level l0">receipts</span> ${brokenReceipts} were changed after they were made, or stand behind one that was: they prove nothing.</p>`}
<section aria-label="Clouds and fleets"><div class="cards">${(['cloud', 'fleet'] as const).flatMap((key) =>
    groupsBy(agents, key).map(
      ({ name, level, agents: own }) =>
        html`<div class="card"><h3><span>${key} ${name}</span>${badge(level)}</h3><p>${count(own.length, 'agent')}. ${LEVEL_MEANS[level]}</p></div>`,
    ),
  )}</div></section></header>`;
}

function writeSteps({ assessment: { agents }, textsOf }: Scorecard): Markup | false {
  const steps = commonSteps(agents);
  if (steps.length === 0) return false;
  return html`<section aria-labelledby="steps-title"><h2 id="steps-title">What to do next, the cheapest first</h2><ol class="steps">${steps.map(
    ({ step: { control, result }, agents: whom }) => {
      const code = textsOf(whom[0]?.cloud ?? '', control.id)?.code;
      return html`<li><h3>${control.title}</h3><p>${capital(result.reason ?? '')}. ${capital(control.fix)}.</p><p class="effort">${levelName(control.level)} · ${control.id} · ${EFFORTS[control.effort]} · for ${whoText(whom)}</p>${code !== undefined && html`<pre><code>${code}</code></pre>`}</li>`;
    },
  )}</ol></section>`;
}

function writeExceptions(agents: readonly AgentAssessment[]): Markup | false {
  const all = exceptionsOf(agents);
  if (all.length === 0) return false;
  return html`<section aria-labelledby="except-title"><h2 id="except-title">Set aside for a while</h2><table class="list"><thead><tr><th scope="col">Control</th><th scope="col">Why, who answers for it, until when</th><th scope="col">For</th></tr></thead><tbody>${all.map(
    ({ control, reason, agents: whom }) =>
      html`<tr><th scope="row"><code>${control}</code></th><td>${reason}</td><td>${whoText(whom)}</td></tr>`,
  )}</tbody></table></section>`;
}

function writeMatrix(agents: readonly AgentAssessment[]): Markup {
  const first = new Set(LEVELS.map((level) => LADDER.find((control) => control.level === level)?.id));
  const edge = (id: string): string => (first.has(id) ? ' first' : '');
  return html`<section aria-labelledby="matrix"><h2 id="matrix">Every control, every agent</h2><div class="scroll"><table class="list matrix"><thead><tr><td></td><td></td>${LEVELS.map((level) => html`<th scope="colgroup" class="first" colspan="${LADDER.filter((control) => control.level === level).length}">${levelName(level)}</th>`)}</tr>
<tr><th scope="col">Agent</th><th scope="col">Level</th>${LADDER.map(({ id, title }) => html`<th scope="col" class="name${edge(id)}" title="${title}">${id}</th>`)}</tr></thead><tbody>${agents.map(
    (agent) =>
      html`<tr><th scope="row"><a href="#${anchor(agent)}">${agent.agent}</a> <code>${agent.cloud}</code></th><td>${badge(agent.level)}</td>${agent.results.map(
        ({ control, status, reason }) =>
          html`<td class="m-${status}${edge(control)}" title="${control}: ${reason ?? SIGNS[status][1]}"><span aria-hidden="true">${SIGNS[status][0]}</span><span class="unseen">${SIGNS[status][1]}</span></td>`,
      )}</tr>`,
  )}</tbody></table></div><ul class="key">${Object.entries(SIGNS).map(([status, [sign, means]]) => html`<li><b class="m-${status}">${sign}</b> ${means}</li>`)}</ul></section>`;
}

function writeAgent(agent: AgentAssessment, { textsOf, assessment }: Scorecard): Markup {
  const open = assessment.agents.length <= FEW;
  const next = nextSteps(agent).length;
  return html`<details class="agent" id="${anchor(agent)}"${trusted(open ? ' open' : '')}><summary>${agent.agent} <code>${agent.cloud}</code> ${badge(agent.level)} <span class="effort">fleet ${agent.fleet} · owned by ${agent.owner}${agent.target === undefined ? '' : ` · held to ${levelName(agent.target)}`}${next > 0 ? ` · ${next} to the next level` : ''}</span></summary><div>
<p class="effort">${LEVELS.map((level) => {
    const { passed, all } = tallyOf(agent, level);
    return `${levelName(level)} ${passed} of ${all}`;
  }).join(' · ')}</p>
<table><thead><tr><th scope="col">Control</th><th scope="col">Answer</th><th scope="col">Evidence</th></tr></thead><tbody>${agent.results.map((result) => writeResult(agent, result, textsOf(agent.cloud, result.control)?.shown))}</tbody></table></div></details>`;
}

/** Evidence of one control that is listed; the rest is counted. */
const MOST_EVIDENCE = 6;

function writeResult(_agent: AgentAssessment, { control, status, reason, evidence }: ControlResult, shown: string | undefined): Markup {
  const [sign, means] = SIGNS[status];
  const listed = [...new Map(evidence.map((one) => [`${one.file} ${one.resource} ${one.shows}`, one])).values()];
  return html`<tr><th scope="row">${LADDER.find(({ id }) => id === control)?.question}<br><code>${control}</code></th><td><span class="level m-${status}">${sign} ${means}</span>${reason !== undefined && html`<p class="effort">${reason}</p>`}</td><td>${shown !== undefined && html`<p class="effort">Shown by ${shown}.</p>`}<ul>${listed
    .slice(0, MOST_EVIDENCE)
    .map(
      ({ file, resource, type, shows }) => html`<li><code>${resource}</code> <span class="effort">${type} in ${file}: ${shows}</span></li>`,
    )}${listed.length > MOST_EVIDENCE && html`<li class="effort">and ${listed.length - MOST_EVIDENCE} more</li>`}</ul></td></tr>`;
}

/** Which controls answer to which law or standard, and how many agents meet them. */
function writeFrames(agents: readonly AgentAssessment[]): Markup {
  const metBy = (id: string): number =>
    agents.filter(({ results }) =>
      results.some(({ control, status }) => control === id && status !== 'missing' && status !== 'unsupported'),
    ).length;
  return html`<section aria-labelledby="frames-title"><h2 id="frames-title">Laws, standards and lists</h2><div class="scroll"><table class="list"><thead><tr><th scope="col">Frame</th><th scope="col">Reference</th><th scope="col">Controls, and how many of ${agents.length} agents pass</th></tr></thead><tbody>${Object.entries(
    FRAMES,
  ).flatMap(([id, { title, version, source, confirmed, refs }]) =>
    Object.entries(refs).map(([ref, text], index) => {
      const controls = LADDER.filter(({ frames }) => frames[id]?.includes(ref));
      return html`<tr>${index === 0 && html`<th scope="rowgroup" rowspan="${Object.keys(refs).length}">${title}<br><span class="effort">${version}${confirmed ? '' : '; references not confirmed at the source'}<br>${source}</span></th>`}<td>${ref}<br><span class="effort">${text}</span></td><td>${controls.map((control, at) => html`${at > 0 ? ', ' : ''}<code>${control.id}</code> ${metBy(control.id)}`)}</td></tr>`;
    }),
  )}</tbody></table></div></section>`;
}

const anchor = ({ cloud, fleet, agent }: AgentAssessment): string => `${cloud}-${fleet}-${agent}`.replace(/[^A-Za-z0-9-]/g, '-');
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function whoText(agents: readonly AgentAssessment[]): string {
  const names = agents.slice(0, 4).map(({ agent, cloud }) => `${agent} on ${cloud}`);
  return agents.length > 4 ? `${names.join(', ')} and ${agents.length - 4} more` : names.join(', ');
}
