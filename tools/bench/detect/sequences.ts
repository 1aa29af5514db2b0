import type { AgentEvent } from '../../../lib/core/agent-event';
import { Detector } from '../../../lib/core/detection/detector';
import { DetectionRun } from '../../../lib/core/detection/run';
import type { Detection, SequenceDeviationKind } from '../../../lib/core/detection/types';
import { CompiledRegistry } from '../../../lib/core/detection/watched';
import type { ManifestWorkflow } from '../../../lib/core/manifest';
import type { Goal } from '../table';
import { printTable } from '../table';
import table from './sequences.json';

const KINDS: readonly SequenceDeviationKind[] = ['inserted', 'skipped', 'repeated', 'replaced', 'swapped'];
const SEED = 20_261_125;
const MUTANTS = 1_000;
const OCCURS = { '': 'once', '?': 'optional', '+': 'repeated', '*': 'any' } as const;

interface Sequence {
  readonly name: string;
  readonly workflow: ManifestWorkflow;
  /** The same workflow, for a judge that knows nothing of the machine. */
  readonly regex: RegExp;
  readonly session: readonly string[];
}

const SEQUENCES: readonly Sequence[] = table.sequences.map(({ name, workflow, session }) => {
  const steps = workflow.split(' ').map((text) => {
    const [, inner = '', sign = ''] = /^\(?([^)?+*]+)\)?([?+*]?)$/.exec(text) ?? [];
    return { oneOf: inner.split('|').map((step) => `x:${step}`), occurs: OCCURS[sign as keyof typeof OCCURS], sign };
  });
  return {
    name,
    workflow: { name, steps: steps.map(({ oneOf, occurs }) => ({ oneOf, occurs })) },
    regex: new RegExp(`^(${steps.map(({ oneOf, sign }) => `(${oneOf.map((step) => `${step} `).join('|')})${sign}`).join('')})*$`),
    session: session.split(' ').map((step) => `x:${step}`),
  };
});

const STEPS = [...new Set(SEQUENCES.flatMap(({ session }) => session))];

/** Random numbers of a stated seed: mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** One deviation of a fragment of one to three steps, at a random place; what is put in are steps of the same session. */
function mutate(session: readonly string[], kind: SequenceDeviationKind, random: (below: number) => number): readonly string[] {
  const own = [...new Set(session)];
  const size = 1 + random(Math.min(3, session.length - 1));
  const at = random(session.length - size + 1);
  const before = session.slice(0, at);
  const fragment = session.slice(at, at + size);
  const after = session.slice(at + size);
  const strange = (): string => own[random(own.length)] ?? '';
  if (kind === 'inserted') return [...before, ...fragment.map(strange), ...fragment, ...after];
  if (kind === 'skipped') return [...before, ...after];
  if (kind === 'repeated') return [...before, ...fragment, ...fragment, ...after];
  if (kind === 'replaced') return [...before, ...fragment.map(strange), ...after];
  const [left, right] = [fragment, after.slice(0, 1 + random(Math.max(1, Math.min(3, after.length))))];
  return [...before, ...right, ...left, ...after.slice(right.length)];
}

function judge({ workflow }: Sequence, session: readonly string[]): readonly Detection[] {
  const agent = {
    name: 'agent',
    fleet: 'main',
    cloud: 'aws',
    principals: ['p'],
    grants: STEPS.map((step) => ({ step, actions: [step], resources: ['*'] })),
    workflows: [workflow],
    limits: {},
    scope: {},
    sessionSeconds: 3600,
  };
  const registry = new CompiledRegistry({ schemaVersion: 1, agents: [agent] }, { of: () => [] });
  const run = new DetectionRun(new Detector(registry));
  const found = session.flatMap((action, index) => run.add(eventOf(action, index)));
  return [...found, ...run.finish({ ended: true })];
}

function eventOf(action: string, index: number): AgentEvent {
  const time = new Date(1_780_000_000_000 + index * 2_000).toISOString();
  return { id: `e${index}`, time, cloud: 'aws', principal: 'p', credential: 'k', action, resources: [], outcome: 'succeeded' };
}

/** Recall per deviation over random mutants, and false alarms on the originals. Synthetic. */
export function sequenceGoals(): readonly Goal[] {
  const false_ = SEQUENCES.filter(
    (sequence) => !sequence.regex.test(textOf(sequence.session)) || judge(sequence, sequence.session).length > 0,
  );
  const rows = KINDS.map((kind, index) => measure(kind, randomFrom(SEED + index)));
  printTable(
    `five deviations, ${MUTANTS} mutants each of ${SEQUENCES.length} sequences, seeds ${SEED} to ${SEED + 4} (synthetic)`,
    ['deviation', 'still conform', 'deviate', 'detected', 'missed', 'named so'],
    rows.map(({ kind, same, deviate, detected, named }) => [kind, ...[same, deviate, detected, deviate - detected, named].map(String)]),
  );
  const missed = rows.reduce((sum, { deviate, detected }) => sum + deviate - detected, 0);
  return [
    { goal: 'sequences: no mutant that leaves the workflow is missed', found: `${missed} missed`, met: missed === 0 },
    { goal: 'sequences: no alarm on the originals', found: `${false_.length} of ${SEQUENCES.length}`, met: false_.length === 0 },
  ];
}

const textOf = (session: readonly string[]): string => session.map((step) => `${step} `).join('');

function measure(kind: SequenceDeviationKind, random: (below: number) => number) {
  const counts = { kind, same: 0, deviate: 0, detected: 0, named: 0 };
  for (let made = 0; made < MUTANTS; made += 1) {
    const sequence = SEQUENCES[random(SEQUENCES.length)] as Sequence;
    const mutant = mutate(sequence.session, kind, random);
    if (sequence.regex.test(textOf(mutant))) {
      counts.same += 1;
      continue;
    }
    counts.deviate += 1;
    const found = judge(sequence, mutant);
    if (found.length > 0) counts.detected += 1;
    if (found.some(({ deviation }) => deviation?.kind === kind)) counts.named += 1;
  }
  return counts;
}
