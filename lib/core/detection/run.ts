import { type AgentEvent, isAgentEvent, type UnreadEvent } from '../agent-event';
import type { Detector } from './detector';
import { secondOf } from './seconds';
import type { AgentState, SessionState } from './state';
import type { Detection } from './types';
import type { CompiledAgent } from './watched';

/** What a run over recorded events has seen; all counts. */
export interface RunCounts {
  /** Records, whatever they were. */
  readonly records: number;
  /** Calls by agents that are watched. */
  readonly watched: number;
  readonly duplicates: number;
  /** Calls that came after their time was settled. */
  readonly late: number;
  /** Records that could not be read, by reason. */
  readonly unread: Readonly<Record<string, number>>;
  /** Calls by agents of this library that the registry does not hold, by name. */
  readonly unregistered: Readonly<Record<string, number>>;
  /** Calls by anybody else. */
  readonly others: number;
  /** Calls of each watched agent, by `cloud/fleet/name`. */
  readonly byAgent: Readonly<Record<string, number>>;
}

/** Names that are counted one by one; what is beyond is counted together. */
const MOST_NAMES = 500;

/**
 * Runs a detector over recorded events in memory. Events may come in nearly any order; a session that was silent for as long as one credential
 * lives has ended and is forgotten, so that memory does not grow with the length of the record.
 */
export class DetectionRun {
  private readonly agents = new Map<CompiledAgent, AgentState>();
  private readonly sessions = new Map<CompiledAgent, Map<string, SessionState>>();
  private readonly unread = new Map<string, number>();
  private readonly unregistered = new Map<string, number>();
  private readonly byAgent = new Map<CompiledAgent, number>();
  private records = 0;
  private watched = 0;
  private duplicates = 0;
  private late = 0;
  private others = 0;
  private latest = 0;
  private swept = 0;

  constructor(private readonly detector: Detector) {}

  /** Takes one record. A record that could not be read is counted, and stops nothing. */
  add(read: AgentEvent | UnreadEvent): readonly Detection[] {
    this.records += 1;
    if (!isAgentEvent(read)) {
      if (read.expected) this.others += 1;
      else raise(this.unread, read.reason);
      return [];
    }
    const { registry } = this.detector;
    const actor = registry.actor(read);
    const entries = registry.traits.of(read.action).includes('takes-identity')
      ? read.resources.flatMap((resource) => registry.byPrincipal(resource) ?? [])
      : [];
    const found: Detection[] = [];
    for (const target of entries) found.push(...this.entry(target, read));
    if (!actor) this.other(read);
    else found.push(...this.call(actor, read));
    this.moveOn(read, found);
    return found;
  }

  /** Settles what is open. Sessions are taken to have ended where nothing may follow any more, or all of them with `ended`. */
  finish({ ended = false }: { readonly ended?: boolean } = {}): readonly Detection[] {
    const found: Detection[] = [];
    for (const [watched, sessions] of this.sessions) {
      for (const state of sessions.values()) {
        const over = ended || state.latest + watched.agent.sessionSeconds < this.latest;
        found.push(...(over ? this.detector.end(watched, state) : this.detector.settle(watched, state, Number.MAX_SAFE_INTEGER)));
      }
    }
    this.sessions.clear();
    return found;
  }

  get counts(): RunCounts {
    return {
      records: this.records,
      watched: this.watched,
      duplicates: this.duplicates,
      late: this.late,
      others: this.others,
      unread: Object.fromEntries(this.unread),
      unregistered: Object.fromEntries(this.unregistered),
      byAgent: Object.fromEntries(
        [...this.byAgent].map(
          ([
            {
              agent: { cloud, fleet, name },
            },
            count,
          ]) => [`${cloud}/${fleet}/${name}`, count],
        ),
      ),
    };
  }

  private call(watched: CompiledAgent, event: AgentEvent): readonly Detection[] {
    const session = this.session(watched, this.detector.sessionOf(event));
    const agent = this.agents.get(watched) ?? this.detector.newAgent();
    this.agents.set(watched, agent);
    const observed = this.detector.observe(watched, event, { agent, session });
    if (observed.duplicate) {
      this.duplicates += 1;
      return [];
    }
    this.watched += 1;
    if (observed.late) this.late += 1;
    this.byAgent.set(watched, (this.byAgent.get(watched) ?? 0) + 1);
    const until = this.settledUntil();
    const first = session.pending[0];
    if (!first || first.second > until) return observed.detections;
    return [...observed.detections, ...this.detector.settle(watched, session, until)];
  }

  private entry(target: CompiledAgent, event: AgentEvent): readonly Detection[] {
    // A session of its own: who takes an identity on is somebody else than who has it.
    const session = this.session(target, `entry ${event.principal}`);
    return this.detector.observeEntry(target, event, session).detections;
  }

  private other(event: AgentEvent): void {
    if (event.agent === undefined) this.others += 1;
    else raise(this.unregistered, `${event.cloud}/${event.fleet ?? ''}/${event.agent}`);
  }

  private session(watched: CompiledAgent, id: string): SessionState {
    let sessions = this.sessions.get(watched);
    if (!sessions) {
      sessions = new Map();
      this.sessions.set(watched, sessions);
    }
    let state = sessions.get(id);
    if (!state) {
      state = this.detector.newSession(id);
      sessions.set(id, state);
    }
    return state;
  }

  private settledUntil(): number {
    return this.latest - this.detector.settings.settleSeconds - 1;
  }

  /** Once in a minute of the record's time, everything is looked after. */
  private moveOn(event: AgentEvent, found: Detection[]): void {
    const second = secondOf(event.time);
    if (second > this.latest) this.latest = second;
    if (this.latest < this.swept + 60) return;
    this.swept = this.latest;
    const until = this.settledUntil();
    for (const [watched, sessions] of this.sessions) {
      for (const [key, state] of sessions) {
        if (state.latest + watched.agent.sessionSeconds + this.detector.settings.settleSeconds < this.latest) {
          found.push(...this.detector.end(watched, state));
          sessions.delete(key);
        } else if (state.pending.length > 0) found.push(...this.detector.settle(watched, state, until));
      }
    }
    for (const agent of this.agents.values()) agent.forget(this.latest - this.detector.settings.keepSeconds);
  }
}

function raise(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < MOST_NAMES ? name : 'others';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
