import { Construct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import { datadogMonitorsOf } from '../core/alerts/saved-searches';
import { invalidAlertTarget } from '../core/detection-errors';
import { checkName } from '../core/names';
import { defaultFleet } from '../core/window';
import { RawProvider, RawResource } from '../terraform/raw';

export interface FleetMonitorsProps {
  /** Agents of one fleet, on whatever clouds they run. */
  readonly agents: readonly AgentSpec[];
  /** @default - the environment of the first agent's scope, else `main` */
  readonly fleet?: string;
  /** Who is told, as Datadog writes it: `@pagerduty-agents`, `@slack-oncall`, `@someone@example.com`. @default - nobody; the monitor still shows */
  readonly notify?: readonly string[];
}

/** @see https://registry.terraform.io/providers/DataDog/datadog/latest */
const PROVIDER = { name: 'datadog', source: 'DataDog/datadog', version: '>= 3.40' } as const;
const HANDLE = /^@[A-Za-z0-9][A-Za-z0-9@._+-]*$/;

/**
 * One monitor for each of the five signals in Datadog, over the findings that `AlertTarget.datadog()` delivers: what `agentic-iam alerts --for datadog`
 * writes, kept by Terraform. A provider block of the stack's own is used; where it has none, an empty one takes its keys from the environment.
 *
 * Throws for handles that a message would read as more than one.
 * @see https://registry.terraform.io/providers/DataDog/datadog/latest/docs/resources/monitor
 */
export class FleetMonitors extends Construct {
  readonly fleet: string;

  constructor(scope: Construct, id: string, { agents, fleet, notify = [] }: FleetMonitorsProps) {
    super(scope, id);
    this.fleet = checkName('fleet', fleet ?? defaultFleet(agents[0]?.scope.environment));
    const odd = notify.find((handle) => !HANDLE.test(handle));
    if (odd !== undefined) throw invalidAlertTarget('datadog', odd, "write one handle each, such as '@pagerduty-agents'");
    RawProvider.ensure(this, PROVIDER);
    const names = agents.map(({ name }) => name);
    for (const { signal, monitor } of datadogMonitorsOf({ name: this.fleet, agents: names })) {
      const { options, message, ...rest } = monitor;
      const { thresholds, ...flags } = options;
      new RawResource(this, signal, {
        type: 'datadog_monitor',
        providerName: PROVIDER.name,
        attributes: { ...rest, message: [message, ...notify].join(' '), ...flags, monitor_thresholds: [thresholds] },
      });
    }
  }
}
