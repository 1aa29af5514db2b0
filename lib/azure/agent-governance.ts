import { Construct } from 'constructs';
import { Duration, type IDuration } from '../core/duration';
import type { MaturityLevel } from '../core/enums';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { EVERY_FLEET } from '../core/governance/record';
import { checkLookedAfter, type GovernanceException, GovernanceMode, holdTo } from '../core/governance/settings';
import { invalidGovernance } from '../core/governance-errors';
import { checkName } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import { governOnSynth } from '../terraform/governance';
import { AgentIdentity, type IAgentIdentity } from './agent-identity';
import type { AgentMonitoring } from './agent-monitoring';
import type { AlertTarget } from './alert-target';
import { CATALOG } from './catalog';
import type * as parts from './private/governance';
import { GOVERNED } from './private/governance/checked';
import type { GuardrailProps } from './private/governance/guardrails';

/** How a fleet is looked after once it is deployed. */
export interface ContinuousProps {
  /** Agents that are compared with what was synthesised, all of one fleet. */
  readonly agents: readonly IAgentIdentity[];
  /** Monitoring of the fleet, at level `ALERTING` or above: findings go to its topic, and its records are watched. */
  readonly monitoring: AgentMonitoring;
  /** Who is told of findings. @default - whoever listens on the topic */
  readonly notify?: readonly AlertTarget[];
  /** Whether what drifted is put back, and calls recorded again; else it is told. @default false */
  readonly repair?: boolean;
  /**
   * Whether what was forgotten is put away once two sweeps a day apart found it; needs 'repair'. An identity that no agent owns loses the fleet's roles, one whose window
   * has passed all its roles and ways in, which the next deployment gives again; versions of a secret that a newer one replaced are disabled. Of more than five identities
   * at once none is.
   * @default false - it is told
   */
  readonly cleanUp?: boolean;
  /** How often agents are compared: 1 to 59 minutes. @default 15 minutes */
  readonly every?: IDuration;
  /** For how long a capability may go unused before that is told; the workspace must keep calls that long. @default 90 days */
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
  /** What policies above the agents' own access forbid them; needs 'fleet'. @default - nothing */
  readonly guardrails?: GuardrailProps;
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
  readonly target: MaturityLevel;
  /** Fleet that is held to it, or `*`. */
  readonly fleet: string;
  /** What was found and done, where nobody deletes it; undefined where the fleet is not looked after. */
  readonly evidence?: parts.Governor['evidence'];
  /** What looks after the fleet; undefined where nothing does. */
  readonly governor?: parts.Governor['function'];

  constructor(scope: Construct, id: string, props: AgentGovernanceProps) {
    super(scope, id);
    const { target, exceptions = [], mode = GovernanceMode.FAIL, receipts } = props;
    this.fleet = props.fleet === undefined ? EVERY_FLEET : checkName('fleet', props.fleet);
    this.target = target;
    holdTo(this.node.root, { cloud: CATALOG.cloud, fleet: this.fleet, target, exceptions });
    const asked = { mode, ...(receipts === undefined ? {} : { receipts }) };
    governOnSynth(this, asked, GOVERNED);
    if (props.guardrails) this.hold(props.guardrails);
    if (!props.continuous) return;
    const { evidence, function: governor } = this.lookAfter(props.continuous);
    this.evidence = evidence;
    this.governor = governor;
  }

  private hold(guardrails: GuardrailProps): void {
    if (this.fleet === EVERY_FLEET)
      throw invalidGovernance('governance of every fleet', {
        rule: "needs 'fleet' for guardrails",
        reason: 'they are named after one',
        fix: 'name the fleet',
      });
    const { Guardrails } = require('./private/governance') as typeof parts;
    const made = new Guardrails(this, 'Guardrails', { ...guardrails, fleet: this.fleet });
    GovernanceBook.of(this.node.root).claim(made.node.path, { control: 'guardrail', cloud: CATALOG.cloud, fleet: this.fleet });
  }

  private lookAfter(continuous: ContinuousProps): parts.Governor {
    const { agents, monitoring } = continuous;
    const { fleet, detector } = monitoring;
    const every = continuous.every ?? Duration.minutes(15);
    const { repair = false, cleanUp = false } = continuous;
    checkLookedAfter({ own: this.fleet, fleet, hasBus: detector !== undefined, every, repair, cleanUp });
    // Loaded here: most stacks with agents are not looked after.
    const { EXPECTED, Governor, PARTS } = require('./private/governance') as typeof parts;
    const book = GovernanceBook.of(this.node.root);
    const whom = { cloud: CATALOG.cloud, fleet };
    book.claimAll(this.node.path, whom, PARTS);
    const governor = new Governor(this, 'Continuous', {
      monitoring,
      bus: (detector as NonNullable<typeof detector>).detections,
      notify: (continuous.notify ?? []).map(({ route }) => route),
      repair,
      cleanUp,
      every,
      unusedAfter: continuous.unusedAfter ?? Duration.hours(90 * DAY),
      secretsAfter: continuous.secretsAfter ?? Duration.hours(90 * DAY),
      retention: continuous.retention ?? Duration.hours(400 * DAY),
    });
    for (const identity of agents) {
      const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, identity.fleet, identity.agent.name);
      if (!member || identity.fleet !== fleet) throw unregisteredIdentity(identity.agent.name, identity.node.path);
      const identityId = identity instanceof AgentIdentity ? identity.identityId : undefined;
      governor.add(identity, { member, identityId, subscription: monitoring.subscription });
      // It stands below the identity, and says what of the deployment must stay as it is.
      book.claim(`${identity.node.path}/${EXPECTED}`, { ...whom, control: 'drift-found', agent: identity.agent.name });
    }
    return governor;
  }
}
