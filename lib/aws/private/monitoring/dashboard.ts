import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { Signal } from '../../../core/enums';
import { type FleetAlarms, fleetMetric, signalMetric } from './alarms';
import type { DetectorFunction } from './detector';
import type { CallRoutes } from './routes';

export interface FleetDashboardProps {
  readonly fleet: string;
  readonly detector: DetectorFunction;
  readonly routes: CallRoutes;
  readonly alarms: FleetAlarms;
}

const COLORS: Readonly<Record<Signal, string>> = {
  [Signal.PRIVILEGE_ESCALATION]: '#b0152b',
  [Signal.CROSS_BOUNDARY]: '#d9730d',
  [Signal.UNEXPECTED_CALL]: '#b08900',
  [Signal.UNKNOWN_SEQUENCE]: '#3d6fb4',
  [Signal.VELOCITY]: '#6b4fa0',
};
/** Agents with a line of their own; of a larger fleet the worst ones are shown. */
const MOST_LINES = 20;
const FIVE = Duration.minutes(5);

/** What one looks at first: is anything wrong, which signal, which agent, and does the monitoring work. */
export function fleetDashboard(
  scope: Construct,
  id: string,
  { fleet, detector, routes, alarms }: FleetDashboardProps,
): cloudwatch.Dashboard {
  const dashboard = new cloudwatch.Dashboard(scope, id, { dashboardName: `agentic-iam-${fleet}`, defaultInterval: Duration.hours(12) });
  dashboard.addWidgets(
    new cloudwatch.TextWidget({
      markdown: `# Agents of fleet ${fleet}\nEvery call is compared with what its agent declared. A signal is a call, an order or a pace that the declaration does not allow.`,
      width: 24,
      height: 2,
    }),
    new cloudwatch.AlarmStatusWidget({ title: 'Signals', alarms: Object.values(alarms.signals), width: 12, height: 3 }),
    new cloudwatch.AlarmStatusWidget({ title: 'Monitoring itself', alarms: [...alarms.pipeline], width: 12, height: 3 }),
    new cloudwatch.GraphWidget({
      title: 'Detections by signal',
      left: Object.values(Signal).map((signal) => signalMetric(fleet, signal).with({ period: FIVE, color: COLORS[signal] })),
      stacked: true,
      leftYAxis: { min: 0, label: 'detections', showUnits: false },
      width: 12,
      height: 7,
    }),
    new cloudwatch.GraphWidget({
      title: `Agents with most detections`,
      left: [
        new cloudwatch.MathExpression({
          expression: `SORT(SEARCH('{AgenticIAM,agent,fleet,signal} fleet="${fleet}" MetricName="Detections"', 'Sum', 300), SUM, DESC, ${MOST_LINES})`,
          usingMetrics: {},
          label: '',
        }),
      ],
      leftYAxis: { min: 0, label: 'detections', showUnits: false },
      width: 12,
      height: 7,
    }),
    new cloudwatch.GraphWidget({
      title: 'Calls judged',
      left: ['EventsJudged', 'EventsDuplicate', 'EventsLate', 'EventsUnread', 'EventsUnregistered'].map((name) =>
        fleetMetric(fleet, name).with({ label: name.replace('Events', '') }),
      ),
      leftYAxis: { min: 0, label: 'calls', showUnits: false },
      width: 8,
      height: 6,
    }),
    new cloudwatch.GraphWidget({
      title: 'How far behind',
      left: [
        fleetMetric(fleet, 'OldestEventAge').with({ statistic: 'Maximum', label: 'from call to judgement, s' }),
        routes.queue.metricApproximateAgeOfOldestMessage({ period: FIVE, label: 'waiting in the queue, s' }),
      ],
      leftYAxis: { min: 0, label: 'seconds', showUnits: false },
      width: 8,
      height: 6,
    }),
    new cloudwatch.GraphWidget({
      title: 'The detector',
      left: [detector.function.metricDuration({ period: FIVE, statistic: 'p99', label: 'p99, ms' })],
      right: [detector.function.metricErrors({ period: FIVE }), detector.function.metricThrottles({ period: FIVE })],
      leftYAxis: { min: 0, label: 'ms', showUnits: false },
      rightYAxis: { min: 0, showUnits: false },
      width: 8,
      height: 6,
    }),
    new cloudwatch.LogQueryWidget({
      title: 'What the detector said',
      logGroupNames: [detector.logGroup.logGroupName],
      queryLines: ['fields @timestamp, message, agent, reason', 'filter ispresent(reason)', 'sort @timestamp desc', 'limit 20'],
      width: 24,
      height: 6,
    }),
  );
  return dashboard;
}
