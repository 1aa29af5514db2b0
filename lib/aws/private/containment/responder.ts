import { Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { type IEventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget, type LambdaFunctionProps } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ContainmentSettings } from '../../../core/containment/settings';
import type { IDuration } from '../../../core/duration';
import type { WorkAccess } from '../../agent-work';
import { keepFailures, mayKeepFailures } from '../async-failures';
import { handlerFolder } from '../handler-code';
import { serviceRole } from '../service-role';
import type { Statement } from '../statement';
import { Peers } from './peers';
import { containPath } from './registry';

const PATH = '/agentic-iam-responder/';
/** Also what the state machine takes for the longest that a responder runs. */
const TIMEOUT = Duration.seconds(60);
const ATTEMPTS = 24;

export interface ResponderFunctionProps {
  readonly fleet: string;
  readonly bus: IEventBus;
  readonly topics: readonly ITopic[];
  readonly settings: ContainmentSettings;
  readonly evidenceRetention: IDuration;
  readonly logRetention: logs.RetentionDays;
  /** What stopping the work of agents takes, and the secrets to rotate; asked when the template is written. */
  readonly work: () => readonly WorkAccess[];
  readonly secrets: () => readonly string[];
}

/** The responder with its records and its evidence. */
export class ResponderFunction extends Construct {
  readonly function: lambda.Function;
  readonly url: lambda.FunctionUrl;
  readonly records: dynamodb.TableV2;
  readonly evidence: s3.Bucket;
  /** Triggers that nothing became of. */
  readonly failures: sqs.Queue;
  readonly peers: Peers;

  constructor(scope: Construct, id: string, props: ResponderFunctionProps) {
    super(scope, id);
    const { fleet, bus, topics, settings, logRetention } = props;
    this.records = new dynamodb.TableV2(this, 'Records', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      encryption: dynamodb.TableEncryptionV2.awsManagedKey(),
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: 'due',
          partitionKey: { name: 'dueIn', type: dynamodb.AttributeType.STRING },
          sortKey: { name: 'dueAt', type: dynamodb.AttributeType.NUMBER },
          projectionType: dynamodb.ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.evidence = new s3.Bucket(this, 'Evidence', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(Math.ceil(props.evidenceRetention.toSeconds() / 86_400))),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.failures = new sqs.Queue(this, 'Failures', {
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    const delivery = { deadLetterQueue: this.failures, retryAttempts: ATTEMPTS, maxEventAge: Duration.hours(24) };
    this.peers = new Peers(this, 'Peers', { fleet, path: PATH, bus, delivery, responder: () => this.function });
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.RETAIN });
    const stack = Stack.of(this);
    const role = serviceRole(this, 'Role', {
      name: 'responder',
      fleet,
      path: PATH,
      description: `Contains and restores agents of fleet ${fleet}`,
      mayAdminister: true,
      statements: () => [
        ...identityStatements(stack, fleet),
        ...merged(props.work()),
        ...(props.secrets().length > 0
          ? [
              {
                Effect: 'Allow',
                Action: ['secretsmanager:DescribeSecret', 'secretsmanager:RotateSecret'],
                Resource: props.secrets(),
              } as const,
            ]
          : []),
        { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], Resource: [this.records.tableArn] },
        { Effect: 'Allow', Action: ['dynamodb:Query'], Resource: [`${this.records.tableArn}/index/due`] },
        { Effect: 'Allow', Action: ['s3:PutObject'], Resource: [this.evidence.arnForObjects('incidents/*')] },
        { Effect: 'Allow', Action: ['sns:Publish'], Resource: topics.map(({ topicArn }) => topicArn) },
        { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus.eventBusArn] },
        {
          Effect: 'Allow',
          Action: ['ssm:GetParameter'],
          Resource: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${containPath(fleet).slice(1)}/*` })],
        },
        {
          Effect: 'Allow',
          Action: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
          Resource: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `agentic-iam/${fleet}/tasks/*.stopped` })],
        },
        { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [logGroup.logGroupArn] },
        mayKeepFailures(this.failures),
        ...this.peers.statements,
      ],
    });
    this.function = new lambda.Function(this, 'Function', {
      description: `Contains and restores agents of fleet ${fleet}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(handlerFolder('containment')),
      role,
      memorySize: 512,
      timeout: TIMEOUT,
      logGroup,
      environment: {
        RECORD_TABLE: this.records.tableName,
        EVIDENCE_BUCKET: this.evidence.bucketName,
        DETECTION_BUS: bus.eventBusName,
        PEERS: this.peers.setting,
        TOPICS: Fn.join(
          ',',
          topics.map(({ topicArn }) => topicArn),
        ),
        SETTINGS: JSON.stringify({ ...settings, longestStepSeconds: TIMEOUT.toSeconds() }),
      },
    });
    keepFailures(this.function, this.failures, this.node.findChild('RolePolicy'));
    this.url = this.function.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
    this.addRules(bus, delivery);
  }

  private addRules(bus: IEventBus, delivery: LambdaFunctionProps): void {
    new Rule(this, 'Detections', {
      eventBus: bus,
      description: 'Detections of agents, for containment',
      eventPattern: { source: ['agentic-iam'], detailType: ['Agent Detection'] },
      targets: [new FunctionTarget(this.function, delivery)],
    });
    new Rule(this, 'Findings', {
      description: 'Findings that somebody chose the action for',
      eventPattern: {
        source: ['aws.securityhub'],
        detailType: ['Security Hub Findings - Custom Action'],
        detail: { actionName: ['Contain agent'] },
      },
      targets: [new FunctionTarget(this.function, delivery)],
    });
    new Rule(this, 'EveryMinute', {
      description: 'Goes on with open incidents, and looks again at agents that are contained',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new FunctionTarget(this.function, { event: RuleTargetInput.fromObject({ sweep: true }), retryAttempts: 0 })],
    });
  }
}

/** One statement for each kind of work. */
function merged(work: readonly WorkAccess[]): readonly Statement[] {
  const byActions = new Map<string, { readonly actions: readonly string[]; readonly resources: Set<string> }>();
  for (const { actions, resources } of work) {
    const key = actions.join();
    const known = byActions.get(key) ?? { actions, resources: new Set<string>() };
    for (const resource of resources) known.resources.add(resource);
    byActions.set(key, known);
  }
  return [...byActions.values()].map(({ actions, resources }) => ({ Effect: 'Allow', Action: actions, Resource: [...resources] }));
}

/**
 * Roles of the fleet's agents alone, by path and tag, and only those with a boundary of this library: what is written into such a role can give it no more than
 * its boundary admits. Brakes and chains by their names.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function identityStatements(stack: Stack, fleet: string): readonly Statement[] {
  const iamArn = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'iam', region: '', resource, resourceName });
  const roles = iamArn('role', `agentic-iam/${fleet}/*`);
  const brakes = iamArn('policy', `agentic-iam/${fleet}/${fleet}--*--brake`);
  const chains = iamArn('policy', `agentic-iam/${fleet}/${fleet}--chain-*`);
  const tagged = { 'aws:ResourceTag/agentic-iam:fleet': fleet };
  const bounded = { 'iam:PermissionsBoundary': iamArn('policy', 'agentic-iam/*') };
  return [
    {
      Effect: 'Allow',
      Action: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:SimulatePrincipalPolicy'],
      Resource: [roles],
    },
    { Effect: 'Allow', Action: ['iam:UpdateAssumeRolePolicy'], Resource: [roles], Condition: { StringEquals: tagged } },
    {
      Effect: 'Allow',
      Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
      Resource: [roles],
      Condition: { StringEquals: tagged, StringLike: bounded },
    },
    {
      Effect: 'Allow',
      Action: ['iam:AttachRolePolicy'],
      Resource: [roles],
      Condition: { StringEquals: tagged, ArnLike: { 'iam:PolicyARN': brakes } },
    },
    { Effect: 'Allow', Action: ['iam:GetPolicy', 'iam:GetPolicyVersion'], Resource: ['*'] },
    {
      Effect: 'Allow',
      Action: ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion', 'iam:ListPolicyVersions', 'iam:SetDefaultPolicyVersion'],
      Resource: [brakes, chains],
    },
  ];
}
