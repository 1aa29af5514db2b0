import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Signal } from '../../../core/enums';
import type { DetectorFunction } from './detector';
import type { CallRoutes } from './routes';
import type { AlertRoutes } from './targets';

const NAMESPACE = 'AgenticIAM';
const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: AT_LEAST, LESS_THAN_THRESHOLD: BELOW } = cloudwatch.ComparisonOperator;
const { BREACHING, NOT_BREACHING } = cloudwatch.TreatMissingData;

export interface FleetAlarmsProps {
  readonly fleet: string;
  readonly detector: DetectorFunction;
  readonly routes: CallRoutes;
  readonly alerts: AlertRoutes;
  /** Silence that is told of. @default - none is */
  readonly silentAfter?: Duration;
}

interface AlarmDraft {
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold?: number;
  readonly below?: true;
}

/** One alarm for each signal, one for all of them, and those that say when the monitoring itself does not work. */
export class FleetAlarms extends Construct {
  readonly signals: Readonly<Record<Signal, cloudwatch.Alarm>>;
  readonly pipeline: readonly cloudwatch.Alarm[];
  readonly all: cloudwatch.CompositeAlarm;
  private readonly fleet: string;
  private readonly act: (alarm: cloudwatch.AlarmBase) => void;

  constructor(scope: Construct, id: string, props: FleetAlarmsProps) {
    super(scope, id);
    const { fleet, alerts } = props;
    this.fleet = fleet;
    this.act = (alarm) => {
      for (const topic of alerts.topics) alarm.addAlarmAction(new SnsAction(topic as ITopic));
    };
    this.signals = Object.fromEntries(
      Object.values(Signal).map((signal) => [
        signal,
        this.make(`Signal-${signal}`, { description: `An agent of fleet ${fleet} showed ${signal}`, metric: signalMetric(fleet, signal) }),
      ]),
    ) as Record<Signal, cloudwatch.Alarm>;
    this.pipeline = Object.entries(pipelineDrafts(props)).map(([name, draft]) => this.make(name, draft));
    for (const alarm of this.pipeline) this.act(alarm);
    this.all = new cloudwatch.CompositeAlarm(this, 'Any', {
      alarmDescription: `An agent of fleet ${fleet} showed one of the five signals`,
      alarmRule: cloudwatch.AlarmRule.anyOf(
        ...Object.values(this.signals).map((alarm) => cloudwatch.AlarmRule.fromAlarm(alarm, cloudwatch.AlarmState.ALARM)),
      ),
    });
    // The detections themselves are sent one by one: of the signals, only the whole is told by an alarm.
    this.act(this.all);
  }

  /** Tells when one agent makes no call any more. */
  addSilence(agent: string, after: Duration): void {
    const metric = new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName: 'EventsJudged',
      dimensionsMap: { fleet: this.fleet, agent },
      statistic: 'Sum',
      period: after,
    });
    const description = `Agent ${agent} of fleet ${this.fleet} made no call: it stands still, or nothing of it arrives`;
    this.act(this.make(`Silent-${agent}`, { description, metric, below: true }));
  }

  private make(id: string, { description, metric, threshold = 1, below }: AlarmDraft): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: below ? BELOW : AT_LEAST,
      treatMissingData: below ? BREACHING : NOT_BREACHING,
    });
  }
}

function pipelineDrafts({ fleet, detector, routes, alerts, silentAfter }: FleetAlarmsProps): Readonly<Record<string, AlarmDraft>> {
  const minute = { period: Duration.minutes(1) };
  const waiting = { metricName: 'ApproximateNumberOfMessagesVisible', ...minute, statistic: 'Maximum' };
  return {
    Undelivered: {
      description: `Calls of agents of fleet ${fleet} did not reach the detector's queue`,
      metric: routes.undelivered.metric(waiting.metricName, waiting),
    },
    DeadLetters: {
      description: `Calls of agents of fleet ${fleet} could not be judged`,
      metric: routes.deadLetters.metric(waiting.metricName, waiting),
    },
    AlertFailures: {
      description: `Detections of fleet ${fleet} did not reach their targets`,
      metric: alerts.failures.metric(waiting.metricName, waiting),
    },
    DetectorErrors: { description: `The detector of fleet ${fleet} fails`, metric: detector.function.metricErrors(minute) },
    DetectorThrottles: { description: `The detector of fleet ${fleet} is not let run`, metric: detector.function.metricThrottles(minute) },
    Behind: {
      description: `The detector of fleet ${fleet} is more than five minutes behind`,
      metric: routes.queue.metricApproximateAgeOfOldestMessage(minute),
      threshold: 300,
    },
    Unread: { description: `Records of fleet ${fleet} are not understood`, metric: fleetMetric(fleet, 'EventsUnread') },
    Unregistered: {
      description: `An agent of fleet ${fleet} acts that the registry does not hold`,
      metric: fleetMetric(fleet, 'EventsUnregistered'),
    },
    ...(silentAfter
      ? {
          Silent: {
            description: `No agent of fleet ${fleet} made a call: the fleet stands still, or nothing of it arrives`,
            metric: fleetMetric(fleet, 'EventsJudged', silentAfter),
            below: true as const,
          },
        }
      : {}),
  };
}

/** Detections of one signal, of all agents of a fleet or of one. */
export function signalMetric(fleet: string, signal: Signal, agent?: string): cloudwatch.Metric {
  const dimensionsMap: Record<string, string> = agent === undefined ? { fleet, signal } : { fleet, agent, signal };
  return new cloudwatch.Metric({
    namespace: NAMESPACE,
    metricName: 'Detections',
    dimensionsMap,
    statistic: 'Sum',
    period: Duration.minutes(1),
    label: agent ?? signal,
  });
}

export function fleetMetric(fleet: string, metricName: string, period = Duration.minutes(5)): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { fleet }, statistic: 'Sum', period });
}
