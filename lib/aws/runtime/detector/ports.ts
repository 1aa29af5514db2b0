import type { DetectionRegistry } from '../../../core/detection/registry';
import type { StateStore } from '../../../core/detection/state-store';
import type { Detection } from '../../../core/detection/types';

export interface DetectorPorts {
  readonly registry: () => Promise<DetectionRegistry & { readonly broken?: readonly string[] }>;
  readonly store: StateStore;
  /** Hands on detections; throws where one of them was not taken. */
  readonly send: (detections: readonly Detection[]) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Writes one line of JSON. */
  readonly log: (line: object) => void;
}

/** A message of the queue. @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface QueueBatch {
  readonly Records: readonly QueueMessage[];
}

/** Messages that must come again. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
