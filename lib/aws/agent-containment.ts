import { Duration as CdkDuration, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import { busOf, checkProtected, settingsOf } from '../core/containment/registration';
import { notContainable } from '../core/containment-errors';
import { Duration, type IDuration } from '../core/duration';
import { AgentResponse } from '../core/enums';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { unregisteredIdentity } from '../core/native-errors';
import type { IAgentIdentity } from './agent-identity';
import type { AgentMonitoring } from './agent-monitoring';
import type { AgentWork, WorkAccess } from './agent-work';
import { CATALOG } from './catalog';
import type { PeerResponder } from './peer-responder';
import type * as parts from './private/containment';
import { letAlarmsPublish } from './private/let-alarms-publish';

/** What of an agent is stopped besides its identity. */
export interface ContainedAgentOptions {
  /** What works with the agent's credentials, and is stopped in quarantine. @default - its identity alone is stopped */
  readonly work?: readonly AgentWork[];
  /** Secrets that it reads, and that are rotated in quarantine. @default - none */
  readonly secrets?: readonly ISecret[];
  /**
   * Workflows that can be stopped by themselves, by the names that the spec gives them: what works for each alone, and templates of tasks that are its own.
   * @default - the agent is stopped as a whole
   */
  readonly workflows?: Readonly<Record<string, { readonly work?: readonly AgentWork[]; readonly tasks?: readonly string[] }>>;
  /** Whether it does no work but to be contained by drills. @default false */
  readonly canary?: boolean;
}

/** How often a canary is contained, to show that it works. */
export interface DrillOptions {
  /** @default - once a month */
  readonly every?: IDuration;
  /** How long it may take until the brake is checked; an alarm tells of more. @default 1 minute */
  readonly within?: IDuration;
}

const MONTH = Duration.hours(30 * 24);
const WITHIN = Duration.minutes(1);

export interface AgentContainmentProps {
  /** Agents that may be contained, all of one fleet; more with `protect()`. */
  readonly agents: readonly IAgentIdentity[];
  /** The monitoring of the fleet, whose detections are acted upon; from level `ALERTING` on. */
  readonly monitoring: AgentMonitoring;
  /** Who is told of every step that matters. */
  readonly notify: readonly ITopic[];
  /** Whether detections act. Until then they only say what they would do; people may always contain. @default false */
  readonly armed?: boolean;
  /** Roles and users who may contain and restore. @default - whoever may invoke the function's address by policies of your own */
  readonly operators?: readonly iam.IGrantable[];
  /** Automatic containments of the fleet in an hour; beyond it people decide. @default 10 */
  readonly mostPerHour?: number;
  /** How long after a restore no detection contains the agent again. @default 15 minutes */
  readonly cooldown?: IDuration;
  /** How long an agent stays contained at least. @default 15 minutes */
  readonly restoreAfter?: IDuration;
  /** Responders of the fleet on other clouds. @default - none: what is contained there is not known here */
  readonly peers?: readonly PeerResponder[];
  /** How long evidence cannot be deleted. @default 400 days */
  readonly evidenceRetention?: IDuration;
  /** How long the responder's log is kept. @default - one year */
  readonly logRetention?: logs.RetentionDays;
}

const RETENTION = Duration.hours(400 * 24);

/**
 * Stops agents of a fleet within seconds, keeps them stopped, and lets two people restore them.
 *
 * - *Safe mode* (`restrict`) denies everything above reading. The *brake* denies everything, for live sessions and new ones: a policy that is attached from the
 *   first deploy changes its words in one write. *Quarantine* also freezes the trust, stops the agent's work and rotates its secrets.
 * - What was done is checked by IAM's own simulator, and said to be so only then. What a deployment or a person undoes is done again within minutes.
 * - Until `armed`, detections only say what they would do.
 * - A restore takes two people, who call the address of the responder or `agentic-iam restore`, and writes what the template says.
 *
 * The responder may change roles of the fleet's agents alone, by path, tag and boundary; agents can neither reach it nor undo it.
 *
 * Throws for agents of several fleets, for a role that is not made here, and where nobody would be told.
 * @see https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec07-bp04.html
 */
export class AgentContainment extends Construct {
  /**
   * A service control policy by which nobody in the account but the responder changes a brake, and nobody but it and those who deploy changes an agent's role: an
   * administrator who was captured, too, can not undo a containment. Attach it to the accounts of the fleet; the management account is never bound by one.
   */
  static serviceControlPolicy(options: parts.IrremovableOptions): object {
    const { irremovable } = require('./private/containment') as typeof parts;
    return irremovable(options);
  }

  readonly fleet: string;
  /** What was kept of incidents. */
  readonly evidence: s3.IBucket;
  /** State of every incident. */
  readonly records: dynamodb.ITable;
  readonly responder: lambda.IFunction;
  /** Address for people: signed POST requests. */
  readonly url: string;
  /** Triggers that nothing became of. */
  readonly failures: sqs.IQueue;
  private readonly peers: parts.Peers;
  private readonly topics: readonly ITopic[];
  private readonly armed: boolean;
  private readonly functionUrl: lambda.FunctionUrl;
  private readonly work: WorkAccess[] = [];
  private readonly secrets: string[] = [];
  private readonly protectedAgents = new Set<string>();

  constructor(scope: Construct, id: string, props: AgentContainmentProps) {
    super(scope, id);
    const { monitoring, notify } = props;
    this.fleet = monitoring.fleet;
    this.armed = props.armed ?? false;
    this.topics = notify;
    const bus = busOf(this.fleet, { bus: monitoring.bus, told: notify.length });
    GovernanceBook.of(this.node.root).claim(this.node.path, { control: 'containment-armed', cloud: CATALOG.cloud, fleet: this.fleet });
    // Loaded here: most stacks with agents have no containment.
    const { ResponderFunction } = require('./private/containment') as typeof parts;
    const { RetentionDays } = require('aws-cdk-lib/aws-logs') as typeof logs;
    const made = new ResponderFunction(this, 'Responder', {
      fleet: this.fleet,
      bus,
      topics: notify,
      settings: settingsOf(this.fleet, props, SHORTEST_CONTAINMENT),
      evidenceRetention: props.evidenceRetention ?? RETENTION,
      logRetention: props.logRetention ?? RetentionDays.ONE_YEAR,
      work: () => this.work,
      secrets: () => [...new Set(this.secrets)],
    });
    this.evidence = made.evidence;
    this.records = made.records;
    this.responder = made.function;
    this.functionUrl = made.url;
    this.url = made.url.url;
    new CfnOutput(this, 'Url', { description: 'Address for agentic-iam contain, status, restore and drill', value: this.url });
    this.failures = made.failures;
    this.peers = made.peers;
    const peer = { responder: made.function.role?.roleArn, listener: made.peers.listenerArn, bus: bus.eventBusArn };
    new CfnOutput(this, 'Peer', {
      description: 'What PeerResponder.aws takes on other clouds, with the issuer of this account',
      value: Stack.of(this).toJsonString(peer),
    });
    for (const one of props.peers ?? []) this.connect(one);
    for (const operator of props.operators ?? []) this.allowOperator(operator);
    for (const identity of props.agents) this.protect(identity);
    this.addAlarms(made);
  }

  /** Puts one more agent under containment. Its role must be made in this app. */
  protect(identity: IAgentIdentity, { work = [], secrets = [], workflows = {}, canary = false }: ContainedAgentOptions = {}): void {
    const { agent, fleet, role } = identity;
    checkProtected(agent, { fleet: this.fleet, other: fleet, known: this.protectedAgents });
    if (!(role instanceof iam.Role) || !role.node.defaultChild)
      throw notContainable(agent.name, {
        rule: 'must have its role made in this app',
        reason: 'its brake is attached from the first deploy on',
        value: identity.node.path,
        fix: 'put it under containment where its AgentIdentity is made',
      });
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    checkWorkflows(agent, workflows);
    this.protectedAgents.add(agent.name);
    const { brakePolicy, registerAgent } = require('./private/containment') as typeof parts;
    brakePolicy(identity, role);
    const pieces = Object.values(workflows).flatMap((one) => one.work ?? []);
    this.work.push(...[...work, ...pieces].flatMap(({ access }) => access));
    const arns = secrets.map(({ secretFullArn, secretArn }) => secretFullArn ?? secretArn);
    this.secrets.push(...arns);
    registerAgent({
      identity,
      role,
      member,
      armed: this.armed,
      canary,
      work: [...work, ...pieces],
      workflows,
      secrets: arns,
      chains: () => this.chainsOf(),
    });
  }

  /**
   * Contains a canary for real again and again, from the trigger to the check, and restores it by itself: an agent with a role of its own that does nothing else.
   * Alarms tell of a drill that failed or took too long.
   */
  drill(canary: IAgentIdentity, { every = MONTH, within = WITHIN }: DrillOptions = {}): void {
    this.protect(canary, { canary: true });
    const { Rule, RuleTargetInput, Schedule } = require('aws-cdk-lib/aws-events') as typeof events;
    const { LambdaFunction } = require('aws-cdk-lib/aws-events-targets') as typeof targets;
    const { agent, fleet } = canary;
    new Rule(this, `Drill-${agent.name}`, {
      description: `Contains the canary ${agent.name}, to show that it works`,
      schedule: Schedule.rate(CdkDuration.minutes(Math.ceil(every.toSeconds() / 60))),
      targets: [
        new LambdaFunction(this.responder, {
          event: RuleTargetInput.fromObject({ drill: { agent: agent.name, fleet } }),
          retryAttempts: 0,
        }),
      ],
    });
    const { Metric } = require('aws-cdk-lib/aws-cloudwatch') as typeof cloudwatch;
    const metric = (metricName: string): cloudwatch.Metric =>
      new Metric({ namespace: 'AgenticIAM', metricName, dimensionsMap: { fleet }, statistic: 'Maximum', period: CdkDuration.minutes(5) });
    this.addAlarm(`DrillFailed-${agent.name}`, {
      alarmDescription: `A drill of fleet ${fleet} failed`,
      metric: metric('DrillFailures'),
      threshold: 1,
    });
    this.addAlarm(`DrillSlow-${agent.name}`, {
      alarmDescription: `A drill of fleet ${fleet} took longer than ${within.toSeconds()} s`,
      metric: metric('DrillSeconds'),
      threshold: within.toSeconds(),
    });
  }

  /**
   * Contains an agent when an alarm of your own goes off: its spending, its errors, whatever shows that it must stop. Acts once the containment is `armed`.
   * @param options.response `restrict`, `brake` or `quarantine`. @default AgentResponse.BRAKE
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
   */
  containOn(
    alarm: cloudwatch.IAlarm,
    identity: IAgentIdentity,
    options: { readonly response?: Exclude<AgentResponse, AgentResponse.NOTIFY> } = {},
  ): void {
    const { agent, fleet } = identity;
    if (!this.protectedAgents.has(agent.name))
      throw notContainable(agent.name, {
        rule: 'must be put under containment before an alarm contains it',
        reason: 'the responder touches nobody else',
        value: alarm.node.path,
        fix: 'call protect() first',
      });
    const { EventField, Rule, RuleTargetInput } = require('aws-cdk-lib/aws-events') as typeof events;
    const { LambdaFunction } = require('aws-cdk-lib/aws-events-targets') as typeof targets;
    new Rule(this, `Alarm-${agent.name}-${alarm.node.addr.slice(-8)}`, {
      description: `Contains ${agent.name} when an alarm goes off`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [
        new LambdaFunction(this.responder, {
          deadLetterQueue: this.failures,
          event: RuleTargetInput.fromObject({
            alarm: {
              id: EventField.eventId,
              at: EventField.time,
              name: EventField.fromPath('$.detail.alarmName'),
              reason: EventField.fromPath('$.detail.state.reason'),
              agent: agent.name,
              fleet,
              response: options.response ?? AgentResponse.BRAKE,
            },
          }),
        }),
      ],
    });
  }

  /** Contains an agent here when it is contained there, and the other way round. The account needs `AgentIdentity.outboundIssuer`. */
  connect(peer: PeerResponder): void {
    this.peers.connect(peer.trust, peer.address);
  }

  /** Lets somebody contain and restore agents. */
  allowOperator(operator: iam.IGrantable): void {
    this.functionUrl.grantInvokeUrl(operator);
  }

  /** Policies that stop chains, of every stack of the app in this account. */
  private chainsOf(): readonly string[] {
    const stacks = this.node.root.node.findAll().filter(Stack.isStack);
    return stacks.flatMap((stack) => {
      const policy = stack.node.tryFindChild(`AgenticIamChainDeny-${this.fleet}`);
      const name = (policy?.node.defaultChild as iam.CfnManagedPolicy | undefined)?.managedPolicyName;
      if (name === undefined || Token.isUnresolved(name)) return [];
      return [stack.formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: `agentic-iam/${this.fleet}/${name}` })];
    });
  }

  private addAlarms(made: parts.ResponderFunction): void {
    for (const topic of this.topics) letAlarmsPublish(this, topic);
    const minute = { period: CdkDuration.minutes(1) };
    const drafts: Readonly<Record<string, readonly [string, cloudwatch.IMetric]>> = {
      Errors: [`The responder of fleet ${this.fleet} fails`, made.function.metricErrors(minute)],
      Throttles: [`The responder of fleet ${this.fleet} is not let run`, made.function.metricThrottles(minute)],
      Unheard: [
        `Triggers of containment of fleet ${this.fleet} were not heard`,
        made.failures.metric('ApproximateNumberOfMessagesVisible', { ...minute, statistic: 'Maximum' }),
      ],
    };
    for (const [id, [alarmDescription, metric]] of Object.entries(drafts)) this.addAlarm(id, { alarmDescription, metric, threshold: 1 });
  }

  private addAlarm(id: string, props: Pick<cloudwatch.AlarmProps, 'alarmDescription' | 'metric' | 'threshold'>): void {
    const { Alarm, ComparisonOperator, TreatMissingData } = require('aws-cdk-lib/aws-cloudwatch') as typeof cloudwatch;
    const { SnsAction } = require('aws-cdk-lib/aws-cloudwatch-actions') as typeof actions;
    const alarm = new Alarm(this, id, {
      ...props,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    for (const topic of this.topics) alarm.addAlarmAction(new SnsAction(topic));
  }
}

function checkWorkflows(agent: AgentSpec, workflows: Readonly<Record<string, { readonly tasks?: readonly string[] }>>): void {
  const known = agent.workflows.map(({ name }) => name);
  const kinds = agent.tasks.map(({ name }) => name);
  for (const [name, { tasks = [] }] of Object.entries(workflows)) {
    const odd = known.includes(name) ? tasks.find((task) => !kinds.includes(task)) : name;
    if (odd === undefined) continue;
    throw notContainable(agent.name, {
      rule: 'must declare the workflows, and the tasks of them, that can be stopped by themselves',
      reason: 'what no spec declares is not known to be of the agent',
      value: odd,
      fix: `use one of ${[...known, ...kinds].join(', ') || 'none: it declares no workflow'}`,
    });
  }
}

/** A responder may be at a step for as long as its function may run; a restore must not come in between. */
const SHORTEST_CONTAINMENT = { seconds: 60, reason: 'a step of the containment may still be under way' };
