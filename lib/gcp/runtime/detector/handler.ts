import { BatchDetector, type BatchPorts, type BatchResult } from '../../../core/detection/batch';
import type { DetectorOptions } from '../../../core/detection/options';
import { readAuditLog } from '../../../events/gcp/audit-log';
import { GCP_TRAITS } from '../../../events/gcp/traits';
import { type FunctionRequest, type FunctionResponse, pushedMessage } from '../request';

/**
 * The detector: a log entry of the topic with each request, and once a minute, at `/sweep`, the sessions that wait. An entry that could not be judged is refused,
 * so that the subscription sends it again. What is counted are lines of the log, of which metrics are made.
 */
export function makeHandler(
  { fleet, options }: { readonly fleet: string; readonly options?: DetectorOptions },
  ports: BatchPorts,
): (request: FunctionRequest, response: FunctionResponse) => Promise<void> {
  const detector = new BatchDetector(GCP_TRAITS, ports, options);
  const count = ({ figures, sent, counted }: BatchResult): void => {
    ports.log({ message: 'batch', fleet, ...figures });
    for (const { agent, signal, severity, rule } of sent) ports.log({ message: 'detection', fleet, agent, signal, severity, rule });
    for (const [{ agent }, calls] of counted) ports.log({ message: 'calls', fleet, agent: agent.name, calls });
  };
  return async (request, response) => {
    if (request.path === '/sweep') {
      count(await detector.sweep());
      response.status(200).json({});
      return;
    }
    const message = pushedMessage(request.body);
    if (!message) {
      response.status(400).json({ error: 'This is no message of a subscription.' });
      return;
    }
    const { messageId, json } = message;
    const read = json === undefined ? { reason: 'The message is no JSON.' } : readAuditLog(json);
    const result = await detector.judge([{ messageId, read }]);
    count(result);
    response.status(result.failed.size > 0 ? 503 : 200).json({});
  };
}
