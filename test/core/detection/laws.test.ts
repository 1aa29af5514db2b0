import fc from 'fast-check';
import type { AgentEvent } from '../../../lib/core/agent-event';
import { Automaton } from '../../../lib/core/detection/automaton';
import type { DetectorOptions } from '../../../lib/core/detection/options';
import { DetectionRun } from '../../../lib/core/detection/run';
import { AgentState, SessionState } from '../../../lib/core/detection/state';
import { SlidingWindow } from '../../../lib/core/detection/windows';
import type { ManifestWorkflow } from '../../../lib/core/manifest';
import { ANSWER, detect, detectorFor, event, reader } from './story';

const CALLS = [
  ['store:list', 'docs'],
  ['store:get', 'docs/1'],
  ['store:get', 'docs/2'],
  ['store:get', 'payroll/1'],
  ['model:ask', 'model/small'],
  ['log:put', 'log/reader'],
  ['id:grant', 'role/x'],
  ['unknown:thing', 'x'],
] as const;
const OUTCOMES = ['succeeded', 'succeeded', 'succeeded', 'denied', 'not-found', 'invalid', 'throttled'] as const;

const agent = reader({
  workflows: [ANSWER],
  limits: { callsPerMinute: 8, perResource: 4, perStep: { 'docs:read': 5 } },
  scope: { regions: ['north'] },
});
const options: DetectorOptions = {
  settleSeconds: 600,
  keepSeconds: 1200,
  thresholds: {
    notFound: { most: 2, seconds: 60 },
    invalid: { most: 2, seconds: 60 },
    deniedVariants: { most: 2, seconds: 60 },
    unseen: { most: 1, seconds: 60 },
    loop: { most: 3, seconds: 60 },
    throttled: { most: 2, seconds: 60 },
  },
};

/** Ten minutes of calls of two sessions; the ids say nothing of the order. */
const events = fc
  .array(
    fc.record({
      second: fc.integer({ min: 0, max: 599 }),
      call: fc.constantFrom(...CALLS),
      outcome: fc.constantFrom(...OUTCOMES),
      credential: fc.constantFrom('A', 'B'),
      region: fc.constantFrom('north', 'north', 'south'),
    }),
    { maxLength: 60 },
  )
  .map((drafts) => drafts.map(({ second, call, ...more }) => event(second, call[0], call[1], more)));

const idsOf = (list: readonly AgentEvent[]): readonly string[] =>
  detect(list, { agent, options })
    .map(({ id, rule }) => `${rule} ${id}`)
    .sort();

test('every order, and every repetition, of the same events gives the same detections', () => {
  const law = fc.property(
    events.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length }))),
    ([list, shuffled]) => expect(idsOf(shuffled)).toEqual(idsOf(list)),
  );
  fc.assert(law, { numRuns: 400 });
});

test('a state that is written and read between any two events gives the same detections', () => {
  const law = fc.property(events, (list) => {
    const detector = detectorFor([agent], options);
    const [watched] = detector.registry.agents;
    if (!watched) throw new Error('no agent');
    const runWith = (through: <T>(value: T) => T): readonly string[] => {
      let pace = detector.newAgent();
      const sessions = new Map<string, SessionState>();
      const found: string[] = [];
      for (const one of list) {
        const key = detector.sessionOf(one);
        const state = sessions.get(key) ?? detector.newSession(key);
        found.push(...detector.observe(watched, one, { agent: pace, session: state }).detections.map(({ id }) => id));
        found.push(...detector.settle(watched, state, Math.floor(Date.parse(one.time) / 1000) - 601).map(({ id }) => id));
        pace = new AgentState(1000, through(pace.toRecord()));
        sessions.set(key, new SessionState(key, 1000, through(state.toRecord())));
      }
      for (const state of sessions.values()) found.push(...detector.end(watched, state).map(({ id }) => id));
      return found;
    };
    expect(runWith((value) => JSON.parse(JSON.stringify(value)))).toEqual(runWith((value) => value));
  });
  fc.assert(law, { numRuns: 200 });
});

test('a sliding window is too full exactly where counting says so', () => {
  const law = fc.property(
    fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 90 }),
    (seconds, most, width) => {
      const window = new SlidingWindow();
      const told = seconds.flatMap((second) => window.add(second, { most, seconds: width }, 1_000));
      const full = seconds.filter((end) => seconds.filter((at) => at <= end && at > end - width).length > most);
      expect([...told].sort((a, b) => a - b)).toEqual([...new Set(full.map((end) => Math.floor(end / width)))].sort((a, b) => a - b));
    },
  );
  fc.assert(law, { numRuns: 2_000 });
});

const LABELS = ['a', 'b', 'c'];
const OCCURS = { once: '', optional: '?', repeated: '+', any: '*' } as const;
const workflow = fc
  .array(
    fc.record({
      oneOf: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 2 }),
      occurs: fc.constantFrom('once', 'optional', 'repeated', 'any'),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((steps): ManifestWorkflow => ({ name: 'w', steps: steps as ManifestWorkflow['steps'] }));

test('the machine accepts what the regular expression of its workflows does', () => {
  const law = fc.property(
    fc.array(workflow, { minLength: 1, maxLength: 3 }),
    fc.array(fc.constantFrom(...LABELS), { maxLength: 8 }),
    (workflows, word) => {
      const one = ({ steps }: ManifestWorkflow): string =>
        steps.map(({ oneOf, occurs }) => `(${oneOf.join('|')})${OCCURS[occurs]}`).join('');
      const regex = new RegExp(`^(${workflows.map(one).join('|')})*$`);
      const machine = Automaton.of(workflows);
      let at: ReturnType<Automaton['next']> = machine.start;
      for (const label of word) at = at && machine.next(at, label);
      expect(at?.atRest ?? false).toBe(regex.test(word.join('')));
    },
  );
  fc.assert(law, { numRuns: 3_000 });
});

test('late events are counted and judged one by one', () => {
  const run = new DetectionRun(detectorFor([agent], { settleSeconds: 60 }));
  const found = [event(0, 'store:list', 'docs'), event(700, 'store:get', 'docs/1'), event(10, 'unknown:thing')].flatMap((one) =>
    run.add(one),
  );
  expect(run.counts.late).toBe(1);
  expect(found.map(({ rule }) => rule)).toContain('outside-grant');
});
