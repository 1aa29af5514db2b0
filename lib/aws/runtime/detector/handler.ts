import type { AgentEvent, UnreadEvent } from '../../../core/agent-event';
import { BatchDetector } from '../../../core/detection/batch';
import type { DetectorOptions } from '../../../core/detection/options';
import { readCloudTrail } from '../../../events/aws/cloudtrail';
import { AWS_TRAITS } from '../../../events/aws/traits';
import { agentMetrics, batchMetrics, detectionMetrics } from './metrics';
import type { BatchAnswer, DetectorPorts, QueueBatch, QueueMessage } from './ports';

/** The detector: batches of calls from the queue, and once a minute the sessions that wait. What it counts becomes metrics. */
export function makeHandler(
  { fleet, options }: { readonly fleet: string; readonly options?: DetectorOptions },
  ports: DetectorPorts,
): (event: QueueBatch | { readonly sweep: true }) => Promise<BatchAnswer> {
  const detector = new BatchDetector(AWS_TRAITS, ports, options);
  return async (event) => {
    const messages = 'sweep' in event ? [] : event.Records;
    const records = messages.map(({ messageId, body }) => ({ messageId, read: readBody(body) }));
    const { figures, sent, failed, counted } = await ('sweep' in event ? detector.sweep() : detector.judge(records));
    ports.log(batchMetrics(fleet, figures, ports.now()));
    for (const line of detectionMetrics(sent, ports.now())) ports.log(line);
    for (const [{ agent }, calls] of counted) ports.log(agentMetrics(agent, calls, ports.now()));
    return { batchItemFailures: failuresOf(messages, failed) };
  };
}

function readBody(body: string): AgentEvent | UnreadEvent {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'The message is no JSON.' };
  }
  const { event = value } = (value ?? {}) as { readonly event?: unknown };
  return readCloudTrail(event);
}

/** The queue keeps the order of a session: what came after a message that failed must come again after it. */
function failuresOf(records: readonly QueueMessage[], failed: ReadonlySet<string>): BatchAnswer['batchItemFailures'] {
  return records.filter(({ messageId }) => failed.has(messageId)).map(({ messageId }) => ({ itemIdentifier: messageId }));
}
