import { Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { CfnConfigRule } from 'aws-cdk-lib/aws-config';
import { type IEventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { IDuration } from '../../../core/duration';
import { keepFailures, mayKeepFailures } from '../async-failures';
import { handlerFolder } from '../handler-code';
import { serviceRole } from '../service-role';
import { cleaningUp, reading, repairing } from './governor-rights';

const PATH = '/agentic-iam-governor/';
const TIMEOUT = Duration.minutes(5);
/** Controls that a role in an account shows. */
export const CONFIG_CONTROLS = ['own-identity', 'ceiling', 'access-as-declared'] as const;
/** Calls that stop or change what a trail records. */
const TAMPERING = ['DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail'];

export interface GovernorProps {
  readonly fleet: string;
  readonly bus: IEventBus;
  readonly topics: readonly ITopic[];
  /** Whether what drifted is put back. */
  readonly repair: boolean;
  /** Whether what was forgotten is put away. */
  readonly cleanUp: boolean;
  /** Whether rules of AWS Config are made. */
  readonly configRules: boolean;
  readonly every: IDuration;
  readonly unusedAfter: IDuration;
  readonly secretsAfter: IDuration;
  readonly retention: IDuration;
  /** Name of the fleet's own trail. @default - it has none: nothing is answered */
  readonly trail?: string;
  /** ARNs of secrets of agents; asked when the template is written. */
  readonly secrets: () => readonly string[];
}

const days = (duration: IDuration): number => Math.ceil(duration.toSeconds() / 86_400);

/** Looks after a fleet that is deployed: compares it with what was synthesised, puts back what was changed, and keeps the evidence. */
export class Governor extends Construct {
  readonly function: lambda.Function;
  /** What was found and done, day by day, where nobody deletes it. */
  readonly evidence: s3.Bucket;
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, props: GovernorProps) {
    super(scope, id);
    const { fleet, bus, topics } = props;
    const stack = Stack.of(this);
    this.evidence = new s3.Bucket(this, 'Evidence', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(days(props.retention))),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.failures = new sqs.Queue(this, 'Failures', {
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN });
    const role = serviceRole(this, 'Role', {
      name: 'governor',
      fleet,
      path: PATH,
      description: `Compares agents of fleet ${fleet} with what was synthesised${props.repair ? ', and puts back what was changed' : ''}`,
      mayAdminister: true,
      statements: () => [
        ...reading(stack, fleet),
        ...(props.repair ? repairing(stack, fleet) : []),
        ...(props.cleanUp ? cleaningUp(stack, fleet, { evidence: this.evidence, secrets: props.secrets() }) : []),
        ...(props.secrets().length > 0
          ? [{ Effect: 'Allow', Action: ['secretsmanager:DescribeSecret'], Resource: props.secrets() } as const]
          : []),
        { Effect: 'Allow', Action: ['s3:PutObject'], Resource: [this.evidence.arnForObjects(`governance/${fleet}/*`)] },
        { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus.eventBusArn] },
        ...(topics.length > 0
          ? [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: topics.map(({ topicArn }) => topicArn) } as const]
          : []),
        ...(props.configRules ? [{ Effect: 'Allow', Action: ['config:PutEvaluations'], Resource: ['*'] } as const] : []),
        ...(props.trail === undefined
          ? []
          : [
              {
                Effect: 'Allow',
                Action: ['cloudtrail:GetEventSelectors', ...(props.repair ? ['cloudtrail:StartLogging'] : [])],
                Resource: [stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: props.trail })],
              } as const,
            ]),
        { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [logGroup.logGroupArn] },
        mayKeepFailures(this.failures),
      ],
    });
    this.function = new lambda.Function(this, 'Function', {
      description: `Looks after agents of fleet ${fleet}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(handlerFolder('governor')),
      role,
      memorySize: 512,
      timeout: TIMEOUT,
      logGroup,
      environment: {
        FLEET: fleet,
        REPAIR: String(props.repair),
        CLEAN_UP: String(props.cleanUp),
        UNUSED_DAYS: String(days(props.unusedAfter)),
        SECRET_DAYS: String(days(props.secretsAfter)),
        EVIDENCE_BUCKET: this.evidence.bucketName,
        DETECTION_BUS: bus.eventBusName,
        TRAIL: props.trail ?? '',
        TOPICS:
          topics.length === 0
            ? ''
            : Fn.join(
                ',',
                topics.map(({ topicArn }) => topicArn),
              ),
      },
    });
    keepFailures(this.function, this.failures, this.node.findChild('RolePolicy'));
    this.watchFailures(topics);
    this.addRules(props);
  }

  /** A governor that fails says nothing else of it. */
  private watchFailures(topics: readonly ITopic[]): void {
    const alarm = new cloudwatch.Alarm(this, 'Fails', {
      alarmDescription: 'The governor could not do what it was called for: see its log, and the queue of its failures',
      metric: this.failures.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    for (const topic of topics) alarm.addAlarmAction(new SnsAction(topic));
  }

  private addRules({ fleet, every, trail, configRules }: GovernorProps): void {
    const delivery = { deadLetterQueue: this.failures, retryAttempts: 4, maxEventAge: Duration.hours(1) };
    const sweep = (name: string): FunctionTarget =>
      new FunctionTarget(this.function, { event: RuleTargetInput.fromObject({ sweep: name }), ...delivery });
    new Rule(this, 'Compare', {
      description: 'Compares what is deployed with what was synthesised',
      schedule: Schedule.rate(Duration.seconds(every.toSeconds())),
      targets: [sweep('drift')],
    });
    new Rule(this, 'Tidy', {
      description: 'Looks for unused access, old credentials and orphaned identities',
      schedule: Schedule.rate(Duration.days(1)),
      targets: [sweep('tidy')],
    });
    if (trail !== undefined)
      new Rule(this, 'Tampering', {
        description: `Answers to who stops or changes the trail ${trail}`,
        eventPattern: {
          source: ['aws.cloudtrail'],
          detailType: ['AWS API Call via CloudTrail'],
          detail: {
            eventName: TAMPERING,
            requestParameters: {
              $or: ['name', 'trailName'].map((key) => ({
                [key]: [trail, Stack.of(this).formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trail })],
              })),
            },
          },
        },
        targets: [new FunctionTarget(this.function, delivery)],
      });
    if (configRules) this.addConfigRules(fleet);
  }

  /** @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html */
  private addConfigRules(fleet: string): void {
    this.function.addPermission('Config', {
      principal: new iam.ServicePrincipal('config.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    for (const control of CONFIG_CONTROLS) {
      const rule = new CfnConfigRule(this, `Rule-${control}`, {
        configRuleName: `agentic-iam-${fleet}-${control}`,
        description: `Roles of agents are as they were synthesised: ${control}`,
        inputParameters: { control },
        scope: { complianceResourceTypes: ['AWS::IAM::Role'] },
        source: {
          owner: 'CUSTOM_LAMBDA',
          sourceIdentifier: this.function.functionArn,
          sourceDetails: [
            { eventSource: 'aws.config', messageType: 'ConfigurationItemChangeNotification' },
            { eventSource: 'aws.config', messageType: 'OversizedConfigurationItemChangeNotification' },
            { eventSource: 'aws.config', messageType: 'ScheduledNotification', maximumExecutionFrequency: 'TwentyFour_Hours' },
          ],
        },
      });
      // With its permissions: Config asks at once whether it may call.
      rule.node.addDependency(this.function);
    }
  }
}
