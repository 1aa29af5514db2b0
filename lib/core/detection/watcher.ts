import type { AgentEvent } from '../agent-event';
import type { Detector } from './detector';
import { secondOf } from './seconds';
import { AgentState, SessionState } from './state';
import type { StateKey, StateStore } from './state-store';
import type { Detection } from './types';
import type { CompiledAgent } from './watched';

/** What a watcher needs besides the detector. */
export interface WatcherPorts {
  readonly store: StateStore;
  /** Hands on detections; throws where a target did not take them, so that they are handed on again. */
  readonly send: (detections: readonly Detection[], events: readonly AgentEvent[]) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What became of a group of events. */
export interface WatchedGroup {
  readonly detections: number;
  readonly duplicates: number;
  readonly late: number;
  /** How often states had changed since they were read, so that the group was judged anew. */
  readonly conflicts: number;
}

const MOST_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 25;

/** States that changed under it as often as it tried. */
export class BusyState extends Error {}

/**
 * Judges events of one session of one agent, with states that are kept between calls. Detections are handed on before states are written: where
 * anything fails in between, the same detections are found, with the same ids, and handed on again, and none is lost.
 */
export class Watcher {
  constructor(
    private readonly detector: Detector,
    private readonly ports: WatcherPorts,
  ) {}

  /** Events of one session; or of those who take on the agent's identity, with `entry`. */
  async watch(
    watched: CompiledAgent,
    events: readonly AgentEvent[],
    { session, entry = false }: { readonly session: string; readonly entry?: boolean },
  ): Promise<WatchedGroup> {
    return this.change(watched, session, (agent, state) => {
      const counts = { duplicates: 0, late: 0 };
      const detections: Detection[] = [];
      for (const event of events) {
        const seen = entry
          ? this.detector.observeEntry(watched, event, state)
          : this.detector.observe(watched, event, { agent, session: state });
        detections.push(...seen.detections);
        counts.duplicates += seen.duplicate ? 1 : 0;
        counts.late += seen.late ? 1 : 0;
      }
      detections.push(...this.detector.settle(watched, state, this.settledUntil()));
      return { detections, events, ...counts };
    });
  }

  /** Settles a session that had no call for a while; says what it left open where it has ended. */
  async sweep(watched: CompiledAgent, session: string): Promise<WatchedGroup> {
    return this.change(watched, session, (_agent, state) => {
      const ended = state.latest + watched.agent.sessionSeconds < this.ports.now();
      const detections = ended ? this.detector.end(watched, state) : this.detector.settle(watched, state, this.settledUntil());
      return { detections, events: [], duplicates: 0, late: 0 };
    });
  }

  private async change(
    watched: CompiledAgent,
    session: string,
    judge: (
      agent: AgentState,
      state: SessionState,
    ) => {
      readonly detections: readonly Detection[];
      readonly events: readonly AgentEvent[];
      readonly duplicates: number;
      readonly late: number;
    },
  ): Promise<WatchedGroup> {
    const key: StateKey = { agent: `${watched.agent.fleet}/${watched.agent.name}`, session };
    for (let conflicts = 0; conflicts < MOST_ATTEMPTS; conflicts += 1) {
      if (conflicts > 0) await this.ports.pause(FIRST_PAUSE_MS * 2 ** conflicts * (0.5 + Math.random()));
      const stored = await this.ports.store.load(key);
      const agent = new AgentState(this.detector.settings.idsPerSession, stored.agent);
      const state = new SessionState(session, this.detector.settings.idsPerSession, stored.session);
      const { detections, events, duplicates, late } = judge(agent, state);
      agent.forget(agent.latest - this.detector.settings.keepSeconds);
      if (detections.length > 0) await this.ports.send(detections, events);
      const saved = await this.ports.store.save(
        key,
        { agent: agent.toRecord(), session: state.toRecord() },
        { read: stored, ...this.againAt(watched, state) },
      );
      if (saved) return { detections: detections.length, duplicates, late, conflicts };
    }
    throw new BusyState(`The state of ${key.agent} changed ${MOST_ATTEMPTS} times while it was judged.`);
  }

  /** A session is looked at when its oldest open call settles, and once more when it has ended. */
  private againAt(watched: CompiledAgent, state: SessionState): { readonly dueAt?: number; readonly forgetAt: number } {
    const { settleSeconds, keepSeconds } = this.detector.settings;
    const [first] = state.pending;
    const endsAt = state.latest + watched.agent.sessionSeconds;
    const forgetAt = Math.max(this.ports.now(), endsAt) + keepSeconds + settleSeconds;
    if (first) return { dueAt: first.second + settleSeconds + 1, forgetAt };
    const open = watched.inWorkflows !== undefined && state.steps.length > 0 && state.settled < Number.MAX_SAFE_INTEGER;
    return open ? { dueAt: endsAt + 1, forgetAt } : { forgetAt };
  }

  /** Calls that are older than this may be judged in their order. */
  private settledUntil(): number {
    return this.ports.now() - this.detector.settings.settleSeconds - 1;
  }
}

/** Groups events by the session that they belong to, in the order in which they came. */
export function bySession(detector: Detector, events: readonly AgentEvent[]): ReadonlyMap<string, readonly AgentEvent[]> {
  const groups = new Map<string, AgentEvent[]>();
  for (const event of [...events].sort((a, b) => secondOf(a.time) - secondOf(b.time))) {
    const session = detector.sessionOf(event);
    const group = groups.get(session) ?? [];
    group.push(event);
    groups.set(session, group);
  }
  return groups;
}
