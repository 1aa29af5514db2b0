import { Construct, type IConstruct } from 'constructs';
import { agentOfOtherFleet, agentWatchedTwice } from '../core/detection-errors';
import type { IDuration } from '../core/duration';
import { MaturityLevel, type Signal } from '../core/enums';
import { emptyField } from '../core/errors';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import { DataAzurermSubscription, LogAnalyticsWorkspace } from '../terraform/azurerm';
import type { IAgentIdentity, ResourceGroupRef } from './agent-identity';
import { AgentTrail } from './agent-trail';
import type { AlertTarget } from './alert-target';
import { CATALOG } from './catalog';
import type * as parts from './private/monitoring';

/** The monitoring of a fleet. */
export interface IAgentMonitoring extends IConstruct {
  readonly fleet: string;
  /** Tells the detector what one more agent declared. The agent must have its role in this app. */
  watch(identity: IAgentIdentity): void;
}

export interface AgentMonitoringProps {
  /** Agents to watch, all of one fleet; more with `watch()`. */
  readonly agents: readonly IAgentIdentity[];
  /** Where the detector, its memory and its rules are. */
  readonly resourceGroup: ResourceGroupRef;
  /** Fleet it is for. @default - that of the first agent, else `main` */
  readonly fleet?: string;
  /** `LOGGING` records and says who did what; from `ALERTING` on, calls are judged and told. @default MaturityLevel.ALERTING */
  readonly level?: MaturityLevel;
  /** Who is told, besides the topic of detections. @default - nobody else */
  readonly notify?: readonly AlertTarget[];
  /** Where calls are recorded. @default AgentTrail.create() */
  readonly trail?: AgentTrail;
  /** Whether near-real-time rules of Sentinel are made, too; the workspace must have Sentinel. @default false */
  readonly sentinel?: boolean;
  /** How many instances of the detector may run at once. @default 40 */
  readonly maxInstances?: number;
  /** For how long no agent may make a call before that is told: a fleet that works day and night is never still. @default - silence is not told */
  readonly silentAfter?: IDuration;
}

const INSTANCES = 40;

/**
 * Watches what the agents of a fleet do: one for the fleet and subscription, however many agents it has. Each record of the activity log and of the agents' resources
 * is compared with what its agent declared, and what the declaration does not allow becomes a detection on a topic, an alert, and a message to whoever is named.
 * Beside that, rules for each agent ask the workspace itself, compiled from what it was granted.
 *
 * Calls arrive 3 to 20 minutes after they were made, as Azure hands them on; reads of the control plane are in no log. All calls of one identity are one session:
 * each resource has a token of its own, and logs tell no runs apart.
 *
 * Throws for agents of several fleets, for one that is watched twice, and for one that has no identity in the app.
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/stream-monitoring-data-event-hubs
 */
export class AgentMonitoring extends Construct implements IAgentMonitoring {
  readonly fleet: string;
  readonly resourceGroup: ResourceGroupRef;
  /** `/subscriptions/ID`, whose activity is recorded. */
  readonly subscription: string;
  /** Id of the workspace with the calls. */
  readonly workspaceId: string;
  /** Event Grid topic of detections, in CloudEvents of type `AgentDetection`. Undefined at level `LOGGING`. */
  readonly bus?: { readonly id: string; readonly name: string };
  /** Where its calls are sent. */
  readonly calls: parts.CallsHub;
  /** The detector. Undefined at level `LOGGING`. */
  readonly detector?: parts.Detector;
  /** The rule of each signal, of all agents together. */
  readonly alarms?: Readonly<Record<Signal, parts.FleetAlerts['signals'][Signal]>>;
  private readonly alerts?: parts.FleetAlerts;
  private readonly watched = new Map<string, IAgentIdentity>();

  constructor(scope: Construct, id: string, props: AgentMonitoringProps) {
    super(scope, id);
    const { agents, resourceGroup: group } = props;
    this.fleet = checkName('fleet', props.fleet ?? agents[0]?.fleet ?? 'main');
    const { fleet } = this;
    for (const [field, value] of Object.entries({ name: group.name, location: group.location }))
      if (value.trim() === '')
        throw emptyField(`monitoring of fleet '${fleet}'`, `resourceGroup.${field}`, 'the detector would have no place');
    this.resourceGroup = group;
    this.subscription = new DataAzurermSubscription(this, 'Subscription', {}).id;
    // Loaded here: most stacks with agents have no monitoring.
    const monitoring = require('./private/monitoring') as typeof parts;
    GovernanceBook.of(this.node.root).claimAll(this.node.path, { cloud: CATALOG.cloud, fleet }, monitoring.PARTS);
    const trail = props.trail ?? AgentTrail.create();
    this.workspaceId =
      trail.workspaceId ?? this.workspace(monitoring.fleetName(fleet, 'calls'), { group, retention: trail.made?.retention });
    if (trail.made?.locked)
      new monitoring.LockedArchive(this, 'Archive', { fleet, group, workspaceId: this.workspaceId, retention: trail.made.retention });
    const isJudged = (props.level ?? MaturityLevel.ALERTING) >= MaturityLevel.ALERTING;
    this.calls = new monitoring.CallsHub(this, 'Calls', {
      fleet,
      group,
      subscription: this.subscription,
      workspaceId: this.workspaceId,
      directory: trail.made?.directory ?? false,
      record: trail.made !== undefined,
      scopes: () => this.scopes(),
    });
    if (isJudged) {
      const maxInstances = props.maxInstances ?? INSTANCES;
      const routes = (props.notify ?? []).map(({ route }) => route);
      this.detector = new monitoring.Detector(this, 'Detector', {
        fleet,
        group,
        calls: this.calls,
        workspaceId: this.workspaceId,
        maxInstances,
        notify: routes,
      });
      this.bus = this.detector.detections;
      this.alerts = new monitoring.FleetAlerts(this, 'Alerts', {
        fleet,
        group,
        workspaceId: this.workspaceId,
        notify: routes,
        sentinel: props.sentinel ?? false,
        ...(props.silentAfter ? { silentAfterSeconds: props.silentAfter.toSeconds() } : {}),
      });
      this.alarms = this.alerts.signals;
      monitoring.fleetWorkbook(this, 'Workbook', { fleet, group, workspaceId: this.workspaceId });
    }
    for (const identity of agents) this.watch(identity);
  }

  watch(identity: IAgentIdentity): void {
    const { agent, fleet } = identity;
    if (fleet !== this.fleet) throw agentOfOtherFleet(agent.name, { fleet: this.fleet, other: fleet });
    if (this.watched.has(agent.name)) throw agentWatchedTwice(agent.name);
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    this.watched.set(agent.name, identity);
    if (!this.detector || !this.alerts) return;
    const { watchBlob } = require('./private/monitoring') as typeof parts;
    const { registry, function: worker } = this.detector;
    watchBlob(identity, member, { account: worker.storage.name, container: registry.name });
    this.alerts.addAgent(identity, member);
  }

  /** Ids of all that its agents were given. */
  private scopes(): readonly string[] {
    const fleets = Fleets.of(this.node.root);
    return [...this.watched.keys()].flatMap(
      (name) => fleets.tryFind(CATALOG.cloud, this.fleet, name)?.plan?.grants.flatMap(({ scopes }) => scopes.map(String)) ?? [],
    );
  }

  private workspace(
    name: string,
    { group, retention }: { readonly group: ResourceGroupRef; readonly retention: IDuration | undefined },
  ): string {
    return new LogAnalyticsWorkspace(this, 'Workspace', {
      name,
      resourceGroupName: group.name,
      location: group.location,
      sku: 'PerGB2018',
      localAuthenticationEnabled: false,
      ...(retention ? { retentionInDays: Math.ceil(retention.toSeconds() / 86_400) } : {}),
    }).id;
  }
}
