import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Detection } from '../../../core/detection/types';

export const DETAIL_TYPE = 'Agent Detection';
export const SOURCE = 'agentic-iam';

/** Entries of one call, and bytes of one entry with room for its other fields. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const ENTRIES = 10;
const BYTES = 240_000;

/** Detections that a bus did not take. */
export class NotSent extends Error {
  constructor(
    readonly ids: readonly string[],
    reason: string,
  ) {
    super(`The bus did not take ${ids.length} detections: ${reason}`);
  }
}

/** Sends detections to a bus, in the detail that `detection.schema.json` describes. Throws {@link NotSent} where it did not take all of them. */
export function busSender(client: EventBridgeClient, bus: string): (detections: readonly Detection[]) => Promise<void> {
  return async (detections) => {
    for (let from = 0; from < detections.length; from += ENTRIES) {
      const part = detections.slice(from, from + ENTRIES);
      const { Entries = [], FailedEntryCount = 0 } = await client.send(
        new PutEventsCommand({
          Entries: part.map((detection) => ({
            EventBusName: bus,
            Source: SOURCE,
            DetailType: DETAIL_TYPE,
            Time: new Date(detection.time),
            Resources: [detection.principal],
            Detail: JSON.stringify(fitting(detection)),
          })),
        }),
      );
      if (FailedEntryCount === 0) continue;
      const failed = part.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
      throw new NotSent(
        failed.map(({ id }) => id),
        Entries.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? 'unknown',
      );
    }
  };
}

/** Long names in the calls are left out rather than the detection. */
function fitting(detection: Detection): Detection {
  if (Buffer.byteLength(JSON.stringify(detection)) <= BYTES) return detection;
  const events = detection.events.map((event) => ({
    ...event,
    resources: event.resources.slice(0, 1).map((name) => name.slice(0, 1_000)),
  }));
  return { ...detection, summary: detection.summary.slice(0, 2_000), broke: detection.broke.slice(0, 2_000), events };
}
