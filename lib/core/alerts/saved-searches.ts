import { Signal } from '../enums';
import type { Manifest } from '../manifest';
import { unusableAlertName } from './errors';

/** What a set of searches is made for. */
export interface Fleet {
  readonly name: string;
  readonly agents: readonly string[];
}

const NAME = /^[a-z][a-z0-9-]*$/;

const MEANS: Readonly<Record<Signal, string>> = {
  [Signal.PRIVILEGE_ESCALATION]: 'tried to get more access than it was given',
  [Signal.UNEXPECTED_CALL]: 'made a call that was never granted',
  [Signal.UNKNOWN_SEQUENCE]: 'worked in an order that no workflow allows',
  [Signal.CROSS_BOUNDARY]: 'left its accounts, regions or resources',
  [Signal.VELOCITY]: 'was faster than it may be',
};
/** Severity of alerts by signal, as Splunk numbers it. @see https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf */
const SPLUNK_SEVERITY: Readonly<Record<Signal, number>> = {
  [Signal.PRIVILEGE_ESCALATION]: 5,
  [Signal.UNEXPECTED_CALL]: 4,
  [Signal.UNKNOWN_SEQUENCE]: 3,
  [Signal.CROSS_BOUNDARY]: 5,
  [Signal.VELOCITY]: 3,
};
/** Priority of monitors, as Datadog numbers it. @see https://docs.datadoghq.com/api/latest/monitors/ */
const DATADOG_PRIORITY: Readonly<Record<Signal, number>> = {
  [Signal.PRIVILEGE_ESCALATION]: 1,
  [Signal.UNEXPECTED_CALL]: 2,
  [Signal.UNKNOWN_SEQUENCE]: 3,
  [Signal.CROSS_BOUNDARY]: 1,
  [Signal.VELOCITY]: 3,
};

/** The fleets of manifests. Names reach a query as they are: one that a query would read as more than a name is refused. */
export function fleetsOf(manifests: readonly Manifest[]): readonly Fleet[] {
  const fleets = new Map<string, string[]>();
  for (const { fleet, name } of manifests.flatMap(({ agents }) => agents)) {
    for (const text of [fleet, name]) if (!NAME.test(text)) throw unusableAlertName(text);
    fleets.set(fleet, [...new Set([...(fleets.get(fleet) ?? []), name])].sort());
  }
  return [...fleets].map(([name, agents]) => ({ name, agents })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Saved searches of Splunk, one a signal and fleet, for its file savedsearches.conf. */
export function splunkSearches(manifests: readonly Manifest[]): string {
  const stanzas = fleetsOf(manifests).flatMap(({ name, agents }) =>
    Object.values(Signal).map((signal) =>
      [
        `[Agents of ${name}: ${signal}]`,
        `description = An agent of fleet ${name} ${MEANS[signal]}. Agents: ${agents.join(', ')}.`,
        `search = sourcetype="ocsf:detection_finding" source="agentic-iam" unmapped.fleet="${name}" unmapped.signal="${signal}" | stats count, latest(message) as message, latest(severity) as severity, values(finding_info.uid) as behaviours by unmapped.agent`,
        'dispatch.earliest_time = -5m@m',
        'dispatch.latest_time = @m',
        'cron_schedule = */5 * * * *',
        'enableSched = 1',
        'alert_type = number of events',
        'alert_comparator = greater than',
        'alert_threshold = 0',
        `alert.severity = ${SPLUNK_SEVERITY[signal]}`,
        'alert.suppress = 1',
        'alert.suppress.fields = unmapped.agent',
        'alert.suppress.period = 1h',
        'alert.track = 1',
      ].join('\n'),
    ),
  );
  return `${stanzas.join('\n\n')}\n`;
}

/** A monitor of Datadog. @see https://docs.datadoghq.com/api/latest/monitors/#create-a-monitor */
export interface DatadogMonitor {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
  readonly priority: number;
  readonly options: { readonly thresholds: Readonly<Record<string, number>> } & Readonly<Record<string, unknown>>;
}

/** Monitors of Datadog, one a signal and fleet, as its API takes them. */
export function datadogMonitors(manifests: readonly Manifest[]): readonly DatadogMonitor[] {
  return fleetsOf(manifests).flatMap((fleet) => datadogMonitorsOf(fleet).map(({ monitor }) => monitor));
}

/** The monitors of one fleet, by signal. */
export function datadogMonitorsOf({ name, agents }: Fleet): readonly { readonly signal: Signal; readonly monitor: DatadogMonitor }[] {
  return Object.values(Signal).map((signal) => ({
    signal,
    monitor: {
      name: `Agents of ${name}: ${signal}`,
      type: 'log alert',
      query: `logs("@metadata.product.name:agentic-iam @unmapped.fleet:${name} @unmapped.signal:${signal}").index("*").rollup("count").by("@unmapped.agent").last("5m") > 0`,
      message: `Agent {{@unmapped.agent.name}} of fleet ${name} ${MEANS[signal]}. The findings say what it did and what is recommended.`,
      tags: ['source:agentic-iam', `fleet:${name}`, `signal:${signal}`, ...agents.slice(0, 20).map((agent) => `agent:${agent}`)],
      priority: DATADOG_PRIORITY[signal],
      options: { thresholds: { critical: 0 }, enable_logs_sample: true, notify_no_data: false, renotify_interval: 60, include_tags: true },
    },
  }));
}
