import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import facts from '../../catalog/monitoring.json';

export interface DeniedCallsProps {
  readonly fleet: string;
  /** The log group of the trail. */
  readonly logGroup: logs.ILogGroup;
  readonly topics: readonly ITopic[];
}

const { logAlarm } = facts;

/**
 * An alarm that asks the log of the trail itself, beside the detector and without it: an agent whose calls are denied again and again. One query for
 * all agents, by role.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-logalarm.html
 */
export class DeniedCalls extends Construct {
  constructor(scope: Construct, id: string, { fleet, logGroup, topics }: DeniedCallsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      path: '/agentic-iam-detector/',
      description: `Asks the log of the trail of fleet ${fleet}`,
      assumedBy: new iam.ServicePrincipal(logAlarm.principal, { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
      inlinePolicies: {
        ask: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['logs:GetQueryResults', 'logs:StartQuery'], resources: [logGroup.logGroupArn] }),
          ],
        }),
      },
    });
    const codes = logAlarm.deniedCodes.map((code) => JSON.stringify(code)).join(', ');
    const alarm = new CfnResource(this, 'Alarm', {
      type: 'AWS::CloudWatch::LogAlarm',
      properties: {
        AlarmDescription: `Calls of an agent of fleet ${fleet} are denied again and again; asked of the log, without the detector`,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: logAlarm.threshold,
        QueryResultsToEvaluate: 1,
        QueryResultsToAlarm: 1,
        TreatMissingData: 'notBreaching',
        AlarmActions: topics.map(({ topicArn }) => topicArn),
        ScheduledQueryConfiguration: {
          AggregationExpression: 'count(*) by userIdentity.sessionContext.sessionIssuer.userName',
          LogGroupIdentifiers: [logGroup.logGroupName],
          QueryString: `filter userIdentity.sessionContext.sessionIssuer.arn like ":role/agentic-iam/${fleet}/" and errorCode in [${codes}]`,
          ScheduledQueryRoleARN: role.roleArn,
          ScheduleConfiguration: {
            ScheduleExpression: 'rate(5 minutes)',
            StartTimeOffset: logAlarm.fromSecondsAgo,
            EndTimeOffset: logAlarm.untilSecondsAgo,
          },
        },
      },
    });
    alarm.node.addDependency(role);
  }
}
