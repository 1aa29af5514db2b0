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
import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CfnAutomationRule } from 'aws-cdk-lib/aws-securityhub';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { invoiceReader } from './agent';
import * as peers from './peers';

/** The invoice reader as a Lambda function's role. */
export class InvoiceReaderStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const bucket = new s3.Bucket(this, 'Invoices', { encryption: s3.BucketEncryption.KMS, enforceSSL: true });
    const token = secretsmanager.Secret.fromSecretNameV2(this, 'ErpToken', 'erp/token');
    const log = new logs.LogGroup(this, 'Log', { logGroupName: '/agents/invoice-reader' });

    const identity = new AgentIdentity(this, 'Reader', { agent: invoiceReader, trust: AgentTrust.lambda() });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: {
        invoices: AgentResource.bucket(bucket, { prefix: 'invoices/' }),
        assistant: AgentResource.model('anthropic.claude-haiku-4-5-20251001-v1:0'),
        'erp-token': AgentResource.secret(token),
        log: AgentResource.logGroup(log),
      },
    });

    // One for the fleet: support-desk has itself watched by it, too.
    const oncall = new sns.Topic(this, 'OnCall', { enforceSSL: true });
    oncall.addSubscription(new EmailSubscription('agents-oncall@example.com'));
    const monitoring = new AgentMonitoring(this, 'Monitoring', {
      agents: [identity],
      notify: [AlertTarget.topic(oncall), AlertTarget.securityHub()],
    });

    // Not armed: it says what it would do, until a team has read that for a while. People may contain at any time.
    const containment = new AgentContainment(this, 'Containment', { agents: [identity], monitoring, notify: [oncall] });
    // The same agent on other clouds: contained on one, it is contained on all.
    const url = `https://sts.windows.net/${peers.azure.tenantId}/`;
    const provider = new iam.OidcProviderNative(this, 'Entra', { url, clientIds: [peers.azure.audience] });
    containment.connect(PeerResponder.azure(peers.azure, { provider }));
    containment.connect(PeerResponder.gcp(peers.gcp));

    // Findings that only tell are put aside by Security Hub itself, so that its list shows what somebody must act upon.
    new CfnAutomationRule(this, 'PutAside', {
      ruleName: 'agents-low',
      ruleOrder: 100,
      ruleStatus: 'ENABLED',
      description: 'Findings of agentic-iam of low severity need no one',
      criteria: {
        productName: [{ comparison: 'EQUALS', value: 'agentic-iam' }],
        severityLabel: [{ comparison: 'EQUALS', value: 'LOW' }],
      },
      actions: [
        {
          type: 'FINDING_FIELDS_UPDATE',
          findingFieldsUpdate: {
            workflow: { status: 'SUPPRESSED' },
            note: { text: 'Only tells; see docs/detection.md of agentic-iam', updatedBy: 'agents-low' },
          },
        },
      ],
    });
  }
}
