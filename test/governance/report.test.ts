import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { assess } from '../../lib/core/governance/assess';
import type { AgentPosture } from '../../lib/core/governance/posture';
import type { ControlException } from '../../lib/core/governance/record';
import {
  renderScoreCsv,
  renderScoreHtml,
  renderScoreMarkdown,
  renderScoreOscal,
  renderScoreSarif,
  renderScoreTerminal,
  type Scorecard,
  scorecardDocument,
} from '../../lib/core/report/scorecard';
import { controlTexts } from '../../lib/policy/control-texts';
import { HOSTILE_VALUES } from '../core/report/hostile-fixture';
import { AGENT, WHOLE } from './postures';
import { cardOfWeek } from './scorecard-of-week';

const NOW = new Date('2026-11-26T12:00:00Z');
const EXCEPTION: ControlException = {
  control: 'guardrail',
  reason: 'asked of the platform team',
  owner: 'x@example.com',
  until: '2027-01-31',
  cloud: 'aws',
  fleet: 'prod',
};

function cardOf(postures: readonly AgentPosture[], more: Partial<Scorecard> = {}): Scorecard {
  return {
    assessment: assess({
      postures: [{ cloud: 'aws', agents: postures }],
      targets: [{ cloud: 'aws', fleet: 'prod', level: 3 }],
      exceptions: [EXCEPTION],
      problems: [],
      receipts: { schemaVersion: 1, receipts: [] },
      now: NOW,
    }),
    at: NOW.toISOString(),
    library: '1.0.0',
    sources: ['cdk.out/agentic-iam.manifest.json'],
    earlier: [],
    textsOf: controlTexts,
    ...more,
  };
}
const agent = (name: string, more: Partial<AgentPosture> = {}): AgentPosture => ({ ...WHOLE, ...more, agent: { ...AGENT, name } });
const CARD = cardOf([
  agent('reader'),
  agent('writer', { stores: [], guardrails: [] }),
  agent('third', { unsupported: { ceiling: 'it cannot' }, ceiling: [] }),
]);
const schema = (name: string): object => JSON.parse(readFileSync(join(__dirname, '../fixtures/schemas', name), 'utf8')) as object;

function problemsBy(name: string, document: object): unknown {
  // Patterns of SARIF's schema are not of Unicode's kind.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: name.startsWith('oscal') });
  addFormats(ajv);
  const validate = ajv.compile(schema(name));
  return validate(JSON.parse(JSON.stringify(document))) ? [] : validate.errors?.slice(0, 5);
}

test('the scorecard of the four weeks, and of agents with exceptions, is valid OSCAL', () => {
  for (const card of [CARD, cardOf([]), cardOfWeek(4)])
    expect(problemsBy('oscal-assessment-results.json', renderScoreOscal(card))).toEqual([]);
});

test('it is valid SARIF, with an error up to the level that the fleet is held to', () => {
  const log = renderScoreSarif(CARD, '/repo') as { runs: [{ results: { ruleId: string; level: string; message: { text: string } }[] }] };
  expect(problemsBy('sarif-2.1.0.json', log)).toEqual([]);
  const levels = log.runs[0].results.map(({ ruleId, level }) => `${ruleId} ${level}`);
  expect(levels).toContain('records-kept error');
  expect(levels).toContain('access-recertified note');
  expect(levels.filter((one) => one.startsWith('guardrail'))).toEqual([]);
});

test('the same assessment has the same identifiers', () => {
  expect(renderScoreOscal(CARD)).toEqual(renderScoreOscal(CARD));
});

test('the matrix has a line for each reference and agent, and nothing in it is a formula', () => {
  const hostile = cardOf([
    agent('reader', {
      stores: [{ name: '=cmd()', evidence: { file: '=a', resource: '+b', type: 'c', shows: '"quoted", and\nbroken' }, locked: false }],
    }),
  ]);
  const lines = renderScoreCsv(hostile).trim().split('\r\n');
  expect(lines[0]).toBe(
    'frame,version,reference,reference title,confirmed,control,level,question,cloud,fleet,agent,status,reason,evidence',
  );
  expect(lines.length).toBeGreaterThan(80);
  expect(lines.filter((line) => /(^|,)[=+@-]/.test(line.replace(/"(?:[^"]|"")*"/g, '')))).toEqual([]);
  expect(lines.find((line) => line.includes(',records-locked,'))).toContain('""quoted"", and broken');
});

test('what is printed says who stands where, what to do first, and what was set aside', () => {
  const text = renderScoreTerminal(CARD, { width: 120, color: false });
  expect(text).toMatch(/^3 agents in 1 fleet on 1 cloud: the weakest one stands at no level yet; 3 below what they are held to\./);
  expect(text).toMatch(/writer +prod +aws +none +ENFORCEMENT +3\/7/);
  expect(text).toMatch(/1\. Records are kept for a year \[records-kept\], for writer on aws/);
  expect(text).toContain('guardrail: asked of the platform team (x@example.com, until 2027-01-31)');
});

test('an earlier scorecard gives a trend in every form for people', () => {
  const { agents } = scorecardDocument(CARD);
  const card = cardOf([agent('reader')], { earlier: [{ label: '2026-10-01', agents }] });
  expect(renderScoreTerminal(card, { width: 120, color: false })).toContain('2026-10-01: 1 at none, 2 at LOGGING');
  expect(renderScoreMarkdown(card)).toContain('| 2026-10-01 | 1 | 2 | 0 | 0 | 0 |');
  expect(renderScoreHtml(card)).toContain('Mean level over time: 2026-10-01 0.7, 2026-11-26 1.0');
});

test('the document has the next steps with their code, the cheapest first', () => {
  const [first] = scorecardDocument(cardOf([agent('reader', { stores: [] })])).agents;
  expect(first?.next.map(({ control, effort }) => `${control} ${effort}`)).toEqual([
    'records-kept 1',
    'records-validated 2',
    'records-locked 2',
    'records-out-of-reach 2',
  ]);
  expect(first?.next[0]).toMatchObject({ code: 'trail: AgentTrail.create({ retention: Duration.days(400) })' });
});

/** The page's own tags, in order. */
const skeleton = (page: string): string[] => [...page.matchAll(/<\/?[a-zA-Z!][\w-]*/g)].map(([tag]) => tag);
const pageFor = (value: string): string =>
  renderScoreHtml(
    cardOf([
      {
        ...WHOLE,
        agent: { ...AGENT, owner: value },
        stores: [{ name: value, evidence: { file: value, resource: value, type: value, shows: value }, locked: false, days: 1 }],
      },
    ]),
  );

test.each(HOSTILE_VALUES)('the value %j changes texts of the page and no tag', (value) => {
  const page = pageFor(value);
  expect(skeleton(page)).toEqual(skeleton(pageFor('plain')));
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u);
});

test('the page needs nothing else: no script, no style of a tag, nothing from outside', () => {
  const page = renderScoreHtml(CARD);
  expect(page).not.toMatch(/<script|\sstyle="|\son[a-z]+="|@import|url\((?!#)|\s(?:src|srcset|action|poster)="/);
  expect(page).toContain("default-src 'none'");
  expect([...page.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !page.includes(`id="${id}"`))).toEqual([]);
});

test('each status has a sign and a word, so that the page reads without colours', () => {
  const page = renderScoreHtml(CARD);
  for (const word of ['met', 'missing', 'set aside for a while', 'this cloud cannot'])
    expect(page).toContain(`<span class="unseen">${word}</span>`);
});
