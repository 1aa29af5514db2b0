import type { AgentEvent } from '../agent-event';
import { evidenceOf } from './evidence';
import { RecentIds } from './hash';
import type { DetectionEvidence } from './types';
import { type DistinctRecord, DistinctWindow, SlidingWindow, type WindowRecord } from './windows';

/** A call that waits until no earlier one can come. */
export interface PendingCall {
  /** The call itself; only what shows it is kept when it is written. */
  readonly call: DetectionEvidence;
  readonly second: number;
  /** Step of workflows that it is. @default - it is none, or none that was granted */
  readonly step?: string | undefined;
  /** True where it did nothing that an order could be seen in: throttled, failed, made by a service. */
  readonly noStep?: boolean;
}

/** What is remembered of one agent: its pace. */
export class AgentState {
  /** Calls that were counted: this state is written apart from that of the session. */
  readonly seen: RecentIds;
  readonly windows: Map<string, SlidingWindow>;
  /** Pairs of action and resource: the second of the only call, or the window of several. */
  readonly loops: Map<string, number | SlidingWindow>;
  /** Steps outside of every workflow that were told of. */
  readonly firstUses: Set<string>;
  /** The latest second of any call. */
  latest: number;

  constructor(idsToKeep: number, record?: AgentStateRecord) {
    this.seen = new RecentIds(idsToKeep, record?.seen);
    this.windows = new Map(Object.entries(record?.windows ?? {}).map(([key, window]) => [key, SlidingWindow.revive(window)]));
    this.loops = new Map(
      Object.entries(record?.loops ?? {}).map(([key, loop]) => [key, typeof loop === 'number' ? loop : SlidingWindow.revive(loop)]),
    );
    this.firstUses = new Set(record?.firstUses);
    this.latest = record?.latest ?? 0;
  }

  toRecord(): AgentStateRecord {
    return {
      schemaVersion: 1,
      seen: this.seen.toRecord(),
      latest: this.latest,
      firstUses: [...this.firstUses],
      windows: Object.fromEntries([...this.windows].map(([key, window]) => [key, window.toRecord()])),
      loops: Object.fromEntries([...this.loops].map(([key, loop]) => [key, typeof loop === 'number' ? loop : loop.toRecord()])),
    };
  }

  /** Forgets what has been still for so long that it can be part of no window any more. */
  forget(before: number): void {
    for (const [key, window] of this.windows) if (window.latest < before) this.windows.delete(key);
    for (const [key, loop] of this.loops) if ((typeof loop === 'number' ? loop : loop.latest) < before) this.loops.delete(key);
  }
}

export interface AgentStateRecord {
  readonly schemaVersion: 1;
  readonly seen: readonly number[];
  readonly latest: number;
  readonly firstUses: readonly string[];
  readonly windows: Readonly<Record<string, WindowRecord>>;
  readonly loops: Readonly<Record<string, number | WindowRecord>>;
}

/** What is remembered of one session, or of one task. */
export class SessionState {
  readonly seen: RecentIds;
  /** Detections that were told of. */
  readonly told: Set<string>;
  latest: number;
  /** Everything up to this second is settled. */
  settled: number;
  pending: PendingCall[];
  /** Nodes where the machine of workflows stands; empty before its first step. */
  nodes: readonly number[];
  /** Where it stood when it last was between workflows, and the steps since. */
  rest: readonly number[];
  steps: { readonly step: string; readonly call: DetectionEvidence }[];
  /** Resources that calls which succeeded have named. */
  readonly named: Set<string>;
  readonly notFound: SlidingWindow;
  readonly invalid: SlidingWindow;
  readonly deniedVariants: DistinctWindow;
  readonly unseen: DistinctWindow;
  /** Who acts in it, as its calls say. */
  who: SessionActor;

  constructor(
    readonly key: string,
    idsToKeep: number,
    record?: SessionStateRecord,
  ) {
    this.seen = new RecentIds(idsToKeep, record?.seen);
    this.told = new Set(record?.told);
    this.latest = record?.latest ?? 0;
    this.settled = record?.settled ?? 0;
    this.pending = [...(record?.pending ?? [])];
    this.nodes = record?.nodes ?? [];
    this.rest = record?.rest ?? [];
    this.steps = [...(record?.steps ?? [])];
    this.named = new Set(record?.named);
    this.notFound = record ? SlidingWindow.revive(record.notFound) : new SlidingWindow();
    this.invalid = record ? SlidingWindow.revive(record.invalid) : new SlidingWindow();
    this.deniedVariants = record ? DistinctWindow.revive(record.deniedVariants) : new DistinctWindow();
    this.unseen = record ? DistinctWindow.revive(record.unseen) : new DistinctWindow();
    this.who = record?.who ?? { principal: '', cloud: '' };
  }

  toRecord(): SessionStateRecord {
    return {
      schemaVersion: 1,
      seen: this.seen.toRecord(),
      told: [...this.told],
      latest: this.latest,
      settled: this.settled,
      pending: this.pending.map((one) => ({ ...one, call: evidenceOf(one.call) })),
      nodes: this.nodes,
      rest: this.rest,
      steps: this.steps,
      named: [...this.named],
      notFound: this.notFound.toRecord(),
      invalid: this.invalid.toRecord(),
      deniedVariants: this.deniedVariants.toRecord(),
      unseen: this.unseen.toRecord(),
      who: this.who,
    };
  }

  /** Notes that a detection was told; false where it was before. */
  tell(id: string): boolean {
    if (this.told.has(id)) return false;
    if (this.told.size >= MOST_TOLD) for (const oldest of this.told) if (this.told.delete(oldest)) break;
    this.told.add(id);
    return true;
  }

  /** Puts a call where its time belongs. Calls of one second are ordered by their id, so that every order of arrival gives the same one. */
  enqueue(call: PendingCall): void {
    let index = this.pending.length;
    while (index > 0 && isLater(this.pending[index - 1] as PendingCall, call)) index -= 1;
    this.pending.splice(index, 0, call);
  }

  name(resource: string): void {
    if (this.named.size >= MOST_NAMED) for (const oldest of this.named) if (this.named.delete(oldest)) break;
    this.named.add(resource);
  }
}

/** The part of an event that is the same for all of a session. */
export type SessionActor = Pick<AgentEvent, 'principal' | 'session' | 'credential' | 'task' | 'chain' | 'cloud'>;

const MOST_TOLD = 512;
const MOST_NAMED = 512;

function isLater(a: PendingCall, b: PendingCall): boolean {
  return a.second > b.second || (a.second === b.second && a.call.id > b.call.id);
}

export interface SessionStateRecord {
  readonly schemaVersion: 1;
  readonly seen: readonly number[];
  readonly told: readonly string[];
  readonly latest: number;
  readonly settled: number;
  readonly pending: readonly PendingCall[];
  readonly nodes: readonly number[];
  readonly rest: readonly number[];
  readonly steps: readonly { readonly step: string; readonly call: DetectionEvidence }[];
  readonly named: readonly string[];
  readonly notFound: WindowRecord;
  readonly invalid: WindowRecord;
  readonly deniedVariants: DistinctRecord;
  readonly unseen: DistinctRecord;
  readonly who: SessionActor;
}
