import { Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { chainDenyPolicy } from './chain-deny';
import { handlerFolder } from './handler-code';

export interface TaskRevokerProps {
  readonly fleet: string;
  readonly ledger: ITable;
  readonly logRetention: logs.RetentionDays;
}

/** Attributes of the entry that says a task is revoked: what the function writes can hold nothing that would pass for a credential given out. */
const STATE_ATTRIBUTES = ['pk', 'sk', 'revokedAt', 'ttl'];

/**
 * Ends tasks. Apart from the broker, since it may write the policy that stops chains, and nothing else of IAM: who gives out credentials must not
 * be able to let a stopped chain go on.
 */
export class TaskRevoker extends Construct {
  readonly url: string;
  readonly function: lambda.Function;
  private readonly functionUrl: lambda.FunctionUrl;
  private readonly policies = new Set<string>();

  constructor(scope: Construct, id: string, { fleet, ledger, logRetention }: TaskRevokerProps) {
    super(scope, id);
    const {
      Architecture,
      Code,
      Function: LambdaFunction,
      FunctionUrlAuthType,
      LoggingFormat,
      Runtime,
    } = require('aws-cdk-lib/aws-lambda') as typeof lambda;
    const { LogGroup } = require('aws-cdk-lib/aws-logs') as typeof logs;
    const stack = Stack.of(this);
    this.policies.add(chainDenyPolicy(stack, fleet).managedPolicyArn);
    const logGroup = new LogGroup(this, 'Log', { retention: logRetention });
    const role = new iam.Role(this, 'Role', {
      path: '/agentic-iam-broker/',
      description: `Ends tasks of fleet ${fleet}`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'iam:CreatePolicyVersion',
          'iam:DeletePolicyVersion',
          'iam:GetPolicy',
          'iam:GetPolicyVersion',
          'iam:ListPolicyVersions',
          'iam:SetDefaultPolicyVersion',
        ],
        resources: Lazy.list({ produce: () => [...this.policies] }),
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['dynamodb:PutItem'],
        resources: [ledger.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': STATE_ATTRIBUTES }, Null: { 'dynamodb:Attributes': 'false' } },
      }),
    );
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Ends tasks of fleet ${fleet}`,
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(handlerFolder('task-revoker')),
      role,
      memorySize: 512,
      timeout: Duration.seconds(60),
      // One after the other: two that write the policy at once would each leave out the other's task.
      reservedConcurrentExecutions: 1,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { LEDGER_TABLE: ledger.tableName, CHAIN_POLICIES: Fn.join(',', Lazy.list({ produce: () => [...this.policies] })) },
    });
    this.functionUrl = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    this.url = this.functionUrl.url;
  }

  /** Also writes the policy of an agent that is made in another stack. */
  alsoStops(chainDeny: iam.IManagedPolicy): void {
    this.policies.add(chainDeny.managedPolicyArn);
  }

  allow(caller: iam.IRole): void {
    this.functionUrl.grantInvokeUrl(caller);
  }
}
