import { Agent, AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { coordinator, researcher, writer } from './agents';

const MODEL = 'anthropic.claude-haiku-4-5-20251001-v1:0';

/** A coordinator and two sub-agents, each under its own role; only the coordinator may take on the other two. */
export class SupportDeskStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const inbox = new sqs.Queue(this, 'Inbox', { enforceSSL: true });
    const outbox = new sqs.Queue(this, 'Outbox', { enforceSSL: true });
    const tickets = new dynamodb.TableV2(this, 'Tickets', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    const attachments = new s3.Bucket(this, 'Attachments', { enforceSSL: true });

    // The coordinator's identity comes first: the sub-agents trust it, and its own role then names them.
    const identity = new AgentIdentity(this, 'Coordinator', { agent: coordinator, trust: AgentTrust.ecsTask() });
    const trust = AgentTrust.agent(identity);
    const research = new Agent(this, 'Researcher', {
      agent: researcher,
      trust,
      resources: {
        handbook: AgentResource.knowledgeBase('HANDBOOK01'),
        tickets: AgentResource.table(tickets),
        assistant: AgentResource.model(MODEL),
      },
    });
    const write = new Agent(this, 'Writer', {
      agent: writer,
      trust,
      resources: { tickets: AgentResource.table(tickets), outbox: AgentResource.queue(outbox) },
    });
    new ScopedAgentRole(this, 'CoordinatorRole', {
      identity,
      resources: {
        inbox: AgentResource.queue(inbox),
        assistant: AgentResource.model(MODEL),
        'desk-researcher': AgentResource.agent(research.identity),
        'desk-writer': AgentResource.agent(write.identity),
      },
    });

    // A grant of the CDK's own works as ever; the manifest and the summary show it as native.
    attachments.grantRead(research.identity);

    // The fleet's detector is in another stack; it learns of these three without being deployed again.
    const monitoring = AgentMonitoring.fromFleet(this, 'Monitoring', identity.fleet);
    for (const one of [identity, research.identity, write.identity]) monitoring.watch(one);
  }
}
