import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { ticketSorter } from './agents';

/** What the team had before: a cluster, a bucket of tickets, people on call, and the agent's own role. */
export abstract class DeskStack extends Stack {
  protected readonly identity: AgentIdentity;
  protected readonly trust: AgentTrust;
  protected readonly log: AgentResource;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { env: { region: 'eu-central-1' }, ...props });
    const provider = iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(
      this,
      'Cluster',
      'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    );
    const tickets = s3.Bucket.fromBucketName(this, 'Tickets', 'example-support-tickets');
    this.log = AgentResource.logGroup(logs.LogGroup.fromLogGroupName(this, 'Log', '/agents/desk'));
    this.trust = AgentTrust.irsa({ provider, namespace: 'agents', serviceAccount: 'ticket-sorter' });
    this.identity = new AgentIdentity(this, 'Sorter', { agent: ticketSorter, trust: this.trust });
    new ScopedAgentRole(this, 'SorterRole', {
      identity: this.identity,
      resources: {
        tickets: AgentResource.bucket(tickets, { prefix: 'open/' }),
        assistant: AgentResource.model('anthropic.claude-haiku-4-5-20251001-v1:0'),
        log: this.log,
      },
    });
  }

  /** Who is woken, from the second week on. */
  protected get oncall(): sns.Topic {
    const known = this.node.tryFindChild('OnCall') as sns.Topic | undefined;
    if (known) return known;
    const topic = new sns.Topic(this, 'OnCall');
    topic.addSubscription(new EmailSubscription('support-oncall@example.com'));
    return topic;
  }
}
