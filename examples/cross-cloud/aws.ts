import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/aws';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ACCOUNT, AZURE_AUDIENCE, ledgerReader } from './agent';

/** Where the agent runs: a Lambda function whose role the other two clouds let in. */
export class LedgerReaderStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { ...props, env: { account: ACCOUNT, region: 'eu-central-1' } });
    const ledger = new s3.Bucket(this, 'Ledger', { enforceSSL: true });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, trust: AgentTrust.lambda() });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: { ledger: AgentResource.bucket(ledger) },
      // Google Cloud takes the role's credentials as they are; Azure wants a token of the account's own issuer.
      outboundAudiences: [AZURE_AUDIENCE],
    });

    // The Azure stack is told this once: Amazon chooses the issuer's name.
    const outbound = AgentIdentity.outboundIssuer(this, 'Outbound');
    new CfnOutput(this, 'Issuer', { value: outbound.issuer });
  }
}
