import type { BatchPorts } from '../../../core/detection/batch';

export type DetectorPorts = BatchPorts;

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
