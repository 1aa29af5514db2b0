import { Construct } from 'constructs';
import type { ContainmentSettings } from '../../../core/containment/settings';
import type { IDuration } from '../../../core/duration';
import type { FleetMember } from '../../../core/fleet';
import { shortHash } from '../../../core/names';
import { Lazy, resolveTokens } from '../../../terraform/core';
import {
  CloudRunV2ServiceIamMember,
  ComputeInstanceIamMember,
  FirestoreDatabase,
  FirestoreField,
  MonitoringAlertPolicy,
  ProjectIamMember,
  PubsubTopic,
  PubsubTopicIamMember,
  ServiceAccountIamMember,
  StorageBucket,
  StorageBucketIamMember,
} from '../../../terraform/google';
import { jsonTemplate } from '../../../terraform/json-template';
import type { IAgentIdentity } from '../../agent-identity';
import type { WorkAccess } from '../../agent-work';
import type { AlertRoute } from '../../alert-target';
import facts from '../../catalog/monitoring.json';
import type { StopTag } from '../../runtime/containment/agent';
import { channelsOf } from '../channels';
import { CustomRoles } from '../custom-roles';
import { fleetName, worldName } from '../monitoring/names';
import { Delivery } from '../pushed-topic';
import { WorkerFunction } from '../worker-function';
import { BindingBrake } from './binding-brake';
import { DenyBrake, TAGGING } from './deny-brake';
import { type IdentitySwitch, leftOpen, leftOutside } from './identity-switch';
import { Peers } from './peers';
import { Probe } from './probe';
import { allowDenies } from './written-deny';

export interface ResponderProps {
  readonly fleet: string;
  readonly project: string;
  readonly region: string;
  /** Topic of detections. */
  readonly bus: { readonly id: string };
  readonly notify: readonly AlertRoute[];
  readonly settings: ContainmentSettings;
  readonly evidenceRetention: IDuration;
}

const TIMEOUT = 60;
/** Enough to disable an account, to look at it, and to undo that; nothing by which one could become it. */
const ACCOUNT = [
  'iam.serviceAccounts.disable',
  'iam.serviceAccounts.enable',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.getIamPolicy',
];
/** Enough to disable a pool and to enable it again; what it lets in is another permission's. */
const POOL = ['iam.googleapis.com/workloadIdentityPools.get', 'iam.googleapis.com/workloadIdentityPools.update'];

/** The responder with its records, its registry and its evidence. */
export class ResponderFunction extends Construct {
  readonly function: WorkerFunction;
  readonly project: string;
  /** What the responder is to know of agents, in a bucket that the detector cannot write. */
  readonly registry: StorageBucket;
  readonly evidence: StorageBucket;
  readonly records: FirestoreDatabase;
  /** Containments of this cloud and, brought by whoever connects them, of the others. */
  readonly peers: PubsubTopic;
  /** Responders of other clouds. */
  readonly others: Peers;
  readonly notices: PubsubTopic;
  private readonly channels: readonly string[];
  private readonly props: ResponderProps;

  constructor(scope: Construct, id: string, props: ResponderProps) {
    super(scope, id);
    this.props = props;
    this.project = props.project;
    const { fleet, project, region } = props;
    const bucket = { project, location: region, uniformBucketLevelAccess: true, publicAccessPrevention: 'enforced' };
    this.registry = new StorageBucket(this, 'Registry', {
      ...bucket,
      name: worldName(fleet, project, 'contain'),
      versioning: { enabled: true },
    });
    this.evidence = new StorageBucket(this, 'Evidence', {
      ...bucket,
      name: worldName(fleet, project, 'evidence'),
      retentionPolicy: { retentionPeriod: Math.ceil(props.evidenceRetention.toSeconds()) },
      lifecycle: { preventDestroy: true },
    });
    this.records = new FirestoreDatabase(this, 'Records', {
      name: fleetName(fleet, 'incidents'),
      project,
      locationId: region,
      type: 'FIRESTORE_NATIVE',
      deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
    });
    const database = { project, database: this.records.name };
    new FirestoreField(this, 'Forget', { ...database, collection: 'openings', field: 'expiresAt', indexConfig: {}, ttlConfig: {} });
    new FirestoreField(this, 'Unindexed', { ...database, collection: 'incidents', field: 'record', indexConfig: {} });
    this.peers = new PubsubTopic(this, 'Peers', { name: fleetName(fleet, 'containments'), project, messageRetentionDuration: '604800s' });
    this.notices = new PubsubTopic(this, 'Notices', { name: fleetName(fleet, 'containment-notices'), project });
    this.channels = channelsOf(this, props.notify, props);
    this.others = new Peers(this, 'OtherClouds', { fleet, project, topic: this.peers });
    this.function = this.worker();
    this.grant();
    const to = { project, to: this.function };
    const detections = new Delivery(this, 'Detections', { ...to, name: fleetName(fleet, 'contain-detections'), topic: props.bus.id });
    const others = new Delivery(this, 'Others', { ...to, name: fleetName(fleet, 'contain-others'), topic: this.peers.id });
    this.addAlerts([detections, others]);
  }

  /** Lets the responder switch one agent off and on. @returns tags of deny policies */
  allow(identity: IAgentIdentity, member: FleetMember, by: IdentitySwitch): readonly StopTag[] {
    const { fleet, project } = this.props;
    const { name } = identity.agent;
    const responder = this.function.account.member;
    const roleIn = (where: string, permissions: readonly string[]): string =>
      CustomRoles.of(this).nameFor({ fleet, project: where, permissions });
    // Once for all agents: were it made for each, taking out one would take the others' with it.
    const onProject = (what: string, where: string, permissions: readonly string[]): void => {
      const id = `${what}-${shortHash(String(resolveTokens(this, where)))}`;
      if (this.node.tryFindChild(id)) return;
      new ProjectIamMember(this, id, { project: where, role: roleIn(where, permissions), member: responder });
    };
    switch (by.kind) {
      case 'account':
        new ServiceAccountIamMember(this, `May-${name}`, {
          serviceAccountId: by.identity.serviceAccount.name,
          role: roleIn(project, ACCOUNT),
          member: responder,
        });
        return [];
      case 'denied':
        identity.node.addValidation({ validate: () => [...leftOpen(this, { identity, member, projects: by.projects })] });
        for (const one of by.projects) onProject('MayTag', one, TAGGING);
        return by.projects.map((one, at) => new DenyBrake(this, `Deny-${name}-${at}`, { identity, member, project: one, responder }).tag);
      case 'written':
        identity.node.addValidation({ validate: () => [...leftOutside(this, { identity, member, place: by.place })] });
        allowDenies(this, by, { project, database: this.records.name, responder });
        return [];
      case 'pool':
        onProject('MayDisablePool', by.pool.project, POOL);
        return [];
    }
  }

  /** Lets the responder take away what one agent was granted, and give it again. */
  allowBindings(identity: IAgentIdentity): BindingBrake {
    return new BindingBrake(this, `Bindings-${identity.agent.name}`, { identity, responder: this.function.account.member, shared: this });
  }

  /** Makes what asks Google what a canary may do. @returns its address */
  probe(identity: IAgentIdentity): string {
    const { project, region } = this.props;
    const bucket = this.registry.name;
    return new Probe(this, `Probe-${identity.agent.name}`, { identity, project, region, bucket, responder: this.function.account.member })
      .uri;
  }

  /** Lets the responder stop and start one thing. */
  allowWork(id: string, { permissions, on }: WorkAccess): void {
    const { fleet } = this.props;
    const { member } = this.function.account;
    const role = CustomRoles.of(this).nameFor({ fleet, project: on.project, permissions });
    if (on.kind === 'service') {
      const { project, location, name } = on;
      new CloudRunV2ServiceIamMember(this, id, { project, location, name, role, member });
    } else if (on.kind === 'instance') {
      const { project, zone, name } = on;
      new ComputeInstanceIamMember(this, id, { project, zone, instanceName: name, role, member });
    } else if (!this.node.tryFindChild(`Project-${on.project}`))
      new ProjectIamMember(this, `Project-${on.project}`, { project: on.project, role, member });
  }

  private worker(): WorkerFunction {
    const { fleet, project, region, settings } = this.props;
    const made = new WorkerFunction(this, 'Function', {
      fleet,
      project,
      region,
      handler: 'containment',
      bucket: this.registry.name,
      timeoutSeconds: TIMEOUT,
      maxInstances: 10,
      fromOutside: true,
      environment: {
        FLEET: fleet,
        REGISTRY_BUCKET: this.registry.name,
        EVIDENCE_BUCKET: this.evidence.name,
        RECORD_DATABASE: `projects/${project}/databases/${this.records.name}`,
        PEER_TOPIC: this.peers.id,
        PEERS: Lazy.stringValue({ produce: () => jsonTemplate(this.others.addresses) }),
        NOTICE_TOPIC: this.notices.id,
        SETTINGS: JSON.stringify({ ...settings, longestStepSeconds: TIMEOUT }),
      },
    });
    made.setting('CALLER', made.caller.email);
    return made;
  }

  private grant(): void {
    const { project } = this.props;
    const { member } = this.function.account;
    new StorageBucketIamMember(this, 'MayReadRegistry', { bucket: this.registry.name, role: 'roles/storage.objectViewer', member });
    new StorageBucketIamMember(this, 'MayKeepEvidence', { bucket: this.evidence.name, role: 'roles/storage.objectCreator', member });
    for (const [id, topic] of [
      ['MayTellOthers', this.peers],
      ['MayTellPeople', this.notices],
    ] as const)
      new PubsubTopicIamMember(this, id, { project, topic: topic.name, role: 'roles/pubsub.publisher', member });
    new ProjectIamMember(this, 'MayRemember', {
      project,
      role: 'roles/datastore.user',
      member,
      condition: {
        title: 'incidents of the responder',
        expression: `resource.name == "projects/${project}/databases/${this.records.name}"`,
      },
    });
  }

  private addAlerts(deliveries: readonly Delivery[]): void {
    const { fleet } = this.props;
    const service = `resource.type="cloud_run_revision" AND resource.labels.service_name="${this.function.service.name}"`;
    const matched = (filter: string, labelExtractors?: Record<string, string>) => ({
      conditions: [
        {
          displayName: 'said',
          conditionMatchedLog: { filter: `${service} AND ${filter}`, ...(labelExtractors ? { labelExtractors } : {}) },
        },
      ],
      alertStrategy: { notificationRateLimit: { period: `${facts.matchedLog.rateLimitSeconds}s` }, autoClose: '86400s' },
    });
    this.policy('Told', `Containment of fleet ${fleet}`, matched('jsonPayload.message="told"', { text: 'EXTRACT(jsonPayload.text)' }));
    this.policy('DrillFailed', `A drill of fleet ${fleet} failed`, matched('jsonPayload.message="drill failed"'));
    this.policy('Errors', `The responder of fleet ${fleet} fails`, matched('severity>=ERROR'));
    for (const [at, { failures }] of deliveries.entries())
      this.policy(`Unheard${at}`, `Triggers of containment of fleet ${fleet} were not heard`, {
        conditions: [
          {
            displayName: 'put aside',
            conditionThreshold: {
              filter: `metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.type="pubsub_subscription" AND resource.labels.subscription_id="${failures.name}"`,
              comparison: 'COMPARISON_GT',
              thresholdValue: 0,
              duration: '0s',
              aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MAX' }],
            },
          },
        ],
      });
  }

  private policy(
    id: string,
    displayName: string,
    more: Pick<ConstructorParameters<typeof MonitoringAlertPolicy>[2], 'conditions' | 'alertStrategy'>,
  ): void {
    const notificationChannels = [...this.channels];
    new MonitoringAlertPolicy(this, id, { project: this.props.project, combiner: 'OR', displayName, notificationChannels, ...more });
  }
}
