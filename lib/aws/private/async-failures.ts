import { CfnEventInvokeConfig, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { Statement } from './statement';

/** Lambda's own bounds. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRIES = 2;
const LONGEST_SECONDS = 21_600;

/**
 * Has Lambda call a function again that failed with an event, and keep the event in a queue where that fails, too. A rule hands its events over without
 * waiting: its own queue holds what could not be handed over, and never what the function failed with. `policy` is what lets the role send there.
 */
export function keepFailures(handler: LambdaFunction, queue: IQueue, policy: IConstruct): void {
  const config = new CfnEventInvokeConfig(handler, 'Async', {
    functionName: handler.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: RETRIES,
    maximumEventAgeInSeconds: LONGEST_SECONDS,
    destinationConfig: { onFailure: { destination: queue.queueArn } },
  });
  // Lambda refuses a queue that the role may not send to.
  config.node.addDependency(policy);
}

/** What the function's role needs for it. */
export const mayKeepFailures = (queue: IQueue): Statement => ({ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [queue.queueArn] });
