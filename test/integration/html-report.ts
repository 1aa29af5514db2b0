import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderReviewHtml } from '../../lib/core/report/html/page';
import { HOSTILE_VALUES, hostileReview } from '../core/report/hostile-fixture';
import { fleetReview, SIX } from '../core/report/review-fixture';
import { Chromium, findChromium } from './chromium';
import { expectEqual, type Report } from './report';

/** The page of a review does in a browser what it promises: nothing over the network, mouse and keys, light and dark, paper. */
export async function checkHtmlReport(report: Report): Promise<void> {
  const program = findChromium();
  if (program === undefined) {
    for (const { name } of CHECKS) report.skip(`html-report ${name}`, 'no Chromium on this machine; Debian has it as chromium');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-html-'));
  const browser = await Chromium.start(program);
  try {
    for (const { name, page, run } of CHECKS) {
      await report.check(`html-report ${name}`, async () => {
        const file = join(folder, 'review.html');
        writeFileSync(file, page);
        await browser.send('Emulation.setEmulatedMedia', { media: 'screen', features: [] });
        await browser.open(pathToFileURL(file).href);
        await run(browser);
        expectEqual('errors, messages and requests', troubles(browser), []);
      });
    }
  } finally {
    await browser.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Check {
  readonly name: string;
  readonly page: string;
  readonly run: (browser: Chromium) => Promise<void>;
}

const PAGE_OF_SIX = renderReviewHtml(SIX);
const SHOWN_NODES = "[...document.querySelectorAll('.node:not(.off)')].map((node) => node.dataset.name)";
const LEFT = `[...document.querySelectorAll('.n-group[data-c="0"]:not(.off) .name')].map((text) => text.textContent)`;
const BOX_HEIGHT = "Math.round(document.querySelector('.node:not(.off) .box').getBoundingClientRect().height)";
const SHOWN_ROWS = "[...document.querySelectorAll('#reviewed tbody tr:not(.out) th')].map((cell) => cell.textContent)";
const FOCUSED = "document.activeElement.dataset.name ?? (document.activeElement.id || document.activeElement.getAttribute('href'))";

const CHECKS: readonly Check[] = [
  { name: 'opens a node on click and closes on Escape', page: PAGE_OF_SIX, run: clicks },
  { name: 'is worked by keys alone', page: PAGE_OF_SIX, run: keys },
  { name: 'filters the graph and the tables', page: PAGE_OF_SIX, run: filters },
  { name: 'places boxes and lines as they were rendered', page: renderReviewHtml(fleetReview(200)), run: places },
  { name: 'opens groups of 200 agents', page: renderReviewHtml(fleetReview(200)), run: groups },
  { name: 'has enough contrast in light and dark', page: PAGE_OF_SIX, run: contrast },
  { name: 'runs nothing that a value says', page: renderReviewHtml(hostileReview(HOSTILE_VALUES.join(' '))), run: hostile },
  { name: 'reads without a script', page: PAGE_OF_SIX, run: scriptless },
  { name: 'prints every detail on light paper', page: PAGE_OF_SIX, run: prints },
];

async function clicks(browser: Chromium): Promise<void> {
  expectEqual('the panel at first', await browser.evaluate("document.querySelector('#panel').hidden"), true);
  await browser.click('.node[data-name="deploy-helper"]');
  expectEqual('the title', await browser.evaluate("document.querySelector('#panel-title').textContent"), 'deploy-helper');
  expectEqual('steps in the panel', await browser.evaluate("document.querySelectorAll('#panel .path li').length"), 3);
  expectEqual(
    'boxes in reach',
    await browser.evaluate("[...document.querySelectorAll('.node.on')].map((node) => node.dataset.name).sort()"),
    ['deploy-helper', 'full control of 111122223333', 'nightly-builder', 'platform-admin', 'reports'],
  );
  await browser.press('Escape');
  expectEqual('the panel at last', await browser.evaluate("document.querySelector('#panel').hidden"), true);
  expectEqual('the focus', await browser.evaluate(FOCUSED), 'deploy-helper');
  await browser.click('.node[data-name="reports"]');
  expectEqual(
    'who reaches a resource',
    await browser.evaluate("[...document.querySelectorAll('#panel .links button')].map((one) => one.textContent)"),
    ['report-writer', 'report-writer', 'nightly-builder', 'invoice-reader', 'deploy-helper'],
  );
}

async function keys(browser: Chromium): Promise<void> {
  const stops: string[] = [];
  for (let at = 0; at < 7; at += 1) {
    await browser.press('Tab');
    stops.push(await browser.evaluate<string>(FOCUSED));
  }
  expectEqual('stops of the tab key', stops, ['#tables', 'theme', 'find', 'cloud', 'harm', 'wrong', 'deploy-helper']);
  const outline = "getComputedStyle(document.activeElement.querySelector('.box')).strokeWidth";
  expectEqual('outline of the box in focus', await browser.evaluate(outline), '3px');
  const moves = [
    ['ArrowDown', 'log-analyst'],
    ['ArrowRight', 'deployer'],
    ['ArrowRight', 'audit-logs'],
    ['Home', 'full control of 111122223333'],
    ['ArrowLeft', 'platform-admin'],
    ['ArrowLeft', 'nightly-builder'],
    ['ArrowLeft', 'deploy-helper'],
    ['ArrowUp', 'deploy-helper'],
    ['End', 'invoice-reader'],
    ['Enter', 'panel-title'],
    ['Escape', 'invoice-reader'],
    [' ', 'panel-title'],
    ['Tab', 'close'],
    ['Enter', 'invoice-reader'],
  ] as const;
  for (const [key, focused] of moves) {
    await browser.press(key);
    expectEqual(`focus after ${key}`, await browser.evaluate(FOCUSED), focused);
  }
  expectEqual('boxes that the tab key stops at', await browser.evaluate('document.querySelectorAll(\'.node[tabindex="0"]\').length'), 1);
}

async function filters(browser: Chromium): Promise<void> {
  await fill(browser, 'erp-token');
  expectEqual('boxes after Find', await browser.evaluate(SHOWN_NODES), [
    'report-writer',
    'invoice-reader',
    'reports',
    'invoices',
    'erp-token',
  ]);
  expectEqual('rows after Find', await browser.evaluate(SHOWN_ROWS), ['invoice-reader']);
  expectEqual('the count', await browser.evaluate("document.querySelector('#count').textContent"), '1 of 6 match');
  await fill(browser, '');
  await change(browser, 'cloud', "value = 'azure'");
  expectEqual('rows after Cloud', await browser.evaluate(SHOWN_ROWS), ['key-rotator', 'ticket-triage']);
  await change(browser, 'wrong', 'checked = true');
  expectEqual('rows with findings', await browser.evaluate(SHOWN_ROWS), ['key-rotator']);
  await change(browser, 'wrong', 'checked = false');
  await change(browser, 'cloud', "value = ''");
  await change(browser, 'harm', "value = 'run-code'");
  expectEqual('rows after Can', await browser.evaluate(SHOWN_ROWS), ['deploy-helper', 'log-analyst']);
}

async function places(browser: Chromium): Promise<void> {
  const drawing =
    "[...document.querySelectorAll('.node:not(.off), .edge[data-f]:not(.off)')].map((one) => one.getAttribute('d') ?? one.id + one.getAttribute('transform'))";
  const scripted = await browser.evaluate<string[]>(drawing);
  await withoutScript(browser, async () => expectEqual('the drawing', await browser.evaluate(drawing), scripted));
  expectEqual('something is drawn', scripted.length > 60, true);
}

async function groups(browser: Chromium): Promise<void> {
  const boxes = async () => (await browser.evaluate<string[]>(SHOWN_NODES)).length;
  const closed = await boxes();
  const height = await browser.evaluate(BOX_HEIGHT);
  expectEqual('boxes at first', closed < 90, true);
  await browser.click('.node.n-group[data-kind="group"]:not(.off)');
  expectEqual('boxes of an open group', (await boxes()) > closed + 40, true);
  expectEqual('size of a box while a group is open', await browser.evaluate(BOX_HEIGHT), height);
  await browser.press('Escape');
  expectEqual('boxes of a closed group', await boxes(), closed);
  await browser.click('.node.n-group:not(.off)');
  await browser.click('#fold');
  expectEqual('boxes after Close groups', await boxes(), closed);
  await change(browser, 'cloud', "value = 'gcp'");
  expectEqual('a group says what is left', await browser.evaluate(LEFT), ['59 agents']);
  await fill(browser, 'er-');
  expectEqual('what is left of a group', await browser.evaluate(LEFT), ['30 of 59 agents']);
  await change(browser, 'cloud', "value = ''");
  await fill(browser, 'payroll-reader');
  expectEqual('found inside a group', (await browser.evaluate<string[]>(SHOWN_NODES)).includes('payroll-reader-4'), true);
}

async function contrast(browser: Chromium): Promise<void> {
  await browser.click('.node[data-name="report-writer"]');
  await browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  for (const theme of ['light', 'dark']) {
    await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: theme }] });
    expectEqual(`weak contrasts in ${theme}`, await browser.evaluate(WEAK), []);
    await browser.click('#theme');
    expectEqual(`weak contrasts after ${theme} was changed`, await browser.evaluate(WEAK), []);
    await browser.click('#theme');
  }
}

async function hostile(browser: Chromium): Promise<void> {
  for (const name of ['agent', 'resource', 'admin']) await browser.click(`.node[data-kind="${name}"]`);
  const elements =
    '[...document.querySelectorAll(\'script, img, iframe, b b, [onclick], [onerror], [onfocus], [style], a[href]:not([href^="#"])\')].length';
  expectEqual('scripts of the page, and nothing that was injected', await browser.evaluate(elements), 1);
  expectEqual('words are kept', await browser.evaluate("document.body.textContent.includes('<img src=x onerror=alert(3)>')"), true);
}

async function scriptless(browser: Chromium): Promise<void> {
  await withoutScript(browser, async () => {
    expectEqual('boxes that lead somewhere', await browser.evaluate(DANGLING), []);
    expectEqual(
      'forms that do nothing',
      await browser.evaluate(
        "[...document.querySelectorAll('#filter, #panel, #theme, .keys')].every((one) => one.checkVisibility() === false)",
      ),
      true,
    );
    expectEqual(
      'steps that can be read',
      await browser.evaluate("[...document.querySelectorAll('details[open] .path li')].filter((one) => one.checkVisibility()).length"),
      5,
    );
  });
}

async function prints(browser: Chromium): Promise<void> {
  await browser.send('Emulation.setEmulatedMedia', { media: 'print', features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  expectEqual('the ground', await browser.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  expectEqual(
    'what cannot be pressed on paper',
    await browser.evaluate("[...document.querySelectorAll('#filter, #theme, .keys')].every((one) => one.checkVisibility() === false)"),
    true,
  );
  const { data } = await browser.send('Page.printToPDF', { printBackground: true });
  expectEqual(
    'a PDF',
    Buffer.from(data as string, 'base64')
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  );
  expectEqual('details that stay closed', await browser.evaluate("document.querySelectorAll('details:not([open])').length"), 0);
}

/** Loads the page again with scripts off; evaluating from outside still works. */
async function withoutScript(browser: Chromium, run: () => Promise<void>): Promise<void> {
  await browser.send('Emulation.setScriptExecutionDisabled', { value: true });
  try {
    await browser.open(await browser.evaluate<string>('location.href'));
    await run();
  } finally {
    await browser.send('Emulation.setScriptExecutionDisabled', { value: false });
  }
}

async function fill(browser: Chromium, text: string): Promise<void> {
  await browser.evaluate("document.querySelector('#find').focus(), document.querySelector('#find').select()");
  if (text === '') await browser.press('Delete');
  else await browser.send('Input.insertText', { text });
}

async function change(browser: Chromium, id: string, assignment: string): Promise<void> {
  await browser.evaluate(
    `{ const field = document.querySelector('#${id}'); field.${assignment}; field.dispatchEvent(new Event('input', { bubbles: true })); }`,
  );
}

/** What the browser complained of, what the page said, and what it asked of the network but itself. */
function troubles({ events }: Chromium): readonly string[] {
  const bad = events.filter(({ method }) =>
    ['Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Page.javascriptDialogOpening'].includes(method ?? ''),
  );
  const requests = events
    .filter(({ method }) => method === 'Network.requestWillBeSent')
    .map(({ params }) => (params as { request: { url: string } }).request.url);
  return [
    ...bad.map(({ params }) => JSON.stringify(params).slice(0, 400)),
    ...requests.filter((url) => !url.startsWith('file:') || !url.includes('review.html')),
  ];
}

/** Links that lead to nothing in the page. */
const DANGLING =
  "[...document.querySelectorAll('a[href^=\"#\"]')].map((one) => one.getAttribute('href')).filter((href) => !document.getElementById(href.slice(1)))";

/** Texts whose colour is less than 4.5 to 1 from their ground, and lines of the graph less than 3 to 1. */
const WEAK = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = parse(color).slice(0, 3).map((one) => (one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const solid = (color) => color !== 'none' && (parse(color)[3] ?? 1) > 0.99;
  const groundOf = (element) => {
    const circle = element.closest('.sign')?.querySelector('circle');
    if (circle) return getComputedStyle(circle).fill;
    const box = element.closest('.node')?.querySelector('.box');
    if (box) return getComputedStyle(box).fill;
    for (let at = element; at; at = at.parentElement) if (solid(getComputedStyle(at).backgroundColor)) return getComputedStyle(at).backgroundColor;
    return getComputedStyle(document.body).backgroundColor;
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.matches('script, option') || ![...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim())) continue;
    const style = getComputedStyle(element);
    const found = ratio(element instanceof SVGElement ? style.fill : style.color, groundOf(element));
    if (found < 4.5) weak.push(element.className + ' ' + element.textContent.slice(0, 20) + ' ' + found.toFixed(2));
  }
  const ground = getComputedStyle(document.querySelector('.canvas')).backgroundColor;
  for (const edge of document.querySelectorAll('#edges .edge')) {
    const found = ratio(getComputedStyle(edge).stroke, ground);
    if (found < 3) weak.push(edge.dataset.k + ' ' + found.toFixed(2));
  }
  return [...new Set(weak)];
})()`;
