import { Construct } from 'constructs';
import { busOf, checkProtected, settingsOf } from '../core/containment/registration';
import { Duration, type IDuration } from '../core/duration';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { unregisteredIdentity } from '../core/native-errors';
import { TerraformOutput } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import type { AgentMonitoring } from './agent-monitoring';
import type { AgentWork } from './agent-work';
import type { AlertTarget } from './alert-target';
import { CATALOG } from './catalog';
import type { PeerResponder } from './peer-responder';
import type * as parts from './private/containment';
import type { DenyPlace } from './private/containment/written-deny';

export type { DenyPlace } from './private/containment/written-deny';

/** What of an agent is stopped besides its account. */
export interface ContainedAgentOptions {
  /** What works with the agent's credentials, and is stopped in quarantine. @default - its account alone is stopped */
  readonly work?: readonly AgentWork[];
  /** Whether it does no work but to be contained by drills. @default false */
  readonly canary?: boolean;
  /**
   * Ids of projects in which a deny policy stops an agent that has no service account, a federated principal or an agent identity: all in which it was granted something.
   * Each gets a policy that denies what the agent was granted, and waits for a tag on the project; the responder may put on that tag and no other. It takes Google 2
   * minutes as a rule and 7 or more at times until it holds. Who deploys needs `roles/iam.denyAdmin` of the organization and `roles/resourcemanager.tagAdmin`; Google
   * refuses the policy if it does not take one of its permissions (https://docs.cloud.google.com/iam/docs/deny-permissions-support).
   *
   * @default - the agent's service account is disabled; without one it is refused
   * @see https://docs.cloud.google.com/iam/docs/deny-overview
   */
  readonly denyIn?: readonly string[];
  /**
   * The organization, or a folder or project in it, at which the responder itself writes a deny policy that stops an agent without a service account: everywhere below, whatever
   * it was granted there and by whom, in projects and past capabilities that `denyIn` does not know of. It denies what the agent was granted and every other permission that is
   * known to be deniable; a permission past its capabilities that is not known to be stays open.
   *
   * **The responder then may deny anybody anything in the whole organization**: Google gives the right to write deny policies on the organization alone, and not in parts
   * (`roles/iam.denyAdmin`). Where the service account can be disabled, or `denyIn` suffices, that is better. Who deploys needs to give roles on the organization.
   *
   * Google takes five reads and five writes of deny policies a minute: agents wait for a turn, in which all that wait are written at once. That takes seconds, and up to a
   * minute where the turns of a minute are taken; then 2 minutes as a rule and 7 or more at times until it holds. Google refuses a policy with a permission that it does not
   * take, which shows when it is written: contain a canary with the same capabilities, or this agent, once.
   *
   * @default - nothing is written
   * @see https://docs.cloud.google.com/iam/docs/deny-access
   * @see https://docs.cloud.google.com/iam/quotas
   */
  readonly denyAt?: DenyPlace;
  /**
   * Whether a federated principal is stopped by disabling the pool of its fleet, which refuses live tokens at once: of everybody who comes in by that pool. Where there are
   * others, detections only tell, and the pool is enabled when none of those that it was disabled for is contained any more. The responder may then change what is said of
   * any pool of that project, and lets nobody in.
   *
   * @default false
   * @see https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers
   */
  readonly withPool?: boolean;
  /**
   * Whether quarantine also takes away the agent's role bindings, wherever this app granted it something, and whatever else it is granted there; a restore gives those of
   * the template again. What was there is kept as evidence first. The account, or what else stops the agent, stops it sooner: this is for what would be left if somebody
   * enabled it.
   *
   * Who writes the policy of a thing may give anybody anything there. The responder's right to is narrowed to the agent's own roles by a condition, where the policy takes
   * one; Google describes that for projects alone, and policies of topics, subscriptions, queues and engines take none: there it can give anybody anything. What
   * somebody else gave the agent, and it may not take away, it tells.
   *
   * @default false
   * @see https://docs.cloud.google.com/iam/docs/setting-limits-on-granting-roles
   */
  readonly removeBindings?: boolean;
}

/** How a canary is drilled, and stopped. */
export interface DrillOptions extends Omit<ContainedAgentOptions, 'canary'> {
  /** When, as cron says it, in UTC. @default - the first of each month */
  readonly schedule?: string;
  /**
   * Whether Google is asked what the canary may do, by `testIamPermissions`, which answers for who asks: a function is made that runs as the canary, and that the responder
   * alone may call. Who deploys needs to act as the canary.
   *
   * @default - where the canary has a service account
   * @see https://docs.cloud.google.com/iam/docs/testing-permissions
   */
  readonly probe?: boolean;
}

export interface AgentContainmentProps {
  /** Agents that may be contained, all of one fleet; more with `protect()`. */
  readonly agents: readonly IAgentIdentity[];
  /** The monitoring of the fleet, whose detections are acted upon; from level `ALERTING` on. */
  readonly monitoring: AgentMonitoring;
  /** Who is told of every step that matters. */
  readonly notify: readonly AlertTarget[];
  /** Whether detections act. Until then they only say what they would do; people may always contain. @default false */
  readonly armed?: boolean;
  /** Who may contain and restore, as IAM names them: `user:ada@example.com`. @default - whoever may invoke the function by policies of your own */
  readonly operators?: readonly string[];
  /** Automatic containments of the fleet in an hour; beyond it people decide. @default 10 */
  readonly mostPerHour?: number;
  /** How long after a restore no detection contains the agent again. @default 15 minutes */
  readonly cooldown?: IDuration;
  /** How long an agent stays contained at least: tokens from before would hold again. @default - 1 hour, the life of a token */
  readonly restoreAfter?: IDuration;
  /** Responders of the fleet on other clouds. @default - none: what is contained there is not known here */
  readonly peers?: readonly PeerResponder[];
  /** How long evidence cannot be deleted. @default 400 days */
  readonly evidenceRetention?: IDuration;
}

const HOUR = Duration.hours(1);
const RETENTION = Duration.hours(400 * 24);
/** Enabling an account makes its earlier tokens valid again. https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/disable */
const SHORTEST = { seconds: HOUR.toSeconds(), reason: 'tokens from before the containment hold again until they end, within an hour' };

/**
 * Stops agents of a fleet, keeps them stopped, and lets two people restore them.
 *
 * - The *brake* disables the agent's service account: its live tokens are refused at once, and it gets no more. *Quarantine* also stops the agent's work. Google
 *   Cloud has no safe mode: who asks for it gets the brake. An agent without an account is stopped by a deny policy (`denyIn`, `denyAt`) or with its pool (`withPool`).
 * - What was done is read back, and said to be so only then. What a deployment or a person undoes is done again within minutes; Terraform leaves `disabled` alone.
 * - Until `armed`, detections only say what they would do.
 * - A restore takes two people, and comes no sooner than the longest token has ended.
 *
 * The responder may disable and enable the accounts of these agents, one by one, and can become none of them. With `denyAt` it may deny anybody anything in the organization,
 * with `removeBindings` write the policies of what these agents were granted.
 *
 * Throws for agents of several fleets, for one without a service account made here that nothing else stops, and where nobody would be told. Synth fails where a deny
 * policy would leave something open: access in another project, or past the agent's capabilities.
 * @see https://docs.cloud.google.com/iam/docs/service-accounts-disable-enable
 */
export class AgentContainment extends Construct {
  readonly fleet: string;
  /** Address for people: requests with an identity token. */
  readonly url: string;
  /** What was kept of incidents. */
  readonly evidence: parts.ResponderFunction['evidence'];
  /** State of every incident. */
  readonly records: parts.ResponderFunction['records'];
  /** Topic of containments of this cloud, with the attribute `type`; what is published there of other clouds is followed. */
  readonly peers: parts.ResponderFunction['peers'];
  private readonly armed: boolean;
  private readonly made: parts.ResponderFunction;
  private readonly protectedAgents = new Set<string>();

  constructor(scope: Construct, id: string, props: AgentContainmentProps) {
    super(scope, id);
    const { monitoring, notify } = props;
    this.fleet = monitoring.fleet;
    this.armed = props.armed ?? false;
    GovernanceBook.of(this.node.root).claim(this.node.path, { control: 'containment-armed', cloud: CATALOG.cloud, fleet: this.fleet });
    const bus = busOf(this.fleet, {
      bus: monitoring.bus,
      told: notify.filter(({ route }) => route.kind !== 'siem' && route.kind !== 'securityCommandCenter').length,
    });
    // Loaded here: most stacks with agents have no containment.
    const { ResponderFunction } = require('./private/containment') as typeof parts;
    this.made = new ResponderFunction(this, 'Responder', {
      fleet: this.fleet,
      project: monitoring.project,
      region: monitoring.region,
      bus,
      notify: notify.map(({ route }) => route),
      settings: settingsOf(this.fleet, { ...props, restoreAfter: props.restoreAfter ?? HOUR }, SHORTEST),
      evidenceRetention: props.evidenceRetention ?? RETENTION,
    });
    this.evidence = this.made.evidence;
    this.records = this.made.records;
    this.peers = this.made.peers;
    this.url = this.made.function.uri;
    new TerraformOutput(this, 'Url', { description: 'Address for agentic-iam contain, status, restore and drill', value: this.url });
    new TerraformOutput(this, 'Peer', {
      description: 'What PeerResponder.gcp takes on other clouds',
      value: { uniqueId: this.made.function.account.uniqueId, topic: this.peers.id, pool: this.made.others.poolName },
    });
    for (const peer of props.peers ?? []) this.connect(peer);
    for (const operator of props.operators ?? []) this.allowOperator(operator);
    for (const identity of props.agents) this.protect(identity);
  }

  /** Puts one more agent under containment: by its service account, if that is made in this app, else by `denyIn`, `denyAt` or `withPool`. */
  protect(identity: IAgentIdentity, options: ContainedAgentOptions = {}): void {
    this.put(identity, options);
  }

  /**
   * Contains a canary for real again and again, from the trigger to the check, and restores it by itself: an agent that does nothing else. An alert tells of a
   * drill that failed. Before, meanwhile and after it Google is asked what the canary may do, with the canary's own token, so that a drill shows that a token that is there
   * is refused, and how soon.
   */
  drill(canary: IAgentIdentity, { schedule = '0 6 1 * *', probe, ...options }: DrillOptions = {}): void {
    this.put(canary, { ...options, canary: true, probe: probe ?? canary.kind === 'service-account' });
    const { agent, fleet } = canary;
    this.made.function.callAgain(`Drill-${agent.name}`, { schedule, path: '/drill', body: { agent: agent.name, fleet } });
  }

  /** Contains an agent here when it is contained there, and the other way round. */
  connect(peer: PeerResponder): void {
    this.made.others.connect(peer.trust, peer.address);
  }

  /** Lets somebody contain and restore agents. @param operator `user:ada@example.com`, `group:...` */
  allowOperator(operator: string): void {
    this.made.function.admit(`Operator-${operator.replace(/[^A-Za-z0-9]+/g, '-')}`, operator);
  }

  private put(
    identity: IAgentIdentity,
    {
      work = [],
      canary = false,
      removeBindings = false,
      probe = false,
      ...accountless
    }: ContainedAgentOptions & Pick<DrillOptions, 'probe'>,
  ): void {
    const { agent, fleet } = identity;
    checkProtected(agent, { fleet: this.fleet, other: fleet, known: this.protectedAgents });
    const { registerAgent, switchOf } = require('./private/containment') as typeof parts;
    const by = switchOf(identity, accountless);
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    const asks = probe ? this.made.probe(identity) : undefined;
    this.protectedAgents.add(agent.name);
    const tags = this.made.allow(identity, member, by);
    for (const [at, { access }] of work.entries()) this.made.allowWork(`Work-${agent.name}-${at}`, access);
    const bindings = removeBindings ? this.made.allowBindings(identity) : undefined;
    const { project, registry } = this.made;
    registerAgent({ identity, member, by, tags, bindings, probe: asks, bucket: registry.name, project, armed: this.armed, canary, work });
  }
}
