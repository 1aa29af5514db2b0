import { Construct } from 'constructs';
import {
  FirestoreDatabase,
  FirestoreField,
  ProjectIamMember,
  PubsubTopic,
  PubsubTopicIamMember,
  StorageBucket,
  StorageBucketIamMember,
} from '../../../terraform/google';
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
}

/** The detector with its registry, its memory, and the topic of what it finds. */
export class Detector extends Construct {
  readonly function: WorkerFunction;
  readonly bucket: StorageBucket;
  readonly database: FirestoreDatabase;
  readonly detections: PubsubTopic;
  readonly delivery: Delivery;

  constructor(scope: Construct, id: string, { fleet, project, region, calls, maxInstances }: DetectorProps) {
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
    this.delivery = new Delivery(this, 'Delivery', { name: fleetName(fleet, 'calls'), project, topic: calls.topic.id, to: this.function });
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
