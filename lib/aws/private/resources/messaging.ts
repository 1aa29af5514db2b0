import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { BoundResource } from '../../../core/access-plan';
import { everyOneOf, exact, keyThrough, literals, on, subjectOf } from './shared';

export interface EncryptedOptions {
  /** Key that encrypts it, where its reference does not know the key. @default - its own key, if it has one */
  readonly key?: IKey;
}

export function bindQueue(queue: IQueue, options: EncryptedOptions): BoundResource {
  const arn = exact(subjectOf('queue', queue), 'queueArn', queue.queueArn);
  return { kind: 'queue', targets: { queue: on(arn), ...keyThrough('sqs', options.key ?? queue.encryptionMasterKey, queue.env) } };
}

export function bindTopic(topic: ITopic, options: EncryptedOptions): BoundResource {
  const arn = exact(subjectOf('topic', topic), 'topicArn', topic.topicArn);
  return { kind: 'topic', targets: { topic: on(arn), ...keyThrough('sns', options.key ?? topic.masterKey, topic.env) } };
}

export interface EventBusOptions {
  /** The only values of `source` that the agent's events may carry. @default - any */
  readonly sources?: readonly string[];
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
export function bindEventBus(bus: IEventBus, options: EventBusOptions): BoundResource {
  const subject = subjectOf('event bus', bus);
  const sources = options.sources && everyOneOf('events:source', literals(subject, 'sources', options.sources));
  return { kind: 'event-bus', targets: { bus: on(exact(subject, 'eventBusArn', bus.eventBusArn), sources) } };
}
