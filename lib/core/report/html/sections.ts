import type { AccessOrigin, AccessRequest } from '../../review/access';
import { type AccessPath, type ClaimVerdict, HARM_LEVELS, type PathStep, type PrincipalReview } from '../../review/result';
import { CLAIMS, count, ENDS, HARMS, MARKS, VERDICTS } from '../words';
import { html, type Markup } from './markup';
import type { PageModel, PageNode } from './model';

/** How much of a long list the page shows; the JSON has all. */
const MOST_RESOURCES = 12;
const MOST_PATHS = 25;
const MOST_FINDINGS = 25;
/** Up to this many are printed in full; of more, only those that need attention. */
const MOST_PRINTED = 30;

/** Everything that is said of each principal, worst first; what needs attention is open. */
export function writeSections({ nodes }: PageModel): Markup {
  const reviewed = nodes.filter(({ principal }) => principal !== undefined).length;
  return html`${nodes.map((node) => node.principal && writeSection(node, node.principal, reviewed <= MOST_PRINTED || node.attention !== 'quiet'))}`;
}

function writeSection({ index, name, attention, cloud }: PageNode, principal: PrincipalReview, printed: boolean): Markup {
  return html`<details class="agent a-${attention}${printed && ' printed'}" id="s${index}" data-p="${index}"${attention === 'wrong' && html` open`}><summary><h3>${name}</h3><span class="where">${cloud} · ${principal.kind}</span>${writeVerdicts(principal)}</summary>
<div class="body">${writeBody(principal)}</div></details>
`;
}

/** `✓2 ✗1` with words for those who do not see it. */
export function writeVerdicts({ claims, paths }: PrincipalReview): Markup {
  const marks = (['refuted', 'not-proven', 'proven'] as const).map((verdict) => {
    const found = claims.filter((claim) => claim.verdict === verdict).length;
    return (
      found > 0 &&
      html`<span class="mark v-${verdict}"><span aria-hidden="true">${MARKS[verdict]} ${found}</span><span class="unseen">${found} ${VERDICTS[verdict]}</span></span>`
    );
  });
  return html`<span class="marks">${paths.length > 0 && html`<span class="mark v-path">${count(paths.length, 'path')}</span>`}${marks}</span>`;
}

function writeBody(principal: PrincipalReview): Markup {
  const { blastRadius, claims, paths, findings } = principal;
  return html`<p class="lead">${blastRadius.sentence}</p>
${blastRadius.containedBy.length > 0 && html`<p class="held"><b>Held in by</b> ${blastRadius.containedBy.join('; ')}</p>`}
${paths.length > 0 && html`<h4>${paths.length === 1 ? 'Path' : 'Paths'} to more than it was given</h4>${paths.slice(0, MOST_PATHS).map(writePath)}${more(paths.length - MOST_PATHS, 'path')}`}
${claims.length > 0 && html`<h4>Claims</h4><ul class="claims">${[...claims].sort((a, b) => rank(a) - rank(b)).map(writeClaim)}</ul>`}
${writeReach(principal)}
${findings.length > 0 && html`<h4>Findings</h4><ul class="findings">${findings.slice(0, MOST_FINDINGS).map(({ severity, id, message, fix }) => html`<li class="f-${severity}"><b>${severity}</b> <code>${id}</code> ${message}<br><span class="fix">${fix}</span></li>`)}</ul>${more(findings.length - MOST_FINDINGS, 'finding')}`}
<dl class="facts"><dt>Identity</dt><dd><code>${principal.id}</code></dd>${principal.construct !== undefined && html`<dt>Made by</dt><dd><code>${principal.construct}</code></dd>`}<dt>Read from</dt><dd><code>${principal.source}</code></dd></dl>`;
}

function rank({ verdict }: ClaimVerdict): number {
  return ['refuted', 'not-proven', 'proven'].indexOf(verdict);
}

function writeClaim(claim: ClaimVerdict): Markup {
  const mark = html`<span class="mark v-${claim.verdict}" aria-hidden="true">${MARKS[claim.verdict]}</span>`;
  if (claim.verdict === 'proven') return html`<li>${mark}<div>${CLAIMS[claim.claim]} <span class="verdict">proven</span></div></li>`;
  return html`<li>${mark}<div><b>${CLAIMS[claim.claim]}</b> <span class="verdict v-${claim.verdict}">${VERDICTS[claim.verdict]}</span><p>${claim.reason}</p>${claim.counterExample && html`<div class="example"><span class="label">Counter-example</span>${writeRequest(claim.counterExample)}${(claim.origins ?? []).map(writeOrigin)}</div>`}${claim.fix && html`<p class="fix"><b>To change</b> ${claim.fix}</p>`}</div></li>`;
}

function writePath({ to, toArn, steps }: AccessPath): Markup {
  return html`<div class="path"><p class="end">In ${count(steps.length, 'step')} to <b>${ENDS[to]}</b></p><ol>${steps.map(writeStep)}</ol><p class="target"><span class="label">End</span> <code>${toArn}</code></p></div>`;
}

function writeStep({ sentence, technique, requests, allowedBy, conditions, assumed }: PathStep): Markup {
  return html`<li><p>${sentence} <span class="tag">${technique}</span></p>${requests.map(writeRequest)}${allowedBy.map(writeOrigin)}${conditions.length > 0 && html`<p class="origin"><span class="label">If</span> ${conditions.join('; ')}</p>`}${assumed && html`<p class="origin"><span class="label">Assumed</span> the target is not in view; that one exists is assumed</p>`}</li>`;
}

function writeRequest({ action, resource, context = {} }: AccessRequest): Markup {
  const values = Object.entries(context).map(
    ([key, value]) => html`<br><span class="with">with ${key} = ${typeof value === 'string' ? value : value.join(', ')}</span>`,
  );
  return html`<p class="request"><code><b>${action}</b> on ${resource}${values}</code></p>`;
}

function writeOrigin({ statement, layer, construct, source }: AccessOrigin): Markup {
  return html`<p class="origin"><span class="label">Allowed by</span> ${statement} <span class="tag">${layer}</span>${construct !== undefined && html` made by <code>${construct}</code>`}${source !== undefined && html` in <code>${source}</code>`}</p>`;
}

function writeReach({ blastRadius }: PrincipalReview): Markup {
  const reached = [...HARM_LEVELS].reverse().filter((level) => blastRadius.levels[level].actions > 0);
  const rows = reached.map((level) => {
    const { actions, examples, resources } = blastRadius.levels[level];
    const where = resources.slice(0, MOST_RESOURCES).map((one) => html`<li><code>${one === '*' ? 'everything (*)' : one}</code></li>`);
    return html`<tr><th scope="row"><span class="harm k-${level}"></span>${HARMS[level]}</th><td class="number">${actions}</td><td><code>${examples.join(', ')}</code></td><td><ul>${where}</ul>${more(resources.length - MOST_RESOURCES, 'resource')}</td></tr>`;
  });
  return html`<h4>Reach at worst</h4>${
    rows.length === 0
      ? html`<p>Nothing is reached at any level of harm.</p>`
      : html`<div class="scroll"><table class="reach"><thead><tr><th scope="col">Can</th><th scope="col" class="number">Actions</th><th scope="col">Such as</th><th scope="col">On</th></tr></thead><tbody>${rows}</tbody></table></div>`
  }${blastRadius.principals.length > 0 && html`<p class="held"><b>Can act as</b> ${blastRadius.principals.slice(0, MOST_RESOURCES).map((one) => html`<code>${one}</code> `)}${more(blastRadius.principals.length - MOST_RESOURCES, 'identity')}</p>`}`;
}

function more(number: number, noun: string): Markup | false {
  return number > 0 && html`<p class="more">and ${count(number, `more ${noun}`)}, in the JSON form of this review</p>`;
}
