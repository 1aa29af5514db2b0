import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { handlerFolder } from '../handler-code';
import { serviceRole } from '../service-role';
import type { CallRoutes } from './routes';
import { watchPath } from './watch-parameters';

export const DETECTOR_PATH = '/agentic-iam-detector/';

/** How long one batch may take. */
export const BATCH_TIMEOUT = Duration.seconds(60);

export interface DetectorFunctionProps {
  readonly fleet: string;
  readonly routes: CallRoutes;
  readonly bus: EventBus;
  readonly logRetention: logs.RetentionDays;
  readonly reservedConcurrency?: number;
}

/** The detector with its states: judges batches of calls, and once a minute the sessions that wait for something. */
export class DetectorFunction extends Construct {
  readonly function: lambda.Function;
  readonly table: dynamodb.TableV2;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, { fleet, routes, bus, logRetention, reservedConcurrency }: DetectorFunctionProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.table = new dynamodb.TableV2(this, 'State', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      encryption: dynamodb.TableEncryptionV2.awsManagedKey(),
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
      globalSecondaryIndexes: [
        {
          indexName: 'due',
          partitionKey: { name: 'dueIn', type: dynamodb.AttributeType.STRING },
          sortKey: { name: 'dueAt', type: dynamodb.AttributeType.NUMBER },
          projectionType: dynamodb.ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.logGroup = new logs.LogGroup(this, 'Log', { retention: logRetention, removalPolicy: RemovalPolicy.RETAIN });
    const parameters = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: watchPath(fleet).slice(1) });
    const role = serviceRole(this, 'Role', {
      name: 'detector',
      fleet,
      path: DETECTOR_PATH,
      description: `Judges the calls of the agents of fleet ${fleet}`,
      statements: () => [
        { Effect: 'Allow', Action: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], Resource: [this.table.tableArn] },
        { Effect: 'Allow', Action: ['dynamodb:Query'], Resource: [`${this.table.tableArn}/index/due`] },
        { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus.eventBusArn] },
        { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [this.logGroup.logGroupArn] },
        {
          Effect: 'Allow',
          Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
          Resource: [routes.queue.queueArn],
        },
        { Effect: 'Allow', Action: ['ssm:GetParametersByPath'], Resource: [parameters] },
      ],
    });
    this.function = new lambda.Function(this, 'Function', {
      description: `Judges the calls of the agents of fleet ${fleet}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(handlerFolder('detector')),
      role,
      memorySize: 512,
      timeout: BATCH_TIMEOUT,
      logGroup: this.logGroup,
      environment: { FLEET: fleet, REGISTRY_PATH: watchPath(fleet), STATE_TABLE: this.table.tableName, DETECTION_BUS: bus.eventBusName },
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    });
    const mapping = new lambda.EventSourceMapping(this, 'Batches', {
      target: this.function,
      eventSourceArn: routes.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    // A mapping is refused while the role may not read the queue.
    mapping.node.addDependency(role, this.node.findChild('RolePolicy'));
    new Rule(this, 'EveryMinute', {
      description: 'Settles sessions that had no call for a while',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new FunctionTarget(this.function, { event: RuleTargetInput.fromObject({ sweep: true }), retryAttempts: 0 })],
    });
  }
}
