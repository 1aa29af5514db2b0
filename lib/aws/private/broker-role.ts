import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { identityName } from '../../core/names';
import type { IAgentIdentity } from '../agent-identity';
import { deriveBoundary } from './boundary';
import { LateDocument } from './late-document';
import { sizeIn } from './policy-size';
import type { Statement } from './statement';
import { parameterPath } from './task-table';
import { FEDERATION } from './trust/facts';

/** Not the path of agents: what stops agents must not take the broker for one. */
const PATH = '/agentic-iam-broker/';
const NAME = 'task-broker';
const ROLE_NAME_LIMIT = 64;

const nameOf = (fleet: string): string => identityName(fleet, NAME, ROLE_NAME_LIMIT);

/** The ARN of a fleet's broker, by name, so that a trust may name it without depending on it. */
export function brokerRoleArn(stack: Stack, { fleet, account }: { readonly fleet: string; readonly account?: string | undefined }): string {
  const resourceName = `${PATH}${nameOf(fleet)}`.slice(1);
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName, ...(account === undefined ? {} : { account }) });
}

export interface BrokerRoleProps {
  readonly fleet: string;
  readonly ledger: ITable;
  readonly logGroup: ILogGroup;
}

/**
 * The role of the broker: it takes on the agents it was given, keeps its ledger and reads its templates, and everything else is denied by a
 * boundary of its own.
 */
export class BrokerRole {
  readonly role: iam.Role;
  readonly arn: string;
  private readonly agents: string[] = [];

  constructor(scope: Construct, id: string, props: BrokerRoleProps) {
    const stack = Stack.of(scope);
    this.arn = brokerRoleArn(stack, { fleet: props.fleet });
    const statements = (): readonly Statement[] => [...this.own(props, stack), ...this.takeOn()];
    this.role = new iam.Role(scope, id, {
      roleName: nameOf(props.fleet),
      path: PATH,
      description: `Gives out credentials for tasks of fleet ${props.fleet}`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    const policy = new iam.Policy(scope, `${id}Policy`, { document: new LateDocument(statements), roles: [this.role] });
    const boundary = new iam.ManagedPolicy(scope, `${id}Boundary`, {
      managedPolicyName: `${nameOf(props.fleet)}-boundary`,
      path: PATH,
      description: `Boundary of the task broker of fleet ${props.fleet}`,
      document: new LateDocument(
        () => deriveBoundary({ agent: NAME, granted: statements(), regions: [stack.region], sizeOf: sizeIn(scope) }).statements,
      ),
    });
    (this.role.node.defaultChild as iam.CfnRole).permissionsBoundary = boundary.managedPolicyArn;
    policy.node.addDependency(boundary);
  }

  /** Lets the broker take on an agent. */
  mayTakeOn({ roleArn }: IAgentIdentity): void {
    if (!this.agents.includes(roleArn)) this.agents.push(roleArn);
  }

  private own({ fleet, ledger, logGroup }: BrokerRoleProps, stack: Stack): readonly Statement[] {
    const parameters = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${parameterPath(fleet).slice(1)}/*` });
    return [
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Resource: [ledger.tableArn],
      },
      { Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [parameters] },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [`${logGroup.logGroupArn}`] },
    ];
  }

  private takeOn(): readonly Statement[] {
    return this.agents.length === 0 ? [] : [{ Effect: 'Allow', Action: FEDERATION.agent.actions, Resource: this.agents }];
  }
}
