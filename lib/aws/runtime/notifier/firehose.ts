import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { ocsfFinding } from '../../../core/alerts/ocsf';
import type { Detection } from '../../../core/detection/types';

/** What a stream's destination takes: findings as they are, or as events of a Splunk collector. */
export type StreamForm = 'ocsf' | 'hec';

export interface StreamTarget {
  readonly stream: string;
  readonly as: StreamForm;
}

/** Records of one call. @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const BATCH = 500;
const ATTEMPTS = 5;
const PAUSE_MS = 100;

/** One line of a stream. @see https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector */
export function streamLine(detection: Detection, form: StreamForm): string {
  const finding = ocsfFinding(detection);
  if (form === 'ocsf') return `${JSON.stringify(finding)}\n`;
  const event = { time: Date.parse(detection.time) / 1000, source: 'agentic-iam', sourcetype: 'ocsf:detection_finding', event: finding };
  return `${JSON.stringify(event)}\n`;
}

/** Records that a stream did not take, however often they were sent. */
export class StreamRefused extends Error {}

/** Puts detections into a stream; what it did not take is sent again by itself. */
export function streamSender(
  client: FirehoseClient,
  { stream, as }: StreamTarget,
  pause: (milliseconds: number) => Promise<unknown>,
): (detections: readonly Detection[]) => Promise<void> {
  return async (detections) => {
    let left = detections.map((detection) => ({ Data: Buffer.from(streamLine(detection, as)) }));
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (attempt === ATTEMPTS) throw new StreamRefused(`Stream ${stream} did not take ${left.length} findings.`);
      if (attempt > 0) await pause(PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
      const refused: typeof left = [];
      for (let from = 0; from < left.length; from += BATCH) {
        const part = left.slice(from, from + BATCH);
        const { RequestResponses = [] } = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: part }));
        refused.push(...part.filter((_, index) => RequestResponses[index]?.ErrorCode !== undefined));
      }
      left = refused;
    }
  };
}
