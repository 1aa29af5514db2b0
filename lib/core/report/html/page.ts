import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HARM_LEVELS, type Review } from '../../review/result';
import { headline } from '../headline';
import { tally } from '../review-rows';
import { count, HARMS, VERDICTS } from '../words';
import { drawGraph, drawLegend } from './graph';
import { html, type Markup, trusted } from './markup';
import { type PageModel, pageModel } from './model';
import { writeSections } from './sections';
import { STYLE } from './style';
import { writeTables } from './tables';

/** What runs in the browser: files that stand in the page as they are, so that they are linted and checked as what they are. */
const SCRIPTS = ['theme.js', 'page.js'];

/**
 * A review as one HTML page that needs nothing else: no network, no asset, and no script to be read. Its policy lets only its own style
 * and script run, known by their hashes.
 */
export function renderReviewHtml(review: Review): string {
  const model = pageModel(review);
  const script = SCRIPTS.map((name) => readFileSync(join(__dirname, 'browser', name), 'utf8')).join('');
  const policy = `default-src 'none'; style-src '${hash(STYLE)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="agentic-iam ${review.library}">
<title>Access review: ${headline(review)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#tables">Skip the graph, go to the tables</a>
${writeHead(model)}
<main>
${writeGraph(model)}
${writeTables(model)}
<section aria-labelledby="detail-title"><h2 id="detail-title">In detail</h2>${writeSections(model)}</section>
${writeUnknowns(review)}
</main>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

/** The hash by which a content security policy knows an inline style or script. */
function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function writeHead({ review }: PageModel): Markup {
  const { principals, sources, library } = review;
  const verdicts = tally(principals.flatMap(({ claims }) => claims.map(({ verdict }) => verdict)));
  const paths = principals.reduce((sum, one) => sum + one.paths.length, 0);
  const figures = [
    ['reviewed', principals.length, ''],
    ['paths to more', paths, paths > 0 ? 'bad' : ''],
    ...(['refuted', 'not-proven', 'proven'] as const).map((verdict) => {
      const found = verdicts.find(([one]) => one === verdict)?.[1] ?? 0;
      const tone = { refuted: found > 0 ? 'bad' : '', 'not-proven': found > 0 ? 'open' : '', proven: found > 0 ? 'good' : '' }[verdict];
      return [`claims ${VERDICTS[verdict]}`, found, tone] as const;
    }),
  ] as const;
  return html`<header class="top"><p class="kicker">Access review <span>agentic-iam ${library} · ${count(sources.length, 'file')} read</span><button type="button" id="theme" hidden>Dark</button></p>
<h1>${headline(review)}</h1>
<dl class="figures">${figures.map(([name, value, tone]) => html`<div class="${tone}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

function writeGraph(model: PageModel): Markup | false {
  if (model.nodes.length === 0) return false;
  const clouds = [...new Set(model.review.principals.map(({ cloud }) => cloud))].sort();
  const harms = HARM_LEVELS.filter((level) => model.nodes.some((node) => node.harms.includes(level)));
  return html`<section aria-labelledby="graph-title" class="explore"><h2 id="graph-title">Who can reach what</h2>
<form id="filter" class="filter" hidden aria-label="Filter"><label>Find <input type="search" id="find" placeholder="agent, resource, path ..." autocomplete="off" spellcheck="false"></label><label>Cloud <select id="cloud"><option value="">all</option>${clouds.map((cloud) => html`<option>${cloud}</option>`)}</select></label><label>Can <select id="harm"><option value="">anything</option>${harms.map((level) => html`<option value="${level}">${HARMS[level]}</option>`)}</select></label><label class="check"><input type="checkbox" id="wrong"> only with findings</label><button type="button" id="fold" hidden>Close groups</button><span id="count" role="status"></span></form>
${drawLegend(model)}
<div class="stage"><div class="canvas" id="canvas"><p class="unseen" id="graph-help">Arrow keys move between boxes, Enter opens the details, Escape closes them.</p>${drawGraph(model)}</div>
<aside id="panel" hidden aria-labelledby="panel-title"><h3 id="panel-title" tabindex="-1"></h3><button type="button" id="close" aria-label="Close the details">×</button><p id="panel-where"></p><div id="panel-body"></div></aside></div>
<p class="keys" hidden>Arrow keys move between boxes, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> closes.</p></section>`;
}

function writeUnknowns({ unknowns, sources }: Review): Markup {
  return html`${unknowns.length > 0 && html`<section aria-labelledby="unknown-title"><h2 id="unknown-title">Not understood</h2><p>What depends on these is never called proven.</p><ul class="unknowns">${unknowns.map((text) => html`<li>${text}</li>`)}</ul></section>`}
<section aria-labelledby="sources-title"><h2 id="sources-title">Files read</h2><ul class="sources">${sources.map((source) => html`<li><code>${source}</code></li>`)}</ul></section>`;
}
