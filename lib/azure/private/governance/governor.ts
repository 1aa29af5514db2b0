import { Construct } from 'constructs';
import type { IDuration } from '../../../core/duration';
import {
  type EventgridTopic,
  MonitorScheduledQueryRulesAlertV2,
  StorageAccount,
  StorageContainer,
  StorageContainerImmutabilityPolicy,
} from '../../../terraform/azurerm';
import type { IAgentIdentity } from '../../agent-identity';
import type { AgentMonitoring } from '../../agent-monitoring';
import type { AlertRoute } from '../../alert-target';
import governance from '../../catalog/governance.json';
import facts from '../../catalog/monitoring.json';
import { actionGroupOf } from '../action-group';
import { FleetRights } from '../fleet-rights';
import { fleetName, worldName } from '../monitoring/names';
import { kqlText } from '../monitoring/queries';
import { topicHost } from '../topic-host';
import { WorkerFunction } from '../worker-function';
import { type ExpectedSubject, registerExpected, registerRecords, secretsOf } from './expected';
import { Recording } from './recording';

export interface GovernorProps {
  readonly monitoring: AgentMonitoring;
  /** Topic of the fleet, for findings. */
  readonly bus: EventgridTopic;
  readonly notify: readonly AlertRoute[];
  /** Whether what drifted is put back. */
  readonly repair: boolean;
  /** Whether what was forgotten is put away. */
  readonly cleanUp: boolean;
  /** Whole minutes. */
  readonly every: IDuration;
  readonly unusedAfter: IDuration;
  readonly secretsAfter: IDuration;
  readonly retention: IDuration;
}

const days = (duration: IDuration): number => Math.ceil(duration.toSeconds() / 86_400);
const { rights } = governance;

/** Looks after a fleet that is deployed: compares it with what was synthesised, puts back what was changed, and keeps the evidence. */
export class Governor extends Construct {
  readonly function: WorkerFunction;
  /** What was found and done, day by day, where nobody deletes it. */
  readonly evidence: StorageContainer;
  private readonly rights: FleetRights;
  private readonly subjects: ExpectedSubject[] = [];
  private readonly place: { readonly account: string; readonly container: string };

  constructor(scope: Construct, id: string, props: GovernorProps) {
    super(scope, id);
    const { monitoring, bus, repair, cleanUp } = props;
    const { fleet, resourceGroup: group, subscription, workspaceId } = monitoring;
    const account = new StorageAccount(this, 'Vault', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, 'govern'),
      resourceGroupName: group.name,
      location: group.location,
      accountTier: 'Standard',
      accountReplicationType: 'ZRS',
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      allowNestedItemsToBePublic: false,
      minTlsVersion: 'TLS1_2',
      lifecycle: { preventDestroy: true },
    });
    const expected = new StorageContainer(this, 'Expected', { name: 'expected', storageAccountId: account.id });
    this.place = { account: account.name, container: expected.name };
    this.evidence = new StorageContainer(this, 'Evidence', { name: 'evidence', storageAccountId: account.id });
    new StorageContainerImmutabilityPolicy(this, 'Keep', {
      storageContainerResourceManagerId: this.evidence.id,
      immutabilityPeriodInDays: days(props.retention),
      // An unlocked policy may be shortened by whoever administers the account.
      locked: true,
    });
    this.function = new WorkerFunction(this, 'Function', {
      fleet,
      group,
      handler: 'governor',
      workspaceId,
      maxInstances: 40,
      settings: {
        REPAIR: String(repair),
        CLEAN_UP: String(cleanUp),
        UNUSED_DAYS: String(days(props.unusedAfter)),
        SECRET_DAYS: String(days(props.secretsAfter)),
        WORKSPACE_ID: workspaceId,
        TOPIC_ENDPOINT: topicHost(bus),
        EXPECTED_CONTAINER: `${account.primaryBlobEndpoint}${expected.name}`,
        EVIDENCE_CONTAINER: `${account.primaryBlobEndpoint}${this.evidence.name}`,
        COMPARE_SCHEDULE: `0 */${Math.ceil(props.every.toSeconds() / 60)} * * * *`,
        RECORDS_SCHEDULE: '30 * * * * *',
        TIDY_SCHEDULE: '0 0 5 * * *',
      },
    });
    this.function.grant('ReadExpected', expected.id, facts.roles.readBlobs);
    this.function.grant('KeepEvidence', this.evidence.id, facts.roles.writeBlobs);
    this.function.grant('Tell', bus.id, facts.roles.publish);
    this.function.grant('ReadCalls', workspaceId, rights.readCalls);
    this.rights = new FleetRights(this, 'Rights', {
      who: 'governor',
      fleet,
      subscription,
      principalId: this.function.identity.principalId,
      mayGive: repair,
      mayTakeOwn: cleanUp,
      onIdentity: repair ? rights.onIdentity : [],
      onCosmos: false,
    });
    this.rights.addEverywhere('Read', rights.read);
    if (repair) {
      this.rights.addEverywhere('Record', rights.record);
      const namespace = monitoring.calls.namespace;
      this.rights.addOn('SendCalls', namespace.id, rights.toEventHub);
      this.rights.addOn('KeepCalls', workspaceId, rights.toWorkspace);
      // Where the subscription's log is recorded by somebody else, that is theirs to restore.
      if (monitoring.calls.node.tryFindChild('Activity')) new Recording(this, 'Recording', monitoring);
    }
    // Attributes of versions, and not what is in them.
    if (cleanUp) this.rights.addDataOn('Secrets', () => [...new Set(this.subjects.flatMap(secretsOf))], rights.onSecret);
    registerRecords(this, monitoring, this.place);
    this.addAlerts(props);
  }

  /** One more agent to be looked after. */
  add(identity: IAgentIdentity, subject: Omit<ExpectedSubject, 'identity'>): void {
    registerExpected({ identity, ...subject }, this.place);
    this.rights.add(identity, subject.identityId);
    this.subjects.push({ identity, ...subject });
  }

  private addAlerts({ monitoring, notify }: GovernorProps): void {
    const { fleet, resourceGroup: group, workspaceId } = monitoring;
    const actions = actionGroupOf(this, notify, { fleet, group, task: 'governance' });
    const found = `AppTraces\n| extend Line = parse_json(Message)\n| where Line.message == "governance" and Line.fleet == ${kqlText(fleet)}\n| project TimeGenerated, Text = tostring(Line.said)`;
    const failing = `AppExceptions\n| where AppRoleName == ${kqlText(this.function.app.name)}`;
    for (const [id, severity, query] of [
      ['found', 2, found],
      ['governor-fails', 1, failing],
    ] as const)
      new MonitorScheduledQueryRulesAlertV2(this, `Alert-${id}`, {
        name: fleetName(fleet, `governance-${id}`),
        resourceGroupName: group.name,
        location: group.location,
        scopes: [workspaceId],
        severity,
        evaluationFrequency: 'PT5M',
        windowDuration: 'PT5M',
        skipQueryValidation: true,
        autoMitigationEnabled: false,
        criteria: [{ query, timeAggregationMethod: 'Count', operator: 'GreaterThan', threshold: 0 }],
        ...(actions ? { action: { actionGroups: [actions.id] } } : {}),
      });
  }
}
