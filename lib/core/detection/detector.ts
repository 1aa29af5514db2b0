import type { AgentEvent } from '../agent-event';
import { callDrafts, entryDraft, firstUseDraft } from './call-rules';
import { shortHash } from './hash';
import { type DetectionDraft, type DetectionSubject, idsOf, makeDetection } from './make';
import { type DetectorOptions, type DetectorSettings, settingsOf } from './options';
import { endSession, type SettledDraft, settleCalls } from './order-rules';
import { paceDrafts } from './pace-rules';
import { secondOf } from './seconds';
import { AgentState, type SessionActor, SessionState } from './state';
import type { Detection, DetectionEvidence } from './types';
import type { CompiledAgent, CompiledRegistry } from './watched';

/** What is known of an agent and of the session that acts. */
export interface DetectorStates {
  readonly agent: AgentState;
  readonly session: SessionState;
}

/** What became of one event. */
export interface Observed {
  readonly detections: readonly Detection[];
  /** True for a record that was read before. */
  readonly duplicate: boolean;
  /** True where the order of calls was settled already: it is judged by itself, and no more as part of an order. */
  readonly late: boolean;
}

/** Outcomes that leave everything as it was, so that trying again is no repeated step. */
const NO_STEP: ReadonlySet<string> = new Set(['throttled', 'failed', 'invalid']);

/**
 * Finds the five signals in the events of one agent. Keeps nothing: what must be remembered is in the states that it is given, and is all
 * it changes. The same events give detections with the same ids, in whatever order and however often they come, as long as none is later
 * than the settings say.
 */
export class Detector {
  readonly settings: DetectorSettings;

  constructor(
    readonly registry: CompiledRegistry,
    options: DetectorOptions = {},
  ) {
    this.settings = settingsOf(options);
  }

  /** Fresh states. */
  newAgent(): AgentState {
    return new AgentState(this.settings.idsPerSession);
  }

  newSession(key: string): SessionState {
    return new SessionState(key, this.settings.idsPerSession);
  }

  /** Which session an event belongs to: the task, else the credential, else what names the session. */
  sessionOf(event: AgentEvent): string {
    return event.task ?? event.credential ?? event.session ?? event.principal;
  }

  /** Judges one call of an agent. What only an order shows comes from {@link settle}. */
  observe(watched: CompiledAgent, event: AgentEvent, { agent, session }: DetectorStates): Observed {
    const hash = shortHash(event.id);
    const counted = !agent.seen.add(hash);
    if (!session.seen.add(hash)) return { detections: [], duplicate: true, late: false };
    const second = secondOf(event.time);
    const traits = this.registry.traits.of(event.action);
    const standing = watched.standing(event);
    const step = standing.kind === 'inside' && !standing.indirect ? standing.step : undefined;
    const found: Detection[] = [];
    const subject: DetectionSubject = { agent: watched.agent, session: session.key, event };
    const call = event;
    for (const draft of callDrafts(watched, event, { standing, traits })) this.tell(found, session, { subject, draft, call });
    if (standing.kind === 'inside' && !standing.indirect && watched.inWorkflows && !watched.inWorkflows.has(step ?? '')) {
      const draft = firstUseDraft(event, step);
      const [what = ''] = draft.about;
      if (!agent.firstUses.has(what)) {
        agent.firstUses.add(what);
        found.push(makeDetection({ ...subject, session: '' }, draft, { ids: idsOf({ ...subject, session: '' }, draft), call }));
      }
    }
    agent.latest = Math.max(agent.latest, second);
    // The pace may have been written where the session then was not: what was counted is not counted again.
    const paces = counted ? [] : paceDrafts(watched, event, { state: agent, second, settings: this.settings, step });
    for (const draft of paces)
      found.push(makeDetection({ ...subject, session: '' }, draft, { ids: idsOf({ ...subject, session: '' }, draft), call }));
    session.latest = Math.max(session.latest, second);
    if (session.who.principal === '') session.who = actorOf(event);
    const late = second <= session.settled;
    const waits = (step !== undefined && watched.inWorkflows !== undefined) || event.outcome !== 'succeeded';
    if (late) {
      // Settled orders stay as they are.
    } else if (waits || (event.outcome === 'succeeded' && event.resources.length > 0)) {
      session.enqueue({ call: event, second, step, noStep: NO_STEP.has(event.outcome) });
      if (session.pending.length > this.settings.pendingPerSession)
        found.push(...this.settle(watched, session, session.pending[0]?.second ?? second));
    }
    return { detections: found, duplicate: false, late };
  }

  /** A call by which somebody takes on the identity of an agent. */
  observeEntry(watched: CompiledAgent, event: AgentEvent, session: SessionState): Observed {
    if (!session.seen.add(shortHash(event.id))) return { detections: [], duplicate: true, late: false };
    const found: Detection[] = [];
    if (!watched.admitsEntry(event.principal)) {
      const subject = { agent: watched.agent, session: session.key, event };
      this.tell(found, session, { subject, draft: entryDraft(event), call: event });
    }
    return { detections: found, duplicate: false, late: false };
  }

  /** Judges the order of all calls up to a second; calls that come later for that time are late. */
  settle(watched: CompiledAgent, session: SessionState, until: number): readonly Detection[] {
    if (session.pending.length === 0) {
      session.settled = Math.max(session.settled, until);
      return [];
    }
    return this.settled(watched, session, settleCalls(watched, session, { until, settings: this.settings }));
  }

  /** Settles everything, and says what a session that has ended left open. */
  end(watched: CompiledAgent, session: SessionState): readonly Detection[] {
    const rest = this.settle(watched, session, Number.MAX_SAFE_INTEGER);
    return [...rest, ...this.settled(watched, session, watched.inWorkflows ? endSession(watched, session) : [])];
  }

  private settled(watched: CompiledAgent, session: SessionState, drafts: readonly SettledDraft[]): readonly Detection[] {
    const found: Detection[] = [];
    for (const { draft, call } of drafts) {
      const subject: DetectionSubject = { agent: watched.agent, session: session.key, event: session.who };
      this.tell(found, session, { subject, draft, call });
    }
    return found;
  }

  private tell(
    found: Detection[],
    session: SessionState,
    { subject, draft, call }: { readonly subject: DetectionSubject; readonly draft: DetectionDraft; readonly call: DetectionEvidence },
  ): void {
    const ids = idsOf(subject, draft);
    if (session.tell(ids.id)) found.push(makeDetection(subject, draft, { ids, call }));
  }
}

function actorOf({ principal, cloud, session, credential, task, chain }: AgentEvent): SessionActor {
  return {
    principal,
    cloud,
    ...(session === undefined ? {} : { session }),
    ...(credential === undefined ? {} : { credential }),
    ...(task === undefined ? {} : { task }),
    ...(chain === undefined ? {} : { chain }),
  };
}
