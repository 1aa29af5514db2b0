import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageManagedFolder } from '@cdktf/provider-google/lib/storage-managed-folder';
import {
  AgentContainment,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AgentWork,
  AlertTarget,
  PeerResponder,
  ScopedAgentRole,
} from 'agentic-iam/gcp';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { invoiceReader } from './agent';
import * as peers from './peers';

const project = 'example-finance';

/** The invoice reader as the service account of a Cloud Run service. */
export class InvoiceReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region: 'europe-west1' });
    const bucket = new StorageBucket(this, 'Invoices', {
      name: 'example-finance-invoices',
      location: 'EU',
      uniformBucketLevelAccess: true,
    });
    // Listing cannot be limited to a prefix of a bucket by a condition; a managed folder has a policy of its own.
    const folder = new StorageManagedFolder(this, 'Folder', { bucket: bucket.name, name: 'invoices/' });
    const token = new SecretManagerSecret(this, 'ErpToken', { secretId: 'erp-token', replication: { auto: {} } });

    const identity = new AgentIdentity(this, 'Reader', { agent: invoiceReader, trust: AgentTrust.cloudRun(), project });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: {
        invoices: AgentResource.managedFolder(folder),
        assistant: AgentResource.model({ name: 'gemini-2.5-flash' }),
        'erp-token': AgentResource.secret(token),
        log: AgentResource.projectLogs(),
      },
    });

    const onCall = AlertTarget.email('finance-oncall@example.com');
    const monitoring = new AgentMonitoring(this, 'Monitoring', {
      agents: [identity],
      region: 'europe-west1',
      notify: [onCall],
      // BigQuery runs the queries, and bills them.
      sequences: true,
    });
    const containment = new AgentContainment(this, 'Containment', { agents: [], monitoring, notify: [onCall] });
    containment.protect(identity, { work: [AgentWork.cloudRunService({ project, location: 'europe-west1', name: 'invoice-reader' })] });
    for (const peer of [PeerResponder.aws(peers.aws), PeerResponder.azure(peers.azure)]) containment.connect(peer);
  }
}
