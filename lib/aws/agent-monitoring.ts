import { Annotations, type Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { agentOfOtherFleet, agentWatchedTwice, noLogToAsk } from '../core/detection-errors';
import { MaturityLevel, type Signal } from '../core/enums';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import type { IAgentIdentity } from './agent-identity';
import { AgentTrail } from './agent-trail';
import type { AlertTarget } from './alert-target';
import { CATALOG } from './catalog';
import type * as parts from './private/monitoring';

/** The monitoring of a fleet, made here or elsewhere. */
export interface IAgentMonitoring extends IConstruct {
  readonly fleet: string;
  /** Tells the detector what one more agent declared. The agent must have its role in this app. */
  watch(identity: IAgentIdentity): void;
}

/** What more is told of one agent. */
export interface WatchOptions {
  /** For how long it may make no call before that is told: for an agent that works all the time. @default - its silence is not told */
  readonly silentAfter?: Duration;
}

export interface AgentMonitoringProps {
  /** Agents to watch, all of one fleet; more with `watch()`. */
  readonly agents: readonly IAgentIdentity[];
  /** Fleet it is for. @default - that of the first agent, else `main` */
  readonly fleet?: string;
  /** `LOGGING` records and says who did what; from `ALERTING` on, calls are judged and told. @default MaturityLevel.ALERTING */
  readonly level?: MaturityLevel;
  /** Where detections go, besides the bus, the metrics and the dashboard. @default - nowhere else */
  readonly notify?: readonly AlertTarget[];
  /** Where calls are recorded. @default AgentTrail.create() */
  readonly trail?: AgentTrail;
  /** How long logs of the trail and of functions are kept in CloudWatch. @default - one year */
  readonly logRetention?: logs.RetentionDays;
  /** How many batches may be judged at once; the account must have that much to give away. @default - as many as the account allows */
  readonly reservedConcurrency?: number;
  /** For how long no agent may make a call before that is told: a fleet that works day and night is never still. @default - silence is not told */
  readonly silentAfter?: Duration;
  /**
   * Whether an alarm asks the log of the trail for denied calls, beside the detector and without it. Its type is new, and which service must be let
   * assume its role is not confirmed: try it before you rely on it. Needs a trail that is made here. @default false
   */
  readonly deniedCallsAlarm?: boolean;
  /** Calls of an agent in a day, for the estimate of the costs that is printed. @default 1000 */
  readonly expectedCallsPerAgentPerDay?: number;
}

const CALLS_PER_DAY = 1_000;
const ALARMS = 14;

/**
 * Watches what the agents of a fleet do, as it happens: one for the fleet, however many agents it has. Each call that CloudTrail records is compared with what
 * its agent declared, and what the declaration does not allow becomes a detection on a bus, a metric, an alarm, and a message to whoever is named.
 *
 * What an agent declared is in parameters beside its own role, so that deploying it changes nothing here. Agents can neither read nor change any of
 * this: their boundaries deny it. Calls of IAM and other global services are handed on from us-east-1 by a stack that is made for it.
 *
 * Calls arrive some minutes after they were made, as CloudTrail hands them on; what must never happen at all belongs into the agent's access.
 *
 * Throws for agents of several fleets, for one that is watched twice, and for one that has no identity in the app.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class AgentMonitoring extends Construct implements IAgentMonitoring {
  /** The monitoring of a fleet that another app made: agents of this one are watched by it, too. */
  static fromFleet(scope: Construct, id: string, fleet: string): IAgentMonitoring {
    const name = checkName('fleet', fleet);
    class Import extends Construct implements IAgentMonitoring {
      readonly fleet = name;
      private readonly watched = new Set<string>();

      watch(identity: IAgentIdentity): void {
        watch(this, identity, { watched: this.watched, counted: false, judged: true });
      }
    }
    return new Import(scope, id);
  }

  readonly fleet: string;
  /** Detections, as `detection.schema.json` describes them, from source `agentic-iam`. Undefined at level `LOGGING`. */
  readonly bus?: events.IEventBus;
  /** The detector. Undefined at level `LOGGING`. */
  readonly detector?: lambda.IFunction;
  /** What the detector remembers of agents and sessions. Undefined at level `LOGGING`. */
  readonly state?: dynamodb.ITable;
  /** The bucket with the log files; undefined where the trail was there already. */
  readonly trailBucket?: s3.IBucket;
  /** The log group of the trail; undefined where the trail was there already. */
  readonly trailLog?: logs.ILogGroup;
  readonly dashboard?: cloudwatch.Dashboard;
  /** The alarm of each signal, of all agents together. */
  readonly alarms?: Readonly<Record<Signal, cloudwatch.IAlarm>>;
  /** Calls that could not be judged. */
  readonly deadLetters?: sqs.IQueue;
  private readonly fleetAlarms?: parts.FleetAlarms;
  private readonly watched = new Set<string>();
  private readonly roles: parts.WatchedRoles;
  private readonly globalRoles: parts.WatchedRoles[] = [];

  constructor(scope: Construct, id: string, props: AgentMonitoringProps) {
    super(scope, id);
    this.fleet = checkName('fleet', props.fleet ?? props.agents[0]?.fleet ?? 'main');
    // Loaded here: most stacks with agents have no monitoring.
    const monitoring = require('./private/monitoring') as typeof parts;
    const { RetentionDays } = require('aws-cdk-lib/aws-logs') as typeof logs;
    const { fleet } = this;
    const logRetention = props.logRetention ?? RetentionDays.ONE_YEAR;
    this.roles = new monitoring.WatchedRoles(this, fleet);
    const book = GovernanceBook.of(this.node.root);
    book.claimAll(this.node.path, { cloud: CATALOG.cloud, fleet }, monitoring.PARTS);
    const source = props.trail ?? AgentTrail.create();
    const trail =
      source.made &&
      new monitoring.FleetTrail(this, 'Trail', {
        fleet,
        roles: this.roles,
        retention: source.made.retention,
        summaries: source.made.summaries,
        locked: source.made.locked,
        logRetention,
      });
    if (trail) {
      this.trailBucket = trail.bucket;
      this.trailLog = trail.logGroup;
    }
    let topics: parts.AlertRoutes['topics'] | undefined;
    if ((props.level ?? MaturityLevel.ALERTING) >= MaturityLevel.ALERTING) {
      const routes = new monitoring.CallRoutes(this, 'Routes', { roles: this.roles, timeout: monitoring.BATCH_TIMEOUT });
      const alerts = new monitoring.AlertRoutes(this, 'Alerts', { fleet, notify: props.notify ?? [], logRetention });
      const detector = new monitoring.DetectorFunction(this, 'Detector', {
        fleet,
        routes,
        bus: alerts.bus,
        logRetention,
        ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrency: props.reservedConcurrency }),
      });
      const alarms = new monitoring.FleetAlarms(this, 'Alarms', {
        fleet,
        detector,
        routes,
        alerts,
        ...(props.silentAfter ? { silentAfter: props.silentAfter } : {}),
      });
      this.dashboard = monitoring.fleetDashboard(this, 'Dashboard', { fleet, detector, routes, alarms });
      if (trail) monitoring.guardTrail(this, trail, alerts);
      const beside = monitoring.globalEvents(this, fleet, (roles) => this.globalRoles.push(roles));
      if (beside) book.claim(beside.node.path, { control: 'signals-watched', cloud: CATALOG.cloud, fleet });
      topics = alerts.topics;
      this.bus = alerts.bus;
      this.detector = detector.function;
      this.state = detector.table;
      this.alarms = alarms.signals;
      this.fleetAlarms = alarms;
      this.deadLetters = routes.deadLetters;
    }
    if (props.deniedCallsAlarm) {
      if (!trail || !topics) throw noLogToAsk(fleet, { option: 'deniedCallsAlarm', asks: 'the log group' });
      new monitoring.DeniedCalls(this, 'DeniedCalls', { fleet, logGroup: trail.logGroup, topics });
    }
    for (const identity of props.agents) this.watch(identity);
    this.node.addValidation({
      validate: () => {
        this.sayCosts(props, source.made?.isFirst ?? true);
        return [];
      },
    });
  }

  watch(identity: IAgentIdentity, { silentAfter }: WatchOptions = {}): void {
    watch(this, identity, { watched: this.watched, counted: silentAfter !== undefined, judged: this.detector !== undefined });
    for (const roles of [this.roles, ...this.globalRoles]) roles.add(identity);
    if (silentAfter) this.fleetAlarms?.addSilence(identity.agent.name, silentAfter);
  }

  private sayCosts({ expectedCallsPerAgentPerDay }: AgentMonitoringProps, firstTrail: boolean): void {
    const { costSentence } = require('./private/monitoring/cost') as typeof import('./private/monitoring/cost');
    const callsPerAgentPerDay = expectedCallsPerAgentPerDay ?? CALLS_PER_DAY;
    Annotations.of(this).addInfoV2(
      'agentic-iam:monitoring-costs',
      costSentence(this.fleet, this.watched.size, { callsPerAgentPerDay, firstTrail, alarms: ALARMS }),
    );
  }
}

function watch(
  monitoring: IAgentMonitoring,
  identity: IAgentIdentity,
  { watched, counted, judged }: { readonly watched: Set<string>; readonly counted: boolean; readonly judged: boolean },
): void {
  const { agent, fleet } = identity;
  if (fleet !== monitoring.fleet) throw agentOfOtherFleet(agent.name, { fleet: monitoring.fleet, other: fleet });
  if (watched.has(agent.name)) throw agentWatchedTwice(agent.name);
  const member = Fleets.of(monitoring.node.root).tryFind(CATALOG.cloud, fleet, agent.name);
  if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
  watched.add(agent.name);
  // Nobody would read it.
  if (!judged) return;
  const { watchParameters } = require('./private/monitoring') as typeof parts;
  watchParameters(identity, member, { counted });
}
