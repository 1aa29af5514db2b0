import type { MachineState } from './automaton';
import { nameDeviation, stepsToRest } from './deviation';
import { evidenceOf } from './evidence';
import type { DetectionDraft } from './make';
import type { DetectorSettings } from './options';
import type { PendingCall, SessionState } from './state';
import type { DetectionEvidence, SequenceDeviation } from './types';
import type { CompiledAgent } from './watched';

/** A draft, and the call that showed it. */
export interface SettledDraft {
  readonly draft: DetectionDraft;
  readonly call: DetectionEvidence;
}

/** Steps that are kept to name a deviation by, and that are looked ahead. */
const KEPT = 24;
const AHEAD = 8;

/** Judges every call up to a second, in the order of their times. */
export function settleCalls(
  watched: CompiledAgent,
  state: SessionState,
  { until, settings }: { readonly until: number; readonly settings: DetectorSettings },
): readonly SettledDraft[] {
  let ready = 0;
  while (ready < state.pending.length && (state.pending[ready] as PendingCall).second <= until) ready += 1;
  state.settled = Math.max(state.settled, until);
  if (ready === 0) return [];
  const calls = state.pending.slice(0, ready);
  state.pending = state.pending.slice(ready);
  const drafts: SettledDraft[] = [];
  for (const call of calls) drafts.push(...signsOf(state, call, settings));
  const steps = calls.filter(isStep);
  if (steps.length > 0 && watched.inWorkflows) drafts.push(...conform(watched, state, steps));
  return drafts;
}

/** What an ended session leaves open. */
export function endSession(watched: CompiledAgent, state: SessionState): readonly SettledDraft[] {
  const last = state.steps.at(-1);
  const at = watched.automaton.revive(state.nodes);
  if (!last || !at || at.atRest) return [];
  const { workflow, steps: expected } = stepsToRest(watched.automaton, at);
  state.nodes = [];
  state.steps = [];
  const left = expected.join(', ');
  const deviation: SequenceDeviation = { kind: 'skipped', workflow, found: [], expected };
  const draft: DetectionDraft = {
    rule: 'unfinished',
    about: [workflow, left],
    summary: `ended in the middle of workflow '${workflow}': ${left} did not follow`,
    broke: `workflow '${workflow}' goes on with ${left}`,
    deviation,
  };
  return [{ draft, call: last.call }];
}

const isStep = (pending: PendingCall): pending is StepCall => pending.step !== undefined && pending.noStep !== true;

function signsOf(
  state: SessionState,
  { call, second }: PendingCall,
  { thresholds, keepSeconds }: DetectorSettings,
): readonly SettledDraft[] {
  const drafts: SettledDraft[] = [];
  const say = (draft: DetectionDraft): number => drafts.push({ draft, call });
  if (call.outcome === 'succeeded') for (const one of call.resources) state.name(one);
  if (call.outcome === 'not-found') {
    const { notFound, unseen } = thresholds;
    for (const period of state.notFound.add(second, notFound, keepSeconds))
      say(burst('not-found-burst', period, `called more than ${notFound.most} things in ${notFound.seconds} s that are not there`));
    if (
      call.resources.length > 0 &&
      !call.resources.some((one) => state.named.has(one)) &&
      state.unseen.add(call.resources.join(' '), second, unseen)
    )
      say(
        burst(
          'unseen-resource',
          call.id,
          `named more than ${unseen.most} things in ${unseen.seconds} s that are not there and that it never saw`,
        ),
      );
  }
  if (call.outcome === 'invalid') {
    const { invalid } = thresholds;
    for (const period of state.invalid.add(second, invalid, keepSeconds))
      say(burst('invalid-burst', period, `made more than ${invalid.most} calls in ${invalid.seconds} s that no service understands`));
  }
  if (call.outcome === 'denied') {
    const { deniedVariants } = thresholds;
    if (state.deniedVariants.add(`${call.action} ${call.resources.join(' ')}`, second, deniedVariants))
      say(
        burst(
          'denied-variants',
          call.id,
          `was denied and tried more than ${deniedVariants.most} other ways in ${deniedVariants.seconds} s`,
        ),
      );
  }
  return drafts;
}

function burst(rule: DetectionDraft['rule'], occasion: number | string, summary: string): DetectionDraft {
  return { rule, about: [], occasion: String(occasion), summary, broke: 'what such a session does at most' };
}

type StepCall = PendingCall & { readonly step: string };

function conform(watched: CompiledAgent, state: SessionState, calls: readonly StepCall[]): readonly SettledDraft[] {
  const { automaton } = watched;
  const drafts: SettledDraft[] = [];
  let at = automaton.revive(state.nodes) ?? automaton.start;
  if (state.rest.length === 0) state.rest = at.nodes;
  const ordered = inSomeOrder(
    watched,
    at,
    calls.filter(({ step }) => automaton.labels.has(step)),
  );
  ordered.forEach((call, index) => {
    const next = automaton.next(at, call.step);
    if (!next) {
      const ahead = ordered.slice(index + 1, index + 1 + AHEAD).map(({ step }) => step);
      drafts.push({ draft: deviates(watched, state, { call, ahead, at }), call: call.call });
    }
    const reached = next ?? automaton.recover(at, call.step);
    // What was told is not told again: the steps that are kept conform from where they begin.
    if (!next) state.steps = [];
    else keep(state, call, { at, watched });
    at = reached;
    if (!next) state.rest = at.nodes;
  });
  state.nodes = at.nodes;
  return drafts;
}

/** Keeps the last steps, and where the machine stood before the first of them. */
function keep(state: SessionState, call: StepCall, { at, watched }: { readonly at: MachineState; readonly watched: CompiledAgent }): void {
  if (state.steps.length === 0) state.rest = at.nodes;
  state.steps.push({ step: call.step, call: evidenceOf(call.call) });
  if (state.steps.length <= KEPT) return;
  const first = state.steps.shift();
  const begin = watched.automaton.revive(state.rest) ?? watched.automaton.start;
  const after = first && (watched.automaton.next(begin, first.step) ?? watched.automaton.recover(begin, first.step));
  state.rest = after?.nodes ?? begin.nodes;
}

function deviates(
  watched: CompiledAgent,
  state: SessionState,
  { call, ahead, at }: { readonly call: StepCall; readonly ahead: readonly string[]; readonly at: MachineState },
): DetectionDraft {
  const { automaton } = watched;
  const before = state.steps.map(({ step }) => step);
  const begin = before.length > 0 ? (automaton.revive(state.rest) ?? automaton.start) : at;
  const deviation = nameDeviation(automaton, { begin, steps: [...before, call.step, ...ahead], at: before.length });
  const events = [...state.steps.map((one) => one.call), call.call];
  return {
    rule: 'does-not-conform',
    about: [before.at(-1) ?? '', call.step],
    occasion: call.call.id,
    summary: `did ${call.step}${before.length > 0 ? ` after ${before.at(-1)}` : ' first'}, which no workflow allows: ${say(deviation)}`,
    broke: deviation.workflow === '' ? 'the declared workflows' : `workflow '${deviation.workflow}'`,
    deviation,
    events,
  };
}

function say({ kind, found, expected }: SequenceDeviation): string {
  if (kind === 'skipped') return `${expected.join(', ')} skipped`;
  if (kind === 'replaced') return `${expected.join(', ')} replaced by ${found.join(', ')}`;
  return `${found.join(', ')} ${kind}`;
}

/** Orders to try for calls of one second. */
const MOST_TRIES = 2_000;

/** Records have whole seconds: calls of one second may have come in any order, so one that conforms is taken where there is one. */
function inSomeOrder(watched: CompiledAgent, begin: MachineState, calls: readonly StepCall[]): readonly StepCall[] {
  const { automaton } = watched;
  const ordered: StepCall[] = [];
  let at = begin;
  for (let from = 0; from < calls.length; ) {
    let to = from + 1;
    while (to < calls.length && calls[to]?.second === calls[from]?.second) to += 1;
    const group = calls.slice(from, to);
    const chosen = group.length > 1 ? (arrange(watched, at, group) ?? group) : group;
    for (const call of chosen) {
      at = automaton.next(at, call.step) ?? automaton.recover(at, call.step);
      ordered.push(call);
    }
    from = to;
  }
  return ordered;
}

function arrange(watched: CompiledAgent, begin: MachineState, group: readonly StepCall[]): readonly StepCall[] | undefined {
  let tries = 0;
  const go = (at: MachineState, left: readonly StepCall[]): readonly StepCall[] | undefined => {
    if (left.length === 0) return [];
    const tried = new Set<string>();
    for (const call of left) {
      if (tried.has(call.step)) continue;
      tried.add(call.step);
      tries += 1;
      if (tries > MOST_TRIES) return undefined;
      const next = watched.automaton.next(at, call.step);
      const rest =
        next &&
        go(
          next,
          left.filter((one) => one !== call),
        );
      if (rest) return [call, ...rest];
    }
    return undefined;
  };
  return go(begin, group);
}
