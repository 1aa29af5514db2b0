import type { BatchFigures } from '../../../core/detection/batch';
import type { Detection } from '../../../core/detection/types';

export const NAMESPACE = 'AgenticIAM';

/**
 * A line that CloudWatch turns into metrics of the fleet.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function batchMetrics(fleet: string, figures: BatchFigures, now: number): object {
  const Metrics = Object.keys(figures).map((Name) => ({ Name, Unit: Name === 'OldestEventAge' ? 'Seconds' : 'Count' }));
  return line({ fleet }, { now, dimensions: [['fleet']], Metrics, values: { ...figures } });
}

/** Calls of one agent, for an alarm on its silence. */
export function agentMetrics(
  { fleet, name }: { readonly fleet: string; readonly name: string },
  EventsJudged: number,
  now: number,
): object {
  const Metrics = [{ Name: 'EventsJudged', Unit: 'Count' }];
  return line({ fleet, agent: name }, { now, dimensions: [['fleet', 'agent']], Metrics, values: { EventsJudged } });
}

/** One line for each agent and signal: dimensions are these alone, so that a fleet of hundreds has hundreds of metrics and not thousands. */
export function detectionMetrics(detections: readonly Detection[], now: number): readonly object[] {
  const counts = new Map<string, { readonly of: Detection; count: number }>();
  for (const detection of detections) {
    const key = `${detection.fleet} ${detection.agent} ${detection.signal}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { of: detection, count: 1 });
  }
  return [...counts.values()].map(({ of: { fleet, agent, signal }, count }) =>
    line(
      { fleet, agent, signal },
      {
        now,
        dimensions: [
          ['fleet', 'signal'],
          ['fleet', 'agent', 'signal'],
        ],
        Metrics: [{ Name: 'Detections', Unit: 'Count' }],
        values: { Detections: count },
      },
    ),
  );
}

function line(
  names: Readonly<Record<string, string>>,
  {
    now,
    dimensions,
    Metrics,
    values,
  }: {
    readonly now: number;
    readonly dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly object[];
    readonly values: Readonly<Record<string, number>>;
  },
): object {
  return { _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: dimensions, Metrics }] }, ...names, ...values };
}
