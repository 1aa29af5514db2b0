import { Construct, type IConstruct } from 'constructs';
import { agentOfOtherFleet, agentWatchedTwice, noLogToAsk } from '../core/detection-errors';
import type { IDuration } from '../core/duration';
import { MaturityLevel, type Signal } from '../core/enums';
import { emptyField } from '../core/errors';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import type { IAgentIdentity } from './agent-identity';
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
  /** Where the detector and its memory are: a region that has Cloud Run and Firestore, `europe-west1`. */
  readonly region: string;
  /** Project of the detector, whose logs it reads. @default - that of the first agent */
  readonly project?: string;
  /** Fleet it is for. @default - that of the first agent, else `main` */
  readonly fleet?: string;
  /** `LOGGING` records and says who did what; from `ALERTING` on, calls are judged and told. @default MaturityLevel.ALERTING */
  readonly level?: MaturityLevel;
  /** Who is told, besides the topic of detections and the dashboard. @default - nobody else */
  readonly notify?: readonly AlertTarget[];
  /** Where calls are recorded. @default AgentTrail.create() */
  readonly trail?: AgentTrail;
  /** How many instances of the detector may run at once. @default 20 */
  readonly maxInstances?: number;
  /** For how long no agent may make a call before that is told: a fleet that works day and night is never still. @default - silence is not told */
  readonly silentAfter?: IDuration;
  /**
   * Whether the log itself is asked each half hour for calls that come where no workflow of their agent allows them, beside the detector. BigQuery bills what the
   * queries read; its API must be on, the account of Monitoring must be there, and who deploys needs `roles/logging.sqlAlertWriter`, which is why it is not the
   * default. Takes a trail of its own, and level `ALERTING` or higher. @default false
   */
  readonly sequences?: boolean;
}

const INSTANCES = 20;

/**
 * Watches what the agents of a fleet do, as it happens: one for the fleet and project, however many agents it has. Each audit log entry is compared with what its
 * agent declared, and what the declaration does not allow becomes a detection on a topic, a metric, an alert, and a message to whoever is named. Beside that, an
 * alert for each agent compares permissions with the granted ones in the log itself, without the detector.
 *
 * All calls of one identity are one session: Google Cloud's logs tell no tokens apart. For an agent that works at several things at once, declare no workflow,
 * or give each its own identity.
 *
 * Throws for agents of several fleets, for one that is watched twice, for one that has no identity in the app, and for `sequences` without a trail of its own.
 * @see https://docs.cloud.google.com/logging/docs/audit
 */
export class AgentMonitoring extends Construct implements IAgentMonitoring {
  readonly fleet: string;
  readonly project: string;
  readonly region: string;
  /** Topic of detections, as `detection.schema.json` describes them, with attributes `agent`, `fleet`, `signal` and `severity`. Undefined at level `LOGGING`. */
  readonly bus?: { readonly id: string; readonly name: string };
  /** Where its calls are sent. */
  readonly calls: parts.CallsSink;
  /** The detector. Undefined at level `LOGGING`. */
  readonly detector?: parts.Detector;
  /** Bucket of the log that keeps the calls; undefined where they are kept elsewhere. */
  readonly trailBucket?: parts.AuditLogs['bucket'];
  /** The alert of each signal, of all agents together. */
  readonly alarms?: Readonly<Record<Signal, parts.FleetAlerts['signals'][Signal]>>;
  private readonly alerts?: parts.FleetAlerts;
  private readonly orders?: parts.OrderAlerts;
  private readonly watched = new Map<string, IAgentIdentity>();

  constructor(scope: Construct, id: string, props: AgentMonitoringProps) {
    super(scope, id);
    const { agents, region } = props;
    const [first] = agents;
    this.fleet = checkName('fleet', props.fleet ?? first?.fleet ?? 'main');
    const { fleet } = this;
    const project = props.project ?? first?.project;
    if (project === undefined || region.trim() === '')
      throw emptyField(`monitoring of fleet '${fleet}'`, project === undefined ? 'project' : 'region', 'the detector would have no place');
    this.project = project;
    this.region = region;
    // Loaded here: most stacks with agents have no monitoring.
    const monitoring = require('./private/monitoring') as typeof parts;
    GovernanceBook.of(this.node.root).claimAll(this.node.path, { cloud: CATALOG.cloud, fleet }, monitoring.PARTS);
    this.calls = new monitoring.CallsSink(this, 'Calls', { fleet, project });
    const { made } = props.trail ?? AgentTrail.create();
    if (made) {
      const logs = new monitoring.AuditLogs(this, 'AuditLogs', {
        fleet,
        project,
        retentionDays: Math.ceil(made.retention.toSeconds() / 86_400),
        locked: made.locked,
        except: made.except,
        permissions: () => this.permissions(),
      });
      logs.keep(this.calls.filter, { fleet, project });
      this.trailBucket = logs.bucket;
    }
    if ((props.level ?? MaturityLevel.ALERTING) >= MaturityLevel.ALERTING) {
      const maxInstances = props.maxInstances ?? INSTANCES;
      const routes = (props.notify ?? []).map(({ route }) => route);
      this.detector = new monitoring.Detector(this, 'Detector', {
        fleet,
        project,
        region,
        calls: this.calls,
        maxInstances,
        notify: routes,
      });
      this.bus = this.detector.detections;
      this.alerts = new monitoring.FleetAlerts(this, 'Alerts', {
        fleet,
        project,
        detector: this.detector,
        notify: routes,
        ...(props.silentAfter ? { silentAfterSeconds: props.silentAfter.toSeconds() } : {}),
      });
      this.alarms = this.alerts.signals;
      monitoring.fleetDashboard(this, 'Dashboard', { fleet, project });
    }
    if (props.sequences) {
      const [bucket, channels] = [this.trailBucket, this.alerts?.channels];
      if (!bucket || !channels) throw noLogToAsk(fleet, { option: 'sequences', asks: 'the bucket of the log' });
      this.orders = new monitoring.OrderAlerts(this, 'Orders', { fleet, project, bucket, channels });
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
    this.calls.add(identity);
    if (!this.detector || !this.alerts) return;
    const { watchObject } = require('./private/monitoring') as typeof parts;
    watchObject(identity, member, { bucket: this.detector.bucket.name, counted: false });
    this.alerts.addAllowList(identity, member);
    this.orders?.add(identity, member);
  }

  /** All that its agents were granted. */
  private permissions(): readonly string[] {
    const fleets = Fleets.of(this.node.root);
    return [...this.watched.keys()].flatMap(
      (name) => fleets.tryFind(CATALOG.cloud, this.fleet, name)?.plan?.grants.flatMap(({ permissions }) => permissions) ?? [],
    );
  }
}
