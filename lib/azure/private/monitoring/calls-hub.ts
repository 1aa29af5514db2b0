import { Construct } from 'constructs';
import { shortHash } from '../../../core/names';
import {
  Eventhub,
  EventhubConsumerGroup,
  EventhubNamespace,
  EventhubNamespaceAuthorizationRule,
  MonitorAadDiagnosticSetting,
  MonitorDiagnosticSetting,
} from '../../../terraform/azurerm';
import { Aspects, resolveTokens, TerraformStack } from '../../../terraform/core';
import type { ResourceGroupRef } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import { fleetName, worldName } from './names';

const TYPES: Readonly<Record<string, { readonly target: string; readonly categories: readonly string[] }>> = facts.resourceLogs.types;

export interface CallsHubProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  /** `/subscriptions/ID`, whose activity is recorded. */
  readonly subscription: string;
  readonly workspaceId: string;
  /** Whether the directory's logs are recorded, too. */
  readonly directory: boolean;
  /** Whether settings are made for the activity log and the agents' resources. */
  readonly record: boolean;
  /** Ids of what the agents were given; asked when the template is written. */
  readonly scopes: () => readonly string[];
}

/**
 * Logs of the subscription, of the directory, and of the resources that the agents use, on an event hub for the detector and in a workspace for people. Nobody
 * listens on the hub by a key: the one rule there is lets the logs in.
 */
export class CallsHub extends Construct {
  readonly namespace: EventhubNamespace;
  readonly hub: Eventhub;
  readonly consumers: EventhubConsumerGroup;
  private readonly rule: EventhubNamespaceAuthorizationRule;
  private readonly props: CallsHubProps;

  constructor(scope: Construct, id: string, props: CallsHubProps) {
    super(scope, id);
    this.props = props;
    const { fleet, group } = props;
    this.namespace = new EventhubNamespace(this, 'Namespace', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, 'calls'),
      resourceGroupName: group.name,
      location: group.location,
      sku: 'Standard',
      autoInflateEnabled: true,
      maximumThroughputUnits: 10,
      minimumTlsVersion: '1.2',
    });
    this.hub = new Eventhub(this, 'Hub', { name: 'calls', namespaceId: this.namespace.id, partitionCount: 4, messageRetention: 7 });
    const within = { namespaceName: this.namespace.name, resourceGroupName: group.name };
    this.consumers = new EventhubConsumerGroup(this, 'Consumers', { name: 'detector', eventhubName: this.hub.name, ...within });
    this.rule = new EventhubNamespaceAuthorizationRule(this, 'LogsIn', {
      name: 'logs-in',
      ...within,
      send: true,
      listen: true,
      manage: true,
    });
    if (props.record) {
      this.setting('Activity', props.subscription, facts.activity.categories);
      // What the agents use is known once all their roles were made.
      Aspects.of(TerraformStack.of(this)).add({
        visit: (node) => {
          if (node === this) this.recordResources();
        },
      });
    }
    if (props.directory)
      new MonitorAadDiagnosticSetting(this, 'Directory', {
        name: fleetName(fleet, 'calls'),
        ...this.destination(),
        enabledLog: facts.directory.categories.map((category) => ({ category })),
      });
  }

  /** Resources of the agents whose calls of data no log records. */
  unrecorded(): readonly string[] {
    return this.props
      .scopes()
      .map((scope) => String(resolveTokens(this, scope)))
      .filter((scope) => !targetOf(scope));
  }

  private recordResources(): void {
    const targets = new Map<string, readonly string[]>();
    for (const scope of this.props.scopes()) {
      const found = targetOf(String(resolveTokens(this, scope)));
      if (found) targets.set(found.target, found.categories);
    }
    for (const [target, categories] of targets) {
      const id = `Resource-${shortHash(target)}`;
      if (!this.node.tryFindChild(id)) this.setting(id, target, categories);
    }
  }

  private setting(id: string, targetResourceId: string, categories: readonly string[]): void {
    new MonitorDiagnosticSetting(this, id, {
      name: fleetName(this.props.fleet, 'calls'),
      targetResourceId,
      ...this.destination(),
      logAnalyticsDestinationType: 'Dedicated',
      enabledLog: categories.map((category) => ({ category })),
    });
  }

  /** Where settings send calls to. */
  destination() {
    return { eventhubAuthorizationRuleId: this.rule.id, eventhubName: this.hub.name, logAnalyticsWorkspaceId: this.props.workspaceId };
  }
}

/** What a setting goes on, so that calls on a scope are recorded: the service or account that holds it. */
export function targetOf(scope: string): { readonly target: string; readonly categories: readonly string[] } | undefined {
  const [, account, provider, kind, , part] =
    /^((?:\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)?\/providers\/([^/]+)\/([^/]+)\/([^/]+))(?:\/([^/]+))?/i.exec(scope) ?? [];
  if (account === undefined) return undefined;
  const type = `${provider}/${kind}`.toLowerCase();
  const found = TYPES[`${type}/${part?.toLowerCase()}`] ?? TYPES[type];
  return found && { target: found.target.replace('{account}', account), categories: found.categories };
}
