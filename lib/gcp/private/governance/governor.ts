import { Construct } from 'constructs';
import type { IDuration } from '../../../core/duration';
import type { FleetMember } from '../../../core/fleet';
import { shortHash } from '../../../core/names';
import { Aspects, resolveTokens, TerraformStack } from '../../../terraform/core';
import {
  CloudAssetProjectFeed,
  DataGoogleProject,
  MonitoringAlertPolicy,
  ProjectIamMember,
  PubsubTopic,
  PubsubTopicIamMember,
  SecretManagerSecretIamMember,
  ServiceAccountIamMember,
  StorageBucket,
  StorageBucketIamMember,
} from '../../../terraform/google';
import { AgentIdentity, type IAgentIdentity } from '../../agent-identity';
import type { AgentMonitoring } from '../../agent-monitoring';
import type { AlertRoute } from '../../alert-target';
import governance from '../../catalog/governance.json';
import facts from '../../catalog/monitoring.json';
import { channelsOf } from '../channels';
import { CustomRoles } from '../custom-roles';
import { fleetName, worldName } from '../monitoring/names';
import { Delivery } from '../pushed-topic';
import { WorkerFunction } from '../worker-function';
import { registerExpected, registerRecords, secretsOf } from './expected';

export interface GovernorProps {
  readonly monitoring: AgentMonitoring;
  /** Topic of the fleet, for findings. */
  readonly bus: PubsubTopic;
  readonly notify: readonly AlertRoute[];
  /** Whether what may be put back is. */
  readonly repair: boolean;
  /** Whether what was forgotten is put away. */
  readonly cleanUp: boolean;
  /** Whole minutes. */
  readonly every: IDuration;
  readonly unusedAfter: IDuration;
  readonly secretsAfter: IDuration;
  readonly retention: IDuration;
}

const TIMEOUT = 540;
const { rights } = governance;
const days = (duration: IDuration): number => Math.ceil(duration.toSeconds() / 86_400);

/** Looks after a fleet that is deployed: compares it with what was synthesised, puts back what may be, and keeps the evidence. */
export class Governor extends Construct {
  readonly function: WorkerFunction;
  /** What was found and done, day by day, where nobody deletes it. */
  readonly evidence: StorageBucket;
  private readonly expected: StorageBucket;
  private readonly props: GovernorProps;
  private readonly members: FleetMember[] = [];

  constructor(scope: Construct, id: string, props: GovernorProps) {
    super(scope, id);
    this.props = props;
    const { fleet, project, region } = props.monitoring;
    const bucket = { project, location: region, uniformBucketLevelAccess: true, publicAccessPrevention: 'enforced' };
    this.expected = new StorageBucket(this, 'Expected', {
      ...bucket,
      name: worldName(fleet, project, 'expected'),
      versioning: { enabled: true },
    });
    this.evidence = new StorageBucket(this, 'Evidence', {
      ...bucket,
      name: worldName(fleet, project, 'governance'),
      // What is not locked may be shortened by whoever administers the bucket.
      retentionPolicy: { retentionPeriod: days(props.retention) * 86_400, isLocked: true },
      lifecycle: { preventDestroy: true },
    });
    this.function = this.worker();
    this.grant();
    registerRecords(this, props.monitoring, this.expected.name);
    const minutes = Math.ceil(props.every.toSeconds() / 60);
    this.function.callAgain('Compare', { schedule: `*/${minutes} * * * *`, path: '/compare', body: {} });
    this.function.callAgain('Tidy', { schedule: '0 5 * * *', path: '/tidy', body: {} });
    this.hearOfChanges();
    this.addAlerts();
    // Which secrets agents read is known once all access was granted.
    if (props.cleanUp)
      Aspects.of(TerraformStack.of(this)).add({
        visit: (node) => {
          if (node === this) this.mayDisableVersions();
        },
      });
  }

  /** One more agent to be looked after. */
  add(identity: IAgentIdentity, member: FleetMember): void {
    registerExpected(identity, member, this.expected.name);
    this.members.push(member);
    const { repair, cleanUp, monitoring } = this.props;
    if (!repair || !(identity instanceof AgentIdentity) || identity.email === undefined) return;
    const { fleet, project } = monitoring;
    new ServiceAccountIamMember(this, `May-${identity.agent.name}`, {
      serviceAccountId: identity.serviceAccount.name,
      role: CustomRoles.of(this).nameFor({ fleet, project, permissions: [...(cleanUp ? rights.putAway : []), ...rights.onAccount].sort() }),
      member: this.function.account.member,
    });
  }

  private worker(): WorkerFunction {
    const { monitoring, bus, repair, cleanUp, unusedAfter, secretsAfter } = this.props;
    const { fleet, project, region } = monitoring;
    const made = new WorkerFunction(this, 'Function', {
      fleet,
      project,
      region,
      handler: 'governor',
      bucket: this.expected.name,
      timeoutSeconds: TIMEOUT,
      maxInstances: 2,
      environment: {
        FLEET: fleet,
        PROJECT: project,
        REPAIR: String(repair),
        CLEAN_UP: String(cleanUp),
        UNUSED_DAYS: String(days(unusedAfter)),
        SECRET_DAYS: String(days(secretsAfter)),
        EXPECTED_BUCKET: this.expected.name,
        EVIDENCE_BUCKET: this.evidence.name,
        FINDING_BUS: bus.id,
      },
    });
    made.setting('CALLER', made.caller.email);
    return made;
  }

  private grant(): void {
    const { monitoring, bus, repair, cleanUp } = this.props;
    const { fleet, project, trailBucket } = monitoring;
    const { member } = this.function.account;
    new StorageBucketIamMember(this, 'MayReadExpected', { bucket: this.expected.name, role: 'roles/storage.objectViewer', member });
    new StorageBucketIamMember(this, 'MayKeepEvidence', { bucket: this.evidence.name, role: 'roles/storage.objectCreator', member });
    new PubsubTopicIamMember(this, 'MayTell', { project, topic: bus.name, role: 'roles/pubsub.publisher', member });
    const roles = CustomRoles.of(this);
    new ProjectIamMember(this, 'MayRead', { project, role: roles.nameFor({ fleet, project, permissions: rights.read }), member });
    if (cleanUp)
      new StorageBucketIamMember(this, 'MayReadEvidence', {
        bucket: this.evidence.name,
        role: roles.nameFor({ fleet, project, permissions: rights.readEvidence }),
        member,
      });
    if (repair)
      new ProjectIamMember(this, 'MayRecord', { project, role: roles.nameFor({ fleet, project, permissions: rights.record }), member });
    new ProjectIamMember(this, 'MayReadCalls', {
      project,
      member,
      ...(trailBucket === undefined
        ? { role: rights.readAll }
        : {
            role: rights.readKept,
            condition: {
              title: `agentic-iam ${fleet} kept calls`,
              expression: `resource.name.endsWith("buckets/${fleetName(fleet, 'calls')}/views/_AllLogs")`,
            },
          }),
    });
  }

  /** Versions of secrets that agents read, one secret after the other; none can be read. */
  private mayDisableVersions(): void {
    const { fleet, project } = this.props.monitoring;
    const names = this.members.flatMap(({ plan }) => secretsOf(plan?.grants ?? [], project));
    for (const name of new Set(names)) {
      const id = `MayDisable-${shortHash(String(resolveTokens(this, name)))}`;
      if (this.node.tryFindChild(id)) continue;
      new SecretManagerSecretIamMember(this, id, {
        secretId: name,
        role: CustomRoles.of(this).nameFor({ fleet, project, permissions: rights.onSecret }),
        member: this.function.account.member,
      });
    }
  }

  /** The inventory tells of changes within minutes: then agents are compared at once. The clock finds what no feed told. */
  private hearOfChanges(): void {
    const { fleet, project } = this.props.monitoring;
    const { agent, policies, resources } = governance.feed;
    const topic = new PubsubTopic(this, 'Changes', { name: fleetName(fleet, 'changes'), project });
    const { number } = new DataGoogleProject(this, 'Project', { projectId: project });
    const may = new PubsubTopicIamMember(this, 'MayTellChanges', {
      project,
      topic: topic.name,
      role: 'roles/pubsub.publisher',
      member: `serviceAccount:${agent.replace('{number}', number)}`,
    });
    for (const [id, contentType, assetTypes] of [
      ['Policies', 'IAM_POLICY', policies],
      ['Resources', 'RESOURCE', resources],
    ] as const)
      new CloudAssetProjectFeed(this, id, {
        project,
        billingProject: project,
        feedId: fleetName(fleet, id.toLowerCase()),
        contentType,
        assetTypes: [...assetTypes],
        feedOutputConfig: { pubsubDestination: { topic: topic.id } },
        dependsOn: [may],
      });
    new Delivery(this, 'Heard', { name: fleetName(fleet, 'changes-to-governor'), project, topic: topic.id, to: this.function });
  }

  private addAlerts(): void {
    const { monitoring, notify } = this.props;
    const { fleet, project } = monitoring;
    const notificationChannels = [...channelsOf(this, notify, { fleet, project })];
    const service = `resource.type="cloud_run_revision" AND resource.labels.service_name="${this.function.service.name}"`;
    for (const [id, displayName, filter] of [
      ['Found', `Governance of fleet ${fleet} found something`, 'jsonPayload.message="governance"'],
      ['Errors', `The governor of fleet ${fleet} fails`, 'severity>=ERROR'],
    ] as const)
      new MonitoringAlertPolicy(this, id, {
        project,
        combiner: 'OR',
        displayName,
        notificationChannels,
        conditions: [
          {
            displayName: 'said',
            conditionMatchedLog: {
              filter: `${service} AND ${filter}`,
              ...(id === 'Found' ? { labelExtractors: { text: 'EXTRACT(jsonPayload.said)' } } : {}),
            },
          },
        ],
        alertStrategy: { notificationRateLimit: { period: `${facts.matchedLog.rateLimitSeconds}s` }, autoClose: '86400s' },
      });
  }
}
