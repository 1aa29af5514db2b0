import {
  AgentContainment,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AlertTarget,
  PeerResponder,
  ScopedAgentRole,
} from 'agentic-iam/aws';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ACCOUNT, AZURE_AUDIENCE, FLEET, ledgerReader } from './agent';
import * as peers from './peers';

/** Where the agent runs: a Lambda function whose role the other two clouds let in. */
export class LedgerReaderStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { ...props, env: { account: ACCOUNT, region: 'eu-central-1' } });
    const ledger = new s3.Bucket(this, 'Ledger', { enforceSSL: true });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, fleet: FLEET, trust: AgentTrust.lambda() });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: { ledger: AgentResource.bucket(ledger) },
      // Google Cloud takes the role's credentials as they are; Azure wants a token of the account's own issuer.
      outboundAudiences: [AZURE_AUDIENCE],
    });

    // The Azure stack is told this once: Amazon chooses the issuer's name.
    const outbound = AgentIdentity.outboundIssuer(this, 'Outbound');
    new CfnOutput(this, 'Issuer', { value: outbound.issuer });

    // Whatever the agent does on one cloud is judged there; if it is stopped on one, it is stopped on all.
    const oncall = new sns.Topic(this, 'OnCall', { enforceSSL: true });
    const monitoring = new AgentMonitoring(this, 'Monitoring', { agents: [identity], notify: [AlertTarget.topic(oncall)] });
    const url = `https://sts.windows.net/${peers.azure.tenantId}/`;
    const provider = new iam.OidcProviderNative(this, 'Entra', { url, clientIds: [peers.azure.audience] });
    new AgentContainment(this, 'Containment', {
      agents: [identity],
      monitoring,
      notify: [oncall],
      peers: [PeerResponder.azure(peers.azure, { provider }), PeerResponder.gcp(peers.gcp)],
    });
  }
}
