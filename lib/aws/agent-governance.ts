import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Duration, type IDuration } from '../core/duration';
import { MaturityLevel } from '../core/enums';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { EVERY_FLEET } from '../core/governance/record';
import { checkLookedAfter, type GovernanceException, GovernanceMode, holdTo } from '../core/governance/settings';
import { invalidGovernance } from '../core/governance-errors';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import type { IAgentIdentity } from './agent-identity';
import type { AgentMonitoring } from './agent-monitoring';
import { CATALOG } from './catalog';
import type * as parts from './private/governance';
import type { GuardrailDocument, GuardrailOptions } from './private/governance/guardrails';
import { governOnSynth } from './private/governance/plugin';
import type { ToolAccess } from './private/governance/tools';

/** Policies of the organisation, attached by a stack that may: of its management account, or of a delegated administrator. */
export interface GuardrailProps extends GuardrailOptions {
  /** Accounts, organisational units, or the root, by id. */
  readonly attachTo: readonly string[];
}

/** How a fleet is looked after once it is deployed. */
export interface ContinuousProps {
  /** Agents that are compared with what was synthesised, all of one fleet. */
  readonly agents: readonly IAgentIdentity[];
  /** Monitoring of the fleet, at level `ALERTING` or above: findings go to its bus, and its trail is answered for. */
  readonly monitoring: AgentMonitoring;
  /** Who is told of findings, in plain words. @default - whoever listens on the bus */
  readonly notify?: readonly ITopic[];
  /** Whether what drifted is put back, and the trail started again; else it is told. @default false */
  readonly repair?: boolean;
  /**
   * Whether what was forgotten is put away once two sweeps a day apart found it; needs 'repair'. A role that no agent owns, or whose window has passed, gets `AWSDenyAll`
   * attached, which detaching undoes; a secret that is too old is rotated, where rotation is set up. Of more than five roles at once none is.
   * @default false - it is told
   */
  readonly cleanUp?: boolean;
  /**
   * Whether rules of AWS Config are made, too, one for each control that a role shows. The account must have a recorder, or the deployment fails.
   * @default false
   */
  readonly configRules?: boolean;
  /** How often roles are compared. @default 15 minutes */
  readonly every?: IDuration;
  /** For how long a capability may go unused before that is told. @default 90 days */
  readonly unusedAfter?: IDuration;
  /** For how long a secret of an agent may stay the same before that is told. @default 90 days */
  readonly secretsAfter?: IDuration;
  /** How long evidence cannot be deleted, by anybody. @default 400 days */
  readonly retention?: IDuration;
}

export interface AgentGovernanceProps {
  /** Level that every agent must have reached. */
  readonly target: MaturityLevel;
  /** Fleet that is held to it. @default - every fleet of the app on this cloud */
  readonly fleet?: string;
  /** What becomes of a control that is missing. @default GovernanceMode.FAIL */
  readonly mode?: GovernanceMode;
  /** Controls that are set aside for a while, each by somebody, until a day. @default - none */
  readonly exceptions?: readonly GovernanceException[];
  /** File with receipts of drills and recertifications, beside the code. @default - what only receipts show is told, and stops nothing */
  readonly receipts?: string;
  /** What the organisation forbids the fleet; needs 'fleet'. @default - nothing is attached; `AgentGovernance.guardrails()` gives the documents */
  readonly guardrails?: GuardrailProps;
  /** Tools behind gateways of AgentCore that agents may call: what is not listed is refused from target `ENFORCEMENT` on, and noted below. @default - none */
  readonly tools?: readonly ToolAccess[];
  /** How the fleet is looked after once it is deployed. @default - it is not */
  readonly continuous?: ContinuousProps;
}

const DAY = 24;

/**
 * Holds a fleet to a level of the ladder. When the app is synthesised, each control up to that level must be shown by what was synthesised, or by a receipt that nobody
 * changed; what is missing is named, for which agent, with the code that would satisfy it.
 *
 * Nothing is believed because it was set: the templates are read.
 *
 * Throws for a level that is none, an exception without reason, owner or end, and a second target for the same fleet.
 */
export class AgentGovernance extends Construct {
  /** The documents of the guardrails, for whoever attaches policies of the organisation by other means; each fits. */
  static guardrails(fleet: string, options: GuardrailOptions = {}): readonly GuardrailDocument[] {
    const { guardrailDocuments } = require('./private/governance') as typeof parts;
    return guardrailDocuments(checkName('fleet', fleet), options);
  }

  readonly target: MaturityLevel;
  /** Fleet that is held to it, or `*`. */
  readonly fleet: string;
  /** What was found and done, where nobody deletes it; undefined where the fleet is not looked after. */
  readonly evidence?: IBucket;
  /** What looks after the fleet; undefined where nothing does. */
  readonly governor?: IFunction;

  constructor(scope: Construct, id: string, props: AgentGovernanceProps) {
    super(scope, id);
    const { target, exceptions = [], mode = GovernanceMode.FAIL, receipts } = props;
    this.fleet = props.fleet === undefined ? EVERY_FLEET : checkName('fleet', props.fleet);
    this.target = target;
    holdTo(this.node.root, { cloud: CATALOG.cloud, fleet: this.fleet, target, exceptions });
    const asked = { mode, ...(receipts === undefined ? {} : { receipts }) };
    governOnSynth(this, asked);
    if (props.guardrails) this.attach(props.guardrails);
    if (props.tools) this.govern(props.tools);
    if (!props.continuous) return;
    const { evidence, function: governor } = this.lookAfter(props.continuous);
    this.evidence = evidence;
    this.governor = governor;
  }

  private govern(tools: readonly ToolAccess[]): void {
    const { governTools } = require('./private/governance') as typeof parts;
    const scope = new Construct(this, 'Tools');
    const fleet = tools[0]?.identity.fleet ?? this.fleet;
    GovernanceBook.of(this.node.root).claim(scope.node.path, { control: 'tools-governed', cloud: CATALOG.cloud, fleet });
    governTools(scope, tools, this.target >= MaturityLevel.ENFORCEMENT);
  }

  private attach(guardrails: GuardrailProps): void {
    const fleet = this.one('guardrails');
    const { attachGuardrails } = require('./private/governance') as typeof parts;
    const scope = new Construct(this, 'Guardrails');
    GovernanceBook.of(this.node.root).claim(scope.node.path, { control: 'guardrail', cloud: CATALOG.cloud, fleet });
    attachGuardrails(scope, fleet, guardrails);
  }

  private lookAfter(continuous: ContinuousProps): parts.Governor {
    const { agents, monitoring } = continuous;
    const { fleet, bus } = monitoring;
    const { repair = false, cleanUp = false } = continuous;
    checkLookedAfter({ own: this.fleet, fleet, hasBus: bus !== undefined, repair, cleanUp });
    // Loaded here: most stacks with agents are not looked after.
    const { Governor, PARTS, registerExpected } = require('./private/governance') as typeof parts;
    GovernanceBook.of(this.node.root).claimAll(this.node.path, { cloud: CATALOG.cloud, fleet }, PARTS);
    const secrets = new Set<string>();
    for (const identity of agents) {
      const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, identity.fleet, identity.agent.name);
      if (!member || identity.fleet !== fleet) throw unregisteredIdentity(identity.agent.name, identity.node.path);
      registerExpected(identity, member);
      for (const { capability, scopes } of member.plan?.grants ?? [])
        if (capability === 'secrets:read' && typeof scopes[0] === 'string') secrets.add(scopes[0]);
    }
    return new Governor(this, 'Continuous', {
      fleet,
      bus: bus as NonNullable<typeof bus>,
      topics: continuous.notify ?? [],
      repair,
      cleanUp,
      configRules: continuous.configRules ?? false,
      every: continuous.every ?? Duration.minutes(15),
      unusedAfter: continuous.unusedAfter ?? Duration.hours(90 * DAY),
      secretsAfter: continuous.secretsAfter ?? Duration.hours(90 * DAY),
      retention: continuous.retention ?? Duration.hours(400 * DAY),
      ...(monitoring.trailBucket ? { trail: `agentic-iam-${fleet}` } : {}),
      secrets: () => [...secrets],
    });
  }

  private one(what: string): string {
    if (this.fleet !== EVERY_FLEET) return this.fleet;
    throw invalidGovernance('governance of every fleet', {
      rule: `needs 'fleet' for ${what}`,
      reason: 'they name roles of one fleet',
      fix: 'name the fleet',
    });
  }
}
