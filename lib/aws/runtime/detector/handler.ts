import { type AgentEvent, isAgentEvent } from '../../../core/agent-event';
import { Detector } from '../../../core/detection/detector';
import type { DetectorOptions } from '../../../core/detection/options';
import type { DetectionRegistry } from '../../../core/detection/registry';
import type { Detection } from '../../../core/detection/types';
import { type CompiledAgent, CompiledRegistry } from '../../../core/detection/watched';
import { type WatchedGroup, Watcher } from '../../../core/detection/watcher';
import { readCloudTrail } from '../../../events/aws/cloudtrail';
import { AWS_TRAITS } from '../../../events/aws/traits';
import { agentMetrics, type BatchFigures, batchMetrics, detectionMetrics } from './metrics';
import type { BatchAnswer, DetectorPorts, QueueBatch, QueueMessage } from './ports';

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
 * The detector: batches of calls, and once a minute the sessions that wait. A group that fails comes again, together with whatever came after it for
 * the same session; one that nobody understands is counted, told in the log, and never stops the others.
 */
export function makeHandler(
  { fleet, options }: { readonly fleet: string; readonly options?: DetectorOptions },
  ports: DetectorPorts,
): (event: QueueBatch | { readonly sweep: true }) => Promise<BatchAnswer> {
  const detectorOf = detectors(options);
  return async (event) => {
    const detector = detectorOf(await ports.registry());
    const sent: Detection[] = [];
    const watcher = new Watcher(detector, {
      store: ports.store,
      send: async (detections) => {
        await ports.send(detections);
        sent.push(...detections);
      },
      now: () => ports.now() / 1000,
      pause: ports.pause,
    });
    const totals = { judged: 0, duplicates: 0, late: 0, conflicts: 0, oldest: ports.now() };
    const note = (group: WatchedGroup, events: readonly AgentEvent[]): void => {
      totals.judged += events.length;
      totals.duplicates += group.duplicates;
      totals.late += group.late;
      totals.conflicts += group.conflicts;
      for (const { time } of events) totals.oldest = Math.min(totals.oldest, Date.parse(time));
    };
    const failed = new Set<string>();
    const counted = new Map<CompiledAgent, number>();
    let sorted: Sorted = { groups: new Map(), unread: 0, unregistered: 0 };
    if ('sweep' in event) {
      await sweep({ detector, watcher, ports, note });
    } else {
      sorted = sort(event.Records, { detector, ports });
      for (const group of sorted.groups.values()) {
        try {
          note(await watcher.watch(group.watched, group.events, group), group.events);
          if (group.watched.agent.counted && !group.entry) count(counted, group.watched, group.events.length);
        } catch (error) {
          ports.log({
            message: 'group failed',
            agent: group.watched.agent.name,
            error: (error as Error).name,
            reason: (error as Error).message,
          });
          for (const id of group.messages) failed.add(id);
        }
      }
    }
    const figures: BatchFigures = {
      EventsJudged: totals.judged,
      EventsUnread: sorted.unread,
      EventsUnregistered: sorted.unregistered,
      EventsLate: totals.late,
      EventsDuplicate: totals.duplicates,
      StateConflicts: totals.conflicts,
      OldestEventAge: Math.max(0, (ports.now() - totals.oldest) / 1000),
    };
    ports.log(batchMetrics(fleet, figures, ports.now()));
    for (const line of detectionMetrics(sent, ports.now())) ports.log(line);
    for (const [{ agent }, calls] of counted) ports.log(agentMetrics(agent, calls, ports.now()));
    return { batchItemFailures: failuresOf('sweep' in event ? [] : event.Records, failed) };
  };
}

function count(counts: Map<CompiledAgent, number>, agent: CompiledAgent, calls: number): void {
  counts.set(agent, (counts.get(agent) ?? 0) + calls);
}

/** Compiling is done anew only where the registry is another one. */
function detectors(options: DetectorOptions | undefined): (registry: DetectionRegistry) => Detector {
  let known: { readonly registry: DetectionRegistry; readonly detector: Detector } | undefined;
  return (registry) => {
    if (known?.registry !== registry) known = { registry, detector: new Detector(new CompiledRegistry(registry, AWS_TRAITS), options) };
    return known.detector;
  };
}

async function sweep({
  detector,
  watcher,
  ports,
  note,
}: {
  readonly detector: Detector;
  readonly watcher: Watcher;
  readonly ports: DetectorPorts;
  readonly note: (group: WatchedGroup, events: readonly AgentEvent[]) => void;
}): Promise<void> {
  const byName = new Map(detector.registry.agents.map((one) => [`${one.agent.fleet}/${one.agent.name}`, one]));
  for (const { agent, session } of await ports.store.due(ports.now() / 1000, SWEPT)) {
    const watched = byName.get(agent);
    if (!watched) continue;
    try {
      note(await watcher.sweep(watched, session), []);
    } catch (error) {
      // It is due again in a minute.
      ports.log({ message: 'sweep failed', agent, error: (error as Error).name, reason: (error as Error).message });
    }
  }
}

function sort(
  records: readonly QueueMessage[],
  { detector, ports }: { readonly detector: Detector; readonly ports: DetectorPorts },
): Sorted {
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
  for (const { messageId, body } of records) {
    const event = readBody(body, ports.now());
    if (!isAgentEvent(event)) {
      unread += 1;
      ports.log({ message: 'record not read', messageId, reason: event.reason, ...(event.id === undefined ? {} : { eventId: event.id }) });
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
      ports.log({ message: 'no such agent in the registry', principal: event.principal, eventId: event.id });
    }
  }
  return { groups, unread, unregistered };
}

function readBody(body: string, now: number): ReturnType<typeof readCloudTrail> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'The message is no JSON.' };
  }
  const { event = value } = (value ?? {}) as { readonly event?: unknown };
  const read = readCloudTrail(event);
  if (isAgentEvent(read) && Date.parse(read.time) > now + AHEAD_MS)
    return { id: read.id, reason: `Its time, ${read.time}, lies in the future.` };
  return read;
}

/** The queue keeps the order of a session: what came after a message that failed must come again after it. */
function failuresOf(records: readonly QueueMessage[], failed: ReadonlySet<string>): BatchAnswer['batchItemFailures'] {
  return records.filter(({ messageId }) => failed.has(messageId)).map(({ messageId }) => ({ itemIdentifier: messageId }));
}
