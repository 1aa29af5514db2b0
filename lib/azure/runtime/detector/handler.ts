import { BatchDetector, type BatchPorts, type BatchRecord, type BatchResult } from '../../../core/detection/batch';
import type { DetectorOptions } from '../../../core/detection/options';
import { listOf } from '../../../core/json-fields';
import { readAzureLog } from '../../../events/azure/log';
import { AZURE_TRAITS } from '../../../events/azure/traits';

/** What one run of the function may do besides. */
export interface DetectorPorts extends BatchPorts {
  /** Keeps messages that nothing became of after every attempt. */
  readonly keep: (messages: readonly unknown[]) => Promise<void>;
  /** Deletes states that may be forgotten. */
  readonly forget: (now: number) => Promise<void>;
}

/** Calls that could not be judged; the function is run again with the same messages. */
export class NotJudged extends Error {}

/** How often the function is run with the same messages. */
export const ATTEMPTS = 8;

/**
 * The detector: batches of messages of the event hub, each with some records, and once a minute the sessions that wait. The hub sends again only whole batches: one
 * in which something could not be judged fails, and what fails to the last is kept.
 */
export function makeHandlers(
  { fleet, options }: { readonly fleet: string; readonly options?: DetectorOptions },
  ports: DetectorPorts,
): { readonly batch: (messages: readonly unknown[], attempt: number) => Promise<void>; readonly sweep: () => Promise<void> } {
  const detector = new BatchDetector(AZURE_TRAITS, ports, options);
  const count = ({ figures, sent, counted }: BatchResult): void => {
    ports.log({ message: 'batch', fleet, ...figures });
    for (const { agent, signal, severity, rule } of sent) ports.log({ message: 'detection', fleet, agent, signal, severity, rule });
    for (const [{ agent }, calls] of counted) ports.log({ message: 'calls', fleet, agent: agent.name, calls });
  };
  return {
    batch: async (messages, attempt) => {
      const records = messages.flatMap(recordsOf);
      const result = await detector.judge(records);
      count(result);
      if (result.failed.size === 0) return;
      if (attempt < ATTEMPTS) throw new NotJudged(`${result.failed.size} messages could not be judged.`);
      await ports.keep(messages.filter((_, at) => result.failed.has(String(at))));
      ports.log({ message: 'kept', fleet, EventsKept: result.failed.size });
    },
    sweep: async () => {
      count(await detector.sweep());
      await ports.forget(ports.now() / 1000);
    },
  };
}

/** A message holds records in a list. @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/stream-monitoring-data-event-hubs */
function recordsOf(message: unknown, at: number): readonly BatchRecord[] {
  const value = typeof message === 'string' ? jsonOf(message) : message;
  if (value === undefined) return [{ messageId: String(at), read: { reason: 'The message is no JSON.' } }];
  const { records = value } = (value ?? {}) as { readonly records?: unknown };
  return listOf(records).map((record) => ({ messageId: String(at), read: readAzureLog(record) }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
