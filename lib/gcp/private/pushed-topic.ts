import { Construct } from 'constructs';
import {
  DataGoogleProject,
  PubsubSubscription,
  PubsubSubscriptionIamMember,
  PubsubTopic,
  PubsubTopicIamMember,
} from '../../terraform/google';
import facts from '../catalog/monitoring.json';
import type { WorkerFunction } from './worker-function';

/** Deliveries before a message is put aside: with the longest pause between them, some hours. */
const ATTEMPTS = 30;

export interface DeliveryProps {
  readonly name: string;
  readonly project: string;
  readonly topic: string;
  readonly to: WorkerFunction;
  /** @default - every message */
  readonly filter?: string;
}

/** Messages of a topic, pushed to a function; what it does not take after many attempts lies in a topic of its own. */
export class Delivery extends Construct {
  /** Messages that nothing became of. */
  readonly failures: PubsubSubscription;

  constructor(scope: Construct, id: string, { name, project, topic, to, filter }: DeliveryProps) {
    super(scope, id);
    const aside = new PubsubTopic(this, 'Aside', { name: `${name}-failures`, project, messageRetentionDuration: '1209600s' });
    this.failures = new PubsubSubscription(this, 'Failures', {
      name: `${name}-failures`,
      project,
      topic: aside.id,
      messageRetentionDuration: '1209600s',
      expirationPolicy: { ttl: '' },
    });
    const push = new PubsubSubscription(this, 'Push', {
      name,
      project,
      topic,
      ackDeadlineSeconds: 120,
      messageRetentionDuration: '604800s',
      expirationPolicy: { ttl: '' },
      retryPolicy: { minimumBackoff: '2s', maximumBackoff: '600s' },
      deadLetterPolicy: { deadLetterTopic: aside.id, maxDeliveryAttempts: ATTEMPTS },
      pushConfig: { pushEndpoint: to.uri, oidcToken: { serviceAccountEmail: to.caller.email, audience: to.uri } },
      ...(filter === undefined ? {} : { filter }),
    });
    const number = new DataGoogleProject(this, 'Project', { projectId: project }).number;
    const member = `serviceAccount:${facts.pushAgent.account.replace('{number}', number)}`;
    new PubsubTopicIamMember(this, 'MayPutAside', { project, topic: aside.name, role: 'roles/pubsub.publisher', member });
    new PubsubSubscriptionIamMember(this, 'MayTakeAway', { project, subscription: push.name, role: 'roles/pubsub.subscriber', member });
  }
}
