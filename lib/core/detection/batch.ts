import { type AgentEvent, isAgentEvent, type UnreadEvent } from '../agent-event';
import type { ActionTraits } from './action-traits';
import { Detector } from './detector';
import type { DetectorOptions } from './options';
import type { DetectionRegistry } from './registry';
import type { StateStore } from './state-store';
import type { Detection } from './types';
import { type CompiledAgent, CompiledRegistry } from './watched';
import { type WatchedGroup, Watcher } from './watcher';

/** What a detector needs of the cloud it runs in. */
export interface BatchPorts {
  readonly registry: () => Promise<DetectionRegistry>;
  readonly store: StateStore;
  /** Hands on detections; throws where one of them was not taken. */
  readonly send: (detections: readonly Detection[]) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Writes one line of JSON. */
  readonly log: (line: object) => void;
}

/** A message, and the record in it. */
export interface BatchRecord {
  readonly messageId: string;
  readonly read: AgentEvent | UnreadEvent;
}

/** What a batch was, in numbers. */
export interface BatchFigures {
  readonly EventsJudged: number;
  readonly EventsUnread: number;
  readonly EventsUnregistered: number;
  readonly EventsLate: number;
  readonly EventsDuplicate: number;
  readonly StateConflicts: number;
  /** Seconds between the oldest call of the batch and now. */
  readonly OldestEventAge: number;
}

export interface BatchResult {
  readonly figures: BatchFigures;
  readonly sent: readonly Detection[];
  /** Messages that must come again. */
  readonly failed: ReadonlySet<string>;
  /** Calls of agents that are counted by name. */
  readonly counted: ReadonlyMap<CompiledAgent, number>;
}

/** A session's calls in a batch, and the messages that they came in. */
interface Group {
  readonly watched: CompiledAgent;
  readonly session: string;
  readonly entry: boolean;
  readonly events: AgentEvent[];
  readonly messages: Set<string>;
}

interface Sorted {
  readonly groups: ReadonlyMap<string, Group>;
  readonly unread: number;
  readonly unregistered: number;
}

/** Sessions that one sweep looks at. */
const SWEPT = 100;
/** Records from the future would make all others late. */
const AHEAD_MS = 900_000;

/**
 * Judges batches of calls, and once a minute the sessions that wait, on any cloud. A group that fails comes again, together with whatever came after it for the
 * same session; one that nobody understands is counted, told in the log, and never stops the others.
 */
export class BatchDetector {
  private known: { readonly registry: DetectionRegistry; readonly detector: Detector } | undefined;

  constructor(
    private readonly traits: ActionTraits,
    private readonly ports: BatchPorts,
    private readonly options?: DetectorOptions,
  ) {}

  async judge(records: readonly BatchRecord[]): Promise<BatchResult> {
    const detector = this.detectorOf(await this.ports.registry());
    const run = new Run(detector, this.ports);
    const sorted = this.sort(records, detector);
    for (const group of sorted.groups.values()) await run.group(group);
    return run.result(sorted);
  }

  async sweep(): Promise<BatchResult> {
    const detector = this.detectorOf(await this.ports.registry());
    const run = new Run(detector, this.ports);
    const byName = new Map(detector.registry.agents.map((one) => [`${one.agent.fleet}/${one.agent.name}`, one]));
    for (const { agent, session } of await this.ports.store.due(this.ports.now() / 1000, SWEPT)) {
      const watched = byName.get(agent);
      if (watched) await run.waiting(watched, session);
    }
    return run.result({ unread: 0, unregistered: 0 });
  }

  /** Compiling is done anew only where the registry is another one. */
  private detectorOf(registry: DetectionRegistry): Detector {
    if (this.known?.registry !== registry)
      this.known = { registry, detector: new Detector(new CompiledRegistry(registry, this.traits), this.options) };
    return this.known.detector;
  }

  private sort(records: readonly BatchRecord[], detector: Detector): Sorted {
    const groups = new Map<string, Group>();
    let unread = 0;
    let unregistered = 0;
    const add = (
      watched: CompiledAgent,
      event: AgentEvent,
      { session, entry, message }: { session: string; entry: boolean; message: string },
    ): void => {
      const key = JSON.stringify([watched.agent.fleet, watched.agent.name, session]);
      const group = groups.get(key) ?? { watched, session, entry, events: [], messages: new Set<string>() };
      group.events.push(event);
      group.messages.add(message);
      groups.set(key, group);
    };
    for (const { messageId, read } of records) {
      const event = this.inTime(read);
      if (!isAgentEvent(event)) {
        if (event.expected) continue;
        unread += 1;
        this.ports.log({
          message: 'record not read',
          messageId,
          reason: event.reason,
          ...(event.id === undefined ? {} : { eventId: event.id }),
        });
        continue;
      }
      const { registry } = detector;
      const takesOn = registry.traits.of(event.action).includes('takes-identity');
      const targets = takesOn ? event.resources.flatMap((resource) => registry.byPrincipal(resource) ?? []) : [];
      for (const target of targets) add(target, event, { session: `entry ${event.principal}`, entry: true, message: messageId });
      const actor = registry.actor(event);
      if (actor) add(actor, event, { session: detector.sessionOf(event), entry: false, message: messageId });
      else if (targets.length === 0) {
        unregistered += 1;
        this.ports.log({ message: 'no such agent in the registry', principal: event.principal, eventId: event.id });
      }
    }
    return { groups, unread, unregistered };
  }

  private inTime(read: AgentEvent | UnreadEvent): AgentEvent | UnreadEvent {
    if (!isAgentEvent(read) || Date.parse(read.time) <= this.ports.now() + AHEAD_MS) return read;
    return { id: read.id, reason: `Its time, ${read.time}, lies in the future.` };
  }
}

/** One batch, or one sweep. */
class Run {
  private readonly sent: Detection[] = [];
  private readonly failed = new Set<string>();
  private readonly counted = new Map<CompiledAgent, number>();
  private readonly totals: { judged: number; duplicates: number; late: number; conflicts: number; oldest: number };
  private readonly watcher: Watcher;

  constructor(
    detector: Detector,
    private readonly ports: BatchPorts,
  ) {
    this.totals = { judged: 0, duplicates: 0, late: 0, conflicts: 0, oldest: ports.now() };
    this.watcher = new Watcher(detector, {
      store: ports.store,
      send: async (detections) => {
        await ports.send(detections);
        this.sent.push(...detections);
      },
      now: () => ports.now() / 1000,
      pause: ports.pause,
    });
  }

  async group({ watched, events, messages, ...rest }: Group): Promise<void> {
    try {
      this.note(await this.watcher.watch(watched, events, rest), events);
      if (watched.agent.counted && !rest.entry) this.counted.set(watched, (this.counted.get(watched) ?? 0) + events.length);
    } catch (error) {
      this.ports.log({
        message: 'group failed',
        agent: watched.agent.name,
        error: (error as Error).name,
        reason: (error as Error).message,
      });
      for (const id of messages) this.failed.add(id);
    }
  }

  async waiting(watched: CompiledAgent, session: string): Promise<void> {
    try {
      this.note(await this.watcher.sweep(watched, session), []);
    } catch (error) {
      // It is due again in a minute.
      const agent = `${watched.agent.fleet}/${watched.agent.name}`;
      this.ports.log({ message: 'sweep failed', agent, error: (error as Error).name, reason: (error as Error).message });
    }
  }

  result({ unread, unregistered }: Pick<Sorted, 'unread' | 'unregistered'>): BatchResult {
    const { judged, late, duplicates, conflicts, oldest } = this.totals;
    const figures: BatchFigures = {
      EventsJudged: judged,
      EventsUnread: unread,
      EventsUnregistered: unregistered,
      EventsLate: late,
      EventsDuplicate: duplicates,
      StateConflicts: conflicts,
      OldestEventAge: Math.max(0, (this.ports.now() - oldest) / 1000),
    };
    return { figures, sent: this.sent, failed: this.failed, counted: this.counted };
  }

  private note(group: WatchedGroup, events: readonly AgentEvent[]): void {
    this.totals.judged += events.length;
    this.totals.duplicates += group.duplicates;
    this.totals.late += group.late;
    this.totals.conflicts += group.conflicts;
    for (const { time } of events) this.totals.oldest = Math.min(this.totals.oldest, Date.parse(time));
  }
}
