import { Construct } from 'constructs';
import { Signal } from '../../../core/enums';
import type { FleetMember } from '../../../core/fleet';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { LoggingMetric, MonitoringAlertPolicy } from '../../../terraform/google';
import type { IAgentIdentity } from '../../agent-identity';
import type { AlertRoute } from '../../alert-target';
import facts from '../../catalog/monitoring.json';
import { channelsOf } from '../channels';
import type { Detector } from './detector';
import { fleetName } from './names';

const SIGNALS: readonly Signal[] = Object.values(Signal);

export interface FleetAlertsProps {
  readonly fleet: string;
  readonly project: string;
  readonly detector: Detector;
  readonly notify: readonly AlertRoute[];
  readonly silentAfterSeconds?: number;
}

/** Metrics of what the detector writes in its log, and an alert for each signal and each way to fail silently. */
export class FleetAlerts extends Construct {
  /** Ids of the channels that are told. */
  readonly channels: readonly string[];
  readonly signals: Readonly<Record<Signal, MonitoringAlertPolicy>>;
  private readonly props: FleetAlertsProps;

  constructor(scope: Construct, id: string, props: FleetAlertsProps) {
    super(scope, id);
    this.props = props;
    this.channels = channelsOf(this, props.notify, props);
    const { fleet, silentAfterSeconds } = props;
    const detections = this.metric('detections', { message: 'detection', labels: ['agent', 'signal', 'severity'] });
    this.signals = Object.fromEntries(
      SIGNALS.map((signal) => [
        signal,
        this.above(`Signal-${signal}`, {
          name: `Agents of fleet ${fleet}: ${signal}`,
          filter: `${userMetric(detections)} AND metric.labels.signal="${signal}"`,
        }),
      ]),
    ) as Record<Signal, MonitoringAlertPolicy>;
    const unread = this.metric('unread', { message: 'batch', value: 'EventsUnread' });
    this.above('Unread', { name: `Fleet ${fleet}: entries that nobody understood`, filter: userMetric(unread) });
    this.above('Failures', {
      name: `Fleet ${fleet}: calls that could not be judged`,
      filter: `metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id="${props.detector.delivery.failures.name}"`,
      gauge: true,
    });
    this.above('Errors', {
      name: `Fleet ${fleet}: the detector fails`,
      filter: `metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="${props.detector.function.service.name}" AND metric.labels.response_code_class="5xx"`,
      most: 10,
    });
    this.above('Late', {
      name: `Fleet ${fleet}: calls wait for their detector`,
      filter: `metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id="${fleetName(fleet, 'calls')}"`,
      gauge: true,
      most: 600,
    });
    this.metric('judged', { message: 'batch', value: 'EventsJudged' });
    if (silentAfterSeconds !== undefined) this.silence('Silence', `Fleet ${fleet}: no agent made a call`, silentAfterSeconds);
  }

  /**
   * Calls of one agent beyond its grant, from the log itself and without the detector: permissions are compared exactly with those that it was given.
   * @see https://docs.cloud.google.com/logging/docs/alerting/log-based-alerts
   */
  addAllowList(identity: IAgentIdentity, member: FleetMember): void {
    const { agent, fleet } = identity;
    const filter = Lazy.stringValue({ produce: () => this.allowList(identity, member) });
    this.policy(`Beyond-${agent.name}`, {
      displayName: `Agent ${agent.name} of fleet ${fleet}: a permission it was never given`,
      conditions: [{ displayName: 'a permission beyond the grant', conditionMatchedLog: { filter } }],
      alertStrategy: { notificationRateLimit: { period: `${facts.matchedLog.rateLimitSeconds}s` }, autoClose: '86400s' },
    });
  }

  private allowList(identity: IAgentIdentity, member: FleetMember): string {
    const permissions = [...new Set(member.plan?.grants.flatMap((grant) => grant.permissions) ?? [])].sort();
    const [field, value] =
      identity.email === undefined ? (['principalSubject', identity.member] as const) : (['principalEmail', identity.email] as const);
    const within = permissions.map((permission) => `protoPayload.authorizationInfo.permission="${permission}"`).join(' OR ');
    return [
      'protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"',
      `protoPayload.authenticationInfo.${field}="${resolveTokens(this, value)}"`,
      'protoPayload.authorizationInfo.permission:*',
      ...(within ? [`NOT (${within})`] : []),
    ].join(' AND ');
  }

  private metric(
    name: string,
    { message, labels = [], value }: { message: string; labels?: readonly string[]; value?: string },
  ): LoggingMetric {
    const { fleet, project, detector } = this.props;
    return new LoggingMetric(this, `Metric-${name}`, {
      name: fleetName(fleet, name),
      project,
      filter: `resource.type="cloud_run_revision" AND resource.labels.service_name="${detector.function.service.name}" AND jsonPayload.message="${message}" AND jsonPayload.fleet="${fleet}"${value === undefined ? '' : ` AND jsonPayload.${value}>0`}`,
      metricDescriptor: {
        metricKind: 'DELTA',
        valueType: 'INT64',
        ...(labels.length > 0 ? { labels: labels.map((key) => ({ key, valueType: 'STRING' })) } : {}),
      },
      ...(labels.length > 0 ? { labelExtractors: Object.fromEntries(labels.map((key) => [key, `EXTRACT(jsonPayload.${key})`])) } : {}),
    });
  }

  private above(
    id: string,
    { name, filter, gauge = false, most = 0 }: { name: string; filter: string; gauge?: boolean; most?: number },
  ): MonitoringAlertPolicy {
    return this.policy(id, {
      displayName: name,
      conditions: [
        {
          displayName: name,
          conditionThreshold: {
            filter,
            comparison: 'COMPARISON_GT',
            thresholdValue: most,
            duration: '0s',
            aggregations: [
              {
                alignmentPeriod: '60s',
                perSeriesAligner: gauge ? 'ALIGN_MAX' : 'ALIGN_DELTA',
                crossSeriesReducer: gauge ? 'REDUCE_MAX' : 'REDUCE_SUM',
              },
            ],
          },
        },
      ],
      alertStrategy: { autoClose: '86400s' },
    });
  }

  private silence(id: string, name: string, seconds: number): void {
    this.policy(id, {
      displayName: name,
      conditions: [
        {
          displayName: name,
          conditionAbsent: {
            filter: `metric.type="logging.googleapis.com/user/${fleetName(this.props.fleet, 'judged')}" AND resource.type="cloud_run_revision"`,
            duration: `${Math.ceil(seconds / 60) * 60}s`,
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM' }],
          },
        },
      ],
    });
  }

  private policy(id: string, config: Omit<ConstructorParameters<typeof MonitoringAlertPolicy>[2], 'combiner'>): MonitoringAlertPolicy {
    return new MonitoringAlertPolicy(this, id, {
      project: this.props.project,
      combiner: 'OR',
      notificationChannels: [...this.channels],
      ...config,
    });
  }
}

const userMetric = ({ name }: LoggingMetric): string =>
  `metric.type="logging.googleapis.com/user/${name}" AND resource.type="cloud_run_revision"`;
