import { Agent, AgentIdentity, AgentResource, AgentSecret, AgentTrust, ScopedAgentRole, TaskAccess } from 'agentic-iam/aws';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { claimReader, claimsDesk, claimWriter, PARTNER_KEY, registryClient } from './agents';

/** A coordinator with three sub-agents, a broker of tasks, and a secret for one of them. */
export class ClaimsDeskStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const documents = new s3.Bucket(this, 'Documents', { enforceSSL: true });
    const claims = new dynamodb.TableV2(this, 'Claims', {
      partitionKey: { name: 'customerId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'claimId', type: dynamodb.AttributeType.STRING },
    });
    const inbox = new sqs.Queue(this, 'Inbox', { enforceSSL: true });
    const letters = new sqs.Queue(this, 'Letters', { enforceSSL: true });

    const desk = new AgentIdentity(this, 'Desk', { agent: claimsDesk, trust: AgentTrust.ecsTask() });
    const tasks = new TaskAccess(this, 'Tasks', { fleet: desk.fleet });

    // Taken on by the desk for a whole claim, or by the code of one task for one customer.
    const reader = new Agent(this, 'Reader', {
      agent: claimReader,
      trust: AgentTrust.anyOf(AgentTrust.agent(desk), AgentTrust.taskBroker(tasks)),
      resources: { documents: AgentResource.bucket(documents), claims: AgentResource.table(claims) },
    });
    const runner = new iam.Role(this, 'TaskRunner', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    tasks.offer(reader.identity, { callers: [runner] });
    const operator = new iam.Role(this, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    new CfnOutput(this, 'RevokeTasksAt', { value: tasks.allowRevocation(operator) });

    const client = new AgentIdentity(this, 'Registry', { agent: registryClient, trust: AgentTrust.agent(desk) });
    const token = new AgentSecret(this, 'RegistryToken', { agents: [client] });
    new ScopedAgentRole(this, 'RegistryRole', {
      identity: client,
      resources: { 'registry-token': token.resource, 'partner-key': AgentResource.vaultSecret(PARTNER_KEY) },
    });

    const writer = new Agent(this, 'Writer', {
      agent: claimWriter,
      trust: AgentTrust.agent(desk),
      resources: { claims: AgentResource.table(claims), letters: AgentResource.queue(letters) },
    });
    new ScopedAgentRole(this, 'DeskRole', {
      identity: desk,
      resources: {
        inbox: AgentResource.queue(inbox),
        assistant: AgentResource.model('anthropic.claude-haiku-4-5-20251001-v1:0'),
        'claim-reader': AgentResource.agent(reader.identity),
        'registry-client': AgentResource.agent(client),
        'claim-writer': AgentResource.agent(writer.identity),
      },
    });
  }
}
