import { Construct } from 'constructs';
import { busOf, checkProtected, settingsOf } from '../core/containment/registration';
import { notContainable } from '../core/containment-errors';
import { Duration, type IDuration } from '../core/duration';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { unregisteredIdentity } from '../core/native-errors';
import { PimActiveRoleAssignment } from '../terraform/azurerm';
import { resolveTokens, TerraformOutput } from '../terraform/core';
import { AgentIdentity, type IAgentIdentity } from './agent-identity';
import type { AgentMonitoring } from './agent-monitoring';
import type { AgentWork } from './agent-work';
import type { AlertTarget } from './alert-target';
import { CATALOG } from './catalog';
import type { PeerResponder } from './peer-responder';
import type * as parts from './private/containment';
import { topicHost } from './private/topic-host';

/** What of an agent is stopped besides its roles. */
export interface ContainedAgentOptions {
  /** What works with the agent's credentials, and is stopped in quarantine. @default - its identity alone is stopped */
  readonly work?: readonly AgentWork[];
  /** Whether it does no work but to be contained by drills. @default false */
  readonly canary?: boolean;
  /**
   * Subscriptions, resource groups or resources, by id, in the subscription of the monitoring. While the agent is quarantined Azure denies it every change there,
   * whoever gives it a role: by a user-assigned deny assignment, which the responder makes by deploying a template and a restore deletes. One entry for each agent
   * and scope stays in the deployment history of the subscription or the resource group.
   *
   * That is a preview: without the feature `UserAssignedDenyAssignment` of the subscription the deployment fails, and the incident needs a person. It denies neither
   * reading nor anything on data, and may be honoured half an hour later. The responder can then deny anybody any change in these scopes, which no condition can
   * narrow: name the smallest that will do. It can also deploy to the subscription or the group of each, which makes nothing that it could not make anyway, and
   * read what was deployed there. Take none out while the agent is contained.
   *
   * Management groups, and what extends another resource, are refused: no such template can be deployed to them.
   * @default - none: its roles are taken away, and looked at every five minutes
   * @see https://learn.microsoft.com/en-us/powershell/module/az.resources/new-azdenyassignment
   */
  readonly denyChangesIn?: readonly string[];
  /**
   * Whether quarantine disables the versions of the secrets that the agent reads in key vaults, and a restore enables those again. Whoever else reads them is
   * refused, too, and Terraform can not plan a secret whose latest version is disabled; a version that is made meanwhile stays enabled. The responder can list and
   * disable versions of these secrets, and neither read nor change a value. It must reach the vaults over the network.
   * @default false: they are named, and a person decides
   * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/update-secret/update-secret
   */
  readonly disableSecrets?: boolean;
}

export interface AgentContainmentProps {
  /** Agents that may be contained, all of one fleet; more with `protect()`. */
  readonly agents: readonly IAgentIdentity[];
  /** The monitoring of the fleet, whose detections are acted upon; from level `ALERTING` on. */
  readonly monitoring: AgentMonitoring;
  /** Who is told of every step that matters. */
  readonly notify: readonly AlertTarget[];
  /** Application of the directory that people ask for tokens of, so that the responder knows who they are. */
  readonly people: { readonly tenantId: string; readonly clientId: string };
  /** Object ids of those who may contain and restore. @default - whoever gets a token of that application */
  readonly operators?: readonly string[];
  /** Whether detections act. Until then they only say what they would do; people may always contain. @default false */
  readonly armed?: boolean;
  /** Whether quarantine disables service principals: give the responder `Application.ReadWrite.OwnedBy` of Microsoft Graph first. @default false */
  readonly directory?: boolean;
  /** Automatic containments of the fleet in an hour; beyond it people decide. @default 10 */
  readonly mostPerHour?: number;
  /** How long after a restore no detection contains the agent again. @default 15 minutes */
  readonly cooldown?: IDuration;
  /** How long an agent stays contained at least. @default 15 minutes */
  readonly restoreAfter?: IDuration;
  /** Responders of the fleet on other clouds. @default - none: what is contained there is not known here */
  readonly peers?: readonly PeerResponder[];
  /** How long evidence cannot be deleted, in whole days. @default 400 days */
  readonly evidenceRetention?: IDuration;
}

const RETENTION = Duration.hours(400 * 24);
/** Azure takes that long to honour that a role was taken away. */
const SHORTEST = { seconds: 600, reason: 'Azure takes up to 10 minutes to honour that a role was taken away' };

/**
 * Stops agents of a fleet, keeps them stopped, and lets two people restore them.
 *
 * - *Safe mode* (`restrict`) takes away roles that do more than read. The *brake* takes away all: Azure honours that within 10 minutes, also for tokens that are
 *   there, since roles are looked up at each request. *Quarantine* also cuts federation, disables the service principal, stops the agent's work and, where
 *   somebody asked for it, has Azure deny it changes and disables its secrets.
 * - What no role decides stays open for as long as a token lives, up to 24 hours for a managed identity: nothing on Azure withdraws one.
 * - What was done is read back, and said to be so only then. What `terraform apply` gives again is taken away again within minutes, and told.
 * - Until `armed`, detections only say what they would do.
 * - A restore takes two people, and gives what the template says, not what was found.
 *
 * The responder may take roles from these agents alone, and give them none but the fleet's own custom roles; Azure holds it to that by a condition. No condition
 * holds what `denyChangesIn` gives it.
 *
 * Throws for agents of several fleets, for one that is not made here, for one whose roles are given for a time (by PIM), for a scope that is none, for secrets to
 * disable where there are none, and where nobody would be told.
 * @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
 */
export class AgentContainment extends Construct {
  readonly fleet: string;
  /** Address for people: requests with a token of the application. */
  readonly url: string;
  /** What was kept of incidents. */
  readonly evidence: parts.ResponderFunction['evidence'];
  /** State of every incident. */
  readonly records: parts.ResponderFunction['records'];
  /** Event Grid topic of containments of this cloud; what is sent there of other clouds is followed. */
  readonly peers: parts.ResponderFunction['topic'];
  private readonly armed: boolean;
  private readonly subscription: string;
  private readonly location: string;
  /** Whom the responder's tokens for other clouds are for: the application of people. */
  private readonly audience: string;
  private readonly made: parts.ResponderFunction;
  private readonly rights: parts.FleetRights;
  private readonly protectedAgents = new Set<string>();

  constructor(scope: Construct, id: string, props: AgentContainmentProps) {
    super(scope, id);
    const { monitoring, notify } = props;
    this.fleet = monitoring.fleet;
    this.armed = props.armed ?? false;
    this.subscription = monitoring.subscription;
    this.location = monitoring.resourceGroup.location;
    GovernanceBook.of(this.node.root).claim(this.node.path, { control: 'containment-armed', cloud: CATALOG.cloud, fleet: this.fleet });
    busOf(this.fleet, { bus: monitoring.bus, told: notify.filter(({ route }) => route.kind !== 'siem').length });
    const bus = busOf(this.fleet, {
      bus: monitoring.detector?.detections,
      told: notify.filter(({ route }) => route.kind !== 'siem').length,
    });
    // Loaded here: most stacks with agents have no containment.
    const { FleetRights, ON_IDENTITY, ResponderFunction } = require('./private/containment') as typeof parts;
    this.made = new ResponderFunction(this, 'Responder', {
      fleet: this.fleet,
      group: monitoring.resourceGroup,
      workspaceId: monitoring.workspaceId,
      bus,
      notify: notify.map(({ route }) => route),
      settings: settingsOf(this.fleet, props, SHORTEST),
      evidenceRetention: props.evidenceRetention ?? RETENTION,
      people: props.people,
      operators: props.operators ?? [],
      directory: props.directory ?? false,
    });
    const { principalId } = this.made.function.identity;
    this.rights = new FleetRights(this, 'Rights', {
      who: 'responder',
      fleet: this.fleet,
      subscription: this.subscription,
      principalId,
      mayGive: true,
      onIdentity: ON_IDENTITY,
      onCosmos: true,
    });
    this.evidence = this.made.evidence;
    this.records = this.made.records;
    this.peers = this.made.topic;
    this.audience = `api://${props.people.clientId}`;
    this.url = `https://${this.made.function.app.defaultHostname}/api/containment`;
    new TerraformOutput(this, 'Url', { description: 'Address for agentic-iam contain, status, restore and drill', value: this.url });
    new TerraformOutput(this, 'Peer', {
      description: 'What PeerResponder.azure takes on other clouds',
      value: {
        tenantId: props.people.tenantId,
        principalId,
        clientId: this.made.others.listener.clientId,
        topic: topicHost(this.made.topic),
        audience: this.audience,
      },
    });
    for (const peer of props.peers ?? []) this.connect(peer);
    for (const identity of props.agents) this.protect(identity);
  }

  /** Puts one more agent under containment. Its identity must be made in this app. */
  protect(identity: IAgentIdentity, options: ContainedAgentOptions = {}): void {
    const { work = [], canary = false, denyChangesIn = [], disableSecrets = false } = options;
    const { agent, fleet } = identity;
    checkProtected(agent, { fleet: this.fleet, other: fleet, known: this.protectedAgents });
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    this.protectedAgents.add(agent.name);
    const identityId = identity instanceof AgentIdentity ? identity.identityId : undefined;
    this.rights.add(identity, identityId);
    for (const [at, { id, actions }] of work.entries()) this.rights.addOn(`Work-${agent.name}-${at}`, id, actions);
    const { giveAskedFor, guardDeployments, registerAgent } = require('./private/containment') as typeof parts;
    if (identity instanceof AgentIdentity) guardDeployments(identity);
    const { vault, registry } = this.made;
    registerAgent({
      identity,
      member,
      identityId,
      subscription: this.subscription,
      account: vault.name,
      container: registry.name,
      armed: this.armed,
      canary,
      work,
      denyChangesIn,
      location: this.location,
      disableSecrets,
    });
    const odd = giveAskedFor(this.rights, member, { denyChangesIn, disableSecrets });
    this.node.addValidation({ validate: () => [...windowsOf(identity).map((path) => timeBound(agent.name, path)), ...odd()] });
  }

  /** Contains an agent here when it is contained there, and the other way round. The application of people must be an audience: `api://CLIENT-ID`. */
  connect(peer: PeerResponder): void {
    this.made.others.connect(peer.trust, peer.address(this.audience));
  }

  /**
   * Contains a canary for real again and again, from the trigger to the check, and restores it by itself: an agent that does nothing else. An alert tells of a
   * drill that failed.
   * @param options.schedule when, as the schedule of a function says it, seconds first, in UTC. @default - the first of each month
   */
  drill(canary: IAgentIdentity, options: { readonly schedule?: string } = {}): void {
    this.protect(canary, { canary: true });
    this.made.function.add({ CANARY: canary.agent.name, DRILL_SCHEDULE: options.schedule ?? '0 0 6 1 * *' });
  }
}

/** Roles that are given for a time, and are taken away and given by requests of their own. */
function windowsOf(identity: IAgentIdentity): readonly string[] {
  const own = String(resolveTokens(identity, identity.principalId));
  return identity.node.root.node
    .findAll()
    .filter((node): node is PimActiveRoleAssignment => node instanceof PimActiveRoleAssignment)
    .filter((node) => String(resolveTokens(node, node.principalIdInput)) === own)
    .map(({ node }) => node.path);
}

const timeBound = (agent: string, path: string): string =>
  notContainable(agent, {
    rule: 'must have no role that is given for a time by PIM',
    reason: 'such a role is taken away by a request of its own kind, which is not made here',
    value: path,
    fix: 'leave the window of its role out, or contain it by hand',
  }).message;
