import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { BoundResource } from '../../../core/access-plan';
import { arnOf, exact, literal, on, subjectOf } from './shared';

export interface LogGroupOptions {
  /** Beginning of the names of the log streams the agent may write. @default - every stream of the group */
  readonly streamPrefix?: string;
}

/**
 * Policies name a log group with `:*` behind its name; streams are named below it. The ARN is built from the name
 * because the attribute ends in `:*` already, which a token hides.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
 */
export function bindLogGroup(group: ILogGroup, options: LogGroupOptions): BoundResource {
  const subject = subjectOf('log group', group);
  const prefix = options.streamPrefix === undefined ? '' : literal(subject, 'streamPrefix', options.streamPrefix);
  const arn = arnOf('logs', `log-group:${exact(subject, 'logGroupName', group.logGroupName)}`, group.env);
  return { kind: 'log-group', targets: { group: on(`${arn}:*`), streams: on(`${arn}:log-stream:${prefix}*`) } };
}

/** Metrics are sent to no resource, so the namespace is a condition. */
export function bindMetricNamespace(namespace: string): BoundResource {
  const condition = { StringEquals: { 'cloudwatch:namespace': literal('metric namespace', 'namespace', namespace) } };
  return { kind: 'metric-namespace', targets: { any: on('*', condition) } };
}

/** Segments are sent to no resource, and no condition key narrows them. */
export const TRACING: BoundResource = { kind: 'tracing', targets: { any: on('*') } };
