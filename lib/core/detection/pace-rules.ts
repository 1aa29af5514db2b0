import type { AgentEvent } from '../agent-event';
import type { DetectionDraft } from './make';
import type { DetectorSettings } from './options';
import type { DetectionRuleId } from './rules';
import type { AgentState } from './state';
import type { CompiledAgent } from './watched';
import { SlidingWindow, type WindowLimit } from './windows';

interface Pace {
  readonly rule: DetectionRuleId;
  /** What is counted: everything, a step, an action, a resource. */
  readonly what: string;
  readonly limit: WindowLimit;
}

/** What the pace of an agent breaks with one more call. */
export function paceDrafts(
  watched: CompiledAgent,
  event: AgentEvent,
  {
    state,
    second,
    settings,
    step,
  }: {
    readonly state: AgentState;
    readonly second: number;
    readonly settings: DetectorSettings;
    readonly step: string | undefined;
  },
): readonly DetectionDraft[] {
  const drafts: DetectionDraft[] = [];
  for (const pace of pacesOf(watched, event, { step, settings })) {
    const periods = windowOf(state, `${pace.rule} ${pace.what}`, settings).add(second, pace.limit, settings.keepSeconds);
    for (const period of periods) drafts.push(paceDraft(pace, period));
  }
  const loop = countLoop(state, event, { second, settings });
  return loop ? [...drafts, ...loop] : drafts;
}

const MINUTE = 60;

function pacesOf(
  { agent: { limits }, perAction, perStep }: CompiledAgent,
  event: AgentEvent,
  { step, settings }: { readonly step: string | undefined; readonly settings: DetectorSettings },
): readonly Pace[] {
  const paces: Pace[] = [];
  const add = (rule: DetectionRuleId, what: string, most: number | undefined): void => {
    if (most !== undefined) paces.push({ rule, what, limit: { most, seconds: MINUTE } });
  };
  add('agent-limit', 'all calls', limits.callsPerMinute);
  if (step !== undefined && perStep.size > 0) add('step-limit', step, perStep.get(step));
  if (perAction.size > 0) add('action-limit', event.action, perAction.get(event.action.toLowerCase()));
  const [resource] = event.resources;
  if (resource !== undefined) add('resource-limit', resource, limits.perResource);
  if (event.outcome === 'throttled')
    paces.push({ rule: 'throttling-storm', what: 'throttled calls', limit: settings.thresholds.throttled });
  return paces;
}

function windowOf(state: AgentState, key: string, { keysPerAgent }: DetectorSettings): SlidingWindow {
  const known = state.windows.get(key);
  if (known) return known;
  const made = new SlidingWindow();
  state.windows.set(key, made);
  if (state.windows.size > keysPerAgent) for (const oldest of state.windows.keys()) if (state.windows.delete(oldest)) break;
  return made;
}

/** Most things are called once: those cost no window. */
function countLoop(
  state: AgentState,
  event: AgentEvent,
  { second, settings }: { readonly second: number; readonly settings: DetectorSettings },
): readonly DetectionDraft[] | undefined {
  const what = `${event.action} ${event.resources.length > 1 ? event.resources.join(' ') : (event.resources[0] ?? '')}`;
  const { loop } = settings.thresholds;
  const known = state.loops.get(what);
  if (known === undefined) {
    state.loops.set(what, second);
    if (state.loops.size > settings.keysPerAgent) for (const oldest of state.loops.keys()) if (state.loops.delete(oldest)) break;
    return undefined;
  }
  let window = known;
  if (typeof window === 'number') {
    const first = window;
    window = new SlidingWindow();
    window.add(first, loop, settings.keepSeconds);
    state.loops.set(what, window);
  }
  const periods = window.add(second, loop, settings.keepSeconds);
  return periods.length === 0 ? undefined : periods.map((period) => paceDraft({ rule: 'loop', what: what.trim(), limit: loop }, period));
}

const RUNS: Readonly<Partial<Record<DetectionRuleId, string>>> = {
  'agent-limit': 'made more calls than it may',
  'step-limit': 'made more calls of one step than it may',
  'action-limit': 'made more calls of one action than it may',
  'resource-limit': 'made more calls on one resource than it may',
  loop: 'called the same action on the same resource over and over',
  'throttling-storm': 'went on calling although it was throttled',
};

function paceDraft({ rule, what, limit: { most, seconds } }: Pace, period: number): DetectionDraft {
  return {
    rule,
    about: [what],
    occasion: String(period),
    summary: `${RUNS[rule] ?? 'was too fast'}: ${what}, more than ${most} in ${seconds} s`,
    broke: `${what}: at most ${most} in ${seconds} s`,
    eventCount: most + 1,
  };
}
