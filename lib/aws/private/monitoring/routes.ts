import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import facts from '../../catalog/monitoring.json';
import type { WatchedRoles } from './watched-roles';

/** Calls that an agent makes, and calls that take on the identity of one. */
export function callPatterns(roles: WatchedRoles): Readonly<Record<'Calls' | 'Entries', object>> {
  const type = ['AWS API Call via CloudTrail'];
  return {
    Calls: { 'detail-type': type, detail: { userIdentity: { sessionContext: { sessionIssuer: { arn: roles.rolePatterns() } } } } },
    Entries: { 'detail-type': type, detail: { eventSource: ['sts.amazonaws.com'], requestParameters: { roleArn: roles.rolePatterns() } } },
  };
}

/** The group of a message: its order is kept. Who takes on an identity has no session of it so far. */
const GROUPS = { Calls: '$.detail.userIdentity.accessKeyId', Entries: undefined } as const;

const ATTEMPTS = 5;
const KEPT = Duration.days(14);

export interface CallRoutesProps {
  readonly roles: WatchedRoles;
  /** How long a batch may take. */
  readonly timeout: Duration;
}

/**
 * The way of a call from CloudTrail to the detector: rules of the fleet, a queue, a pipe that gives each message its session, and a queue that keeps
 * the order within a session and takes no event twice. What cannot go on waits in a queue of its own.
 */
export class CallRoutes extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;
  readonly arrivals: sqs.Queue;
  readonly undelivered: sqs.Queue;

  constructor(scope: Construct, id: string, { roles, timeout }: CallRoutesProps) {
    super(scope, id);
    const shared = { enforceSSL: true, encryption: sqs.QueueEncryption.SQS_MANAGED, retentionPeriod: KEPT };
    this.undelivered = new sqs.Queue(this, 'Undelivered', shared);
    this.arrivals = new sqs.Queue(this, 'Arrivals', {
      ...shared,
      visibilityTimeout: Duration.minutes(5),
      deadLetterQueue: { queue: this.undelivered, maxReceiveCount: ATTEMPTS },
    });
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', { ...shared, fifo: true });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...shared,
      fifo: true,
      // Both let groups be worked on side by side, as fast as there are groups.
      deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Six times as long as a batch may take. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: ATTEMPTS },
    });
    for (const name of ['Calls', 'Entries'] as const) this.addRule(name, roles);
    this.addPipe();
  }

  private addRule(name: 'Calls' | 'Entries', roles: WatchedRoles): void {
    const group = GROUPS[name];
    const rule = new CfnRule(this, name, {
      description: name === 'Calls' ? 'Calls of agents' : 'Who takes on the identity of an agent',
      state: facts.ruleState.value,
      eventPattern: Lazy.any({ produce: () => callPatterns(roles)[name] }),
      targets: [
        {
          id: 'Arrivals',
          arn: this.arrivals.queueArn,
          deadLetterConfig: { arn: this.undelivered.queueArn },
          inputTransformer: {
            inputPathsMap: { ...(group === undefined ? {} : { group }), id: '$.detail.eventID' },
            inputTemplate: `{"group": ${group === undefined ? '"entry"' : '<group>'}, "id": <id>, "event": <aws.events.event.json>}`,
          },
        },
      ],
    });
    for (const [queue, purpose] of [
      [this.arrivals, 'Arrive'],
      [this.undelivered, 'Fail'],
    ] as const) {
      queue.addToResourcePolicy(
        new iam.PolicyStatement({
          sid: `${name}${purpose}`,
          principals: [new iam.ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
      );
    }
  }

  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html */
  private addPipe(): void {
    const role = new iam.Role(this, 'PipeRole', {
      path: '/agentic-iam-detector/',
      description: 'Gives each call its session',
      assumedBy: new iam.ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        move: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
              resources: [this.arrivals.queueArn],
            }),
            new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
          ],
        }),
      },
    });
    new CfnPipe(this, 'Pipe', {
      description: 'Gives each call its session',
      roleArn: role.roleArn,
      source: this.arrivals.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 10 } },
      target: this.queue.queueArn,
      targetParameters: {
        inputTemplate: '<$.body>',
        sqsQueueParameters: { messageGroupId: '$.body.group', messageDeduplicationId: '$.body.id' },
      },
    });
  }
}
