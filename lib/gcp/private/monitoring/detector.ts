import { Construct } from 'constructs';
import {
  FirestoreDatabase,
  FirestoreField,
  ProjectIamMember,
  PubsubSubscription,
  PubsubSubscriptionIamMember,
  PubsubTopic,
  PubsubTopicIamMember,
  SccV2OrganizationSourceIamMember,
  StorageBucket,
  StorageBucketIamMember,
} from '../../../terraform/google';
import type { AlertRoute } from '../../alert-target';
import { Delivery } from '../pushed-topic';
import { WorkerFunction } from '../worker-function';
import type { CallsSink } from './calls-sink';
import { fleetName, worldName } from './names';
import { watchPrefix } from './watched-agents';

export interface DetectorProps {
  readonly fleet: string;
  readonly project: string;
  readonly region: string;
  readonly calls: CallsSink;
  readonly maxInstances: number;
  readonly notify: readonly AlertRoute[];
}

/** The detector with its registry, its memory, and the topic of what it finds. */
export class Detector extends Construct {
  readonly function: WorkerFunction;
  readonly bucket: StorageBucket;
  readonly database: FirestoreDatabase;
  readonly detections: PubsubTopic;
  readonly delivery: Delivery;
  /** Detections in OCSF, where somebody reads them. */
  readonly findings?: PubsubTopic;

  constructor(scope: Construct, id: string, { fleet, project, region, calls, maxInstances, notify }: DetectorProps) {
    super(scope, id);
    this.bucket = new StorageBucket(this, 'Bucket', {
      name: worldName(fleet, project, 'watch'),
      project,
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
    });
    this.database = new FirestoreDatabase(this, 'State', {
      name: fleetName(fleet, 'state'),
      project,
      locationId: region,
      type: 'FIRESTORE_NATIVE',
      deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
    });
    const field = { project, database: this.database.name, collection: 'states' };
    new FirestoreField(this, 'Forget', { ...field, field: 'expiresAt', indexConfig: {}, ttlConfig: {} });
    // Packed states are looked up by name alone.
    new FirestoreField(this, 'Unindexed', { ...field, field: 'record', indexConfig: {} });
    this.detections = new PubsubTopic(this, 'Detections', {
      name: fleetName(fleet, 'detections'),
      project,
      messageRetentionDuration: '604800s',
    });
    this.function = new WorkerFunction(this, 'Function', {
      fleet,
      project,
      region,
      handler: 'detector',
      bucket: this.bucket.name,
      timeoutSeconds: 60,
      maxInstances,
      environment: {
        FLEET: fleet,
        REGISTRY_BUCKET: this.bucket.name,
        REGISTRY_PREFIX: watchPrefix(fleet),
        STATE_DATABASE: `projects/${project}/databases/${this.database.name}`,
        DETECTION_TOPIC: this.detections.id,
      },
    });
    this.grant(project);
    const readers = notify.flatMap((route) => (route.kind === 'siem' ? [route.member] : []));
    for (const route of notify) if (route.kind === 'securityCommandCenter') this.reportTo(route);
    if (readers.length > 0) this.findings = this.findingsFor(readers, { fleet, project });
    this.delivery = new Delivery(this, 'Delivery', { name: fleetName(fleet, 'calls'), project, topic: calls.topic.id, to: this.function });
  }

  /** Lets the detector write findings of one source. */
  private reportTo({ organization, source }: { readonly organization: string; readonly source: string }): void {
    const { member } = this.function.account;
    new SccV2OrganizationSourceIamMember(this, 'MayReport', {
      organization,
      source: source.split('/').at(-1) ?? '',
      role: 'roles/securitycenter.findingsEditor',
      member,
    });
    this.function.setting('FINDING_SOURCE', source);
  }

  /** A topic of findings with one subscription for each reader. */
  private findingsFor(readers: readonly string[], { fleet, project }: { readonly fleet: string; readonly project: string }): PubsubTopic {
    const { account } = this.function;
    const topic = new PubsubTopic(this, 'Findings', { name: fleetName(fleet, 'findings'), project, messageRetentionDuration: '604800s' });
    new PubsubTopicIamMember(this, 'MayFind', { project, topic: topic.name, role: 'roles/pubsub.publisher', member: account.member });
    this.function.setting('FINDING_TOPIC', topic.id);
    for (const [at, member] of readers.entries()) {
      const subscription = new PubsubSubscription(this, `Reader${at}`, {
        name: fleetName(fleet, `findings-${at}`),
        project,
        topic: topic.id,
        messageRetentionDuration: '604800s',
        expirationPolicy: { ttl: '' },
      });
      const on = { project, subscription: subscription.name, member };
      new PubsubSubscriptionIamMember(this, `MayRead${at}`, { ...on, role: 'roles/pubsub.subscriber' });
    }
    return topic;
  }

  private grant(project: string): void {
    const { member } = this.function.account;
    new StorageBucketIamMember(this, 'MayReadRegistry', { bucket: this.bucket.name, role: 'roles/storage.objectViewer', member });
    new PubsubTopicIamMember(this, 'MayTell', { project, topic: this.detections.name, role: 'roles/pubsub.publisher', member });
    new ProjectIamMember(this, 'MayRemember', {
      project,
      role: 'roles/datastore.user',
      member,
      condition: { title: 'state of the detector', expression: `resource.name == "projects/${project}/databases/${this.database.name}"` },
    });
  }
}
