import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CfnActionTarget } from 'aws-cdk-lib/aws-securityhub';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlertRoute, AlertTarget } from '../../alert-target';
import { keepFailures, mayKeepFailures } from '../async-failures';
import { handlerFolder } from '../handler-code';
import { letAlarmsPublish } from '../let-alarms-publish';
import { serviceRole } from '../service-role';
import type { Statement } from '../statement';
import { DETECTOR_PATH } from './detector';

export interface AlertRoutesProps {
  readonly fleet: string;
  readonly notify: readonly AlertTarget[];
  readonly logRetention: logs.RetentionDays;
}

type StreamRoute = Extract<AlertRoute, { readonly kind: 'stream' }>;

/** As rules of the bus choose detections. */
const PATTERN = { source: ['agentic-iam'], detailType: ['Agent Detection'] };
const ATTEMPTS = 24;

/** From the bus of a fleet's detections to whoever is to know of them. What a target does not take waits in a queue. */
export class AlertRoutes extends Construct {
  readonly bus: EventBus;
  readonly failures: sqs.Queue;
  /** Topics for people; alarms go there, too. */
  readonly topics: readonly sns.ITopic[];
  readonly notifier: lambda.Function | undefined;

  constructor(scope: Construct, id: string, { fleet, notify, logRetention }: AlertRoutesProps) {
    super(scope, id);
    const routes = notify.map(({ route }) => route);
    this.bus = new EventBus(this, 'Bus', { eventBusName: `agentic-iam-${fleet}`, description: `Detections of fleet ${fleet}` });
    this.failures = new sqs.Queue(this, 'Failures', {
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    this.topics = routes.flatMap((route, index) => this.topicOf(route, index) ?? []);
    for (const topic of this.topics) letAlarmsPublish(this, topic);
    const delivery = { deadLetterQueue: this.failures, retryAttempts: ATTEMPTS, maxEventAge: Duration.hours(24) };
    const rule = (name: string, description: string, target: Rule['addTarget'] extends (target?: infer T) => void ? T : never): Rule =>
      new Rule(this, name, { eventBus: this.bus, description, eventPattern: PATTERN, targets: target ? [target] : [] });
    this.topics.forEach((topic, index) => {
      rule(
        `ToTopic${index}`,
        'Detections in plain words',
        new targets.SnsTopic(topic, { ...delivery, message: RuleTargetInput.fromMultilineText(textIn(Stack.of(this).region)) }),
      );
    });
    routes.forEach((route, index) => {
      if (route.kind === 'bus')
        rule(`ToBus${index}`, 'Detections for another bus', new targets.EventBus(route.bus, { deadLetterQueue: this.failures }));
    });
    const streams = routes.filter((route) => route.kind === 'stream');
    const isHub = routes.some(({ kind }) => kind === 'security-hub');
    if (isHub || streams.length > 0) {
      this.notifier = this.makeNotifier({ fleet, isHub, streams, logRetention });
      rule('ToNotifier', 'Detections for Security Hub and streams', new targets.LambdaFunction(this.notifier, delivery));
    }
    if (isHub) {
      new CfnActionTarget(this, 'ContainAction', {
        id: 'ContainAgent',
        name: 'Contain agent',
        description: 'Sends the finding to the containment of agents, for a person who decided that one is to be stopped',
      });
    }
  }

  private topicOf(route: AlertRoute, index: number): sns.ITopic | undefined {
    if (route.kind === 'topic') return route.topic;
    if (route.kind !== 'email') return undefined;
    const topic = new sns.Topic(this, `Email${index}`, { enforceSSL: true });
    topic.addSubscription(new EmailSubscription(route.address));
    return topic;
  }

  private makeNotifier({
    fleet,
    isHub,
    streams,
    logRetention,
  }: {
    readonly fleet: string;
    readonly isHub: boolean;
    readonly streams: readonly StreamRoute[];
    readonly logRetention: logs.RetentionDays;
  }): lambda.Function {
    const stack = Stack.of(this);
    const made = streams.map((stream, index) => ({ stream: this.makeStream(`Stream${index}`, stream), as: stream.form }));
    const logGroup = new logs.LogGroup(this, 'NotifierLog', { retention: logRetention, removalPolicy: RemovalPolicy.RETAIN });
    const product = stack.formatArn({ service: 'securityhub', resource: 'product', resourceName: `${stack.account}/default` });
    const role = serviceRole(this, 'NotifierRole', {
      name: 'notifier',
      fleet,
      path: DETECTOR_PATH,
      description: `Hands on detections of fleet ${fleet}`,
      statements: (): readonly Statement[] => [
        { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [logGroup.logGroupArn] },
        mayKeepFailures(this.failures),
        ...(isHub ? [{ Effect: 'Allow', Action: ['securityhub:BatchImportFindings'], Resource: [product] } as const] : []),
        ...(made.length > 0
          ? [{ Effect: 'Allow', Action: ['firehose:PutRecordBatch'], Resource: made.map(({ stream }) => stream.attrArn) } as const]
          : []),
      ],
    });
    const notifier = new lambda.Function(this, 'Notifier', {
      description: `Hands on detections of fleet ${fleet}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(handlerFolder('notifier')),
      role,
      memorySize: 256,
      timeout: Duration.seconds(30),
      logGroup,
      environment: {
        TARGETS: stack.toJsonString({
          ...(isHub ? { hub: { partition: stack.partition, region: stack.region, account: stack.account } } : {}),
          streams: made.map(({ stream, as }) => ({ stream: stream.ref, as })),
        }),
      },
    });
    keepFailures(notifier, this.failures, this.node.findChild('NotifierRolePolicy'));
    return notifier;
  }

  /** @see https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html */
  private makeStream(id: string, { name, url, key, form }: StreamRoute): CfnDeliveryStream {
    const failed = new s3.Bucket(this, `${id}Failed`, {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new iam.Role(this, `${id}Role`, {
      path: DETECTOR_PATH,
      description: `Delivers detections to ${name}`,
      assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    failed.grantWrite(role);
    key.grantRead(role);
    const policy = role.node.findChild('DefaultPolicy');
    const stream = new CfnDeliveryStream(this, id, {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      httpEndpointDestinationConfiguration: {
        endpointConfiguration: { name, url },
        secretsManagerConfiguration: { enabled: true, secretArn: key.secretArn, roleArn: role.roleArn },
        requestConfiguration: {
          contentEncoding: 'GZIP',
          commonAttributes: [{ attributeName: 'source', attributeValue: `agentic-iam-${form}` }],
        },
        bufferingHints: { intervalInSeconds: 60, sizeInMBs: 1 },
        retryOptions: { durationInSeconds: 300 },
        roleArn: role.roleArn,
        s3BackupMode: 'FailedDataOnly',
        s3Configuration: { bucketArn: failed.bucketArn, roleArn: role.roleArn, errorOutputPrefix: 'failed/' },
      },
    });
    stream.node.addDependency(policy);
    return stream;
  }
}

const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);

/** What a person is sent. A rule puts in one field after the other, so that it has fewer words than the text of the other targets. */
const textIn = (region: string): string =>
  [
    `Agent ${field('agent')} (fleet ${field('fleet')}) ${field('summary')}.`,
    `What it broke: ${field('broke')}.`,
    `Signal ${field('signal')}, rule ${field('rule')}, severity ${field('severity')}, ${field('basis')}. Recommended: ${field('response')}.`,
    `Who acted: ${field('principal')}, at ${field('time')}, in ${field('eventCount')} calls.`,
    `The first call: https://${region}.console.aws.amazon.com/cloudtrailv2/home?region=${region}#/events/${field('events[0].id')}`,
    `Detection ${field('id')}`,
  ].join('\n');
