import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/gcp';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ACCOUNT, ledgerReader } from './agent';

const project = 'example-finance';

/** A service account that exactly the agent's role on AWS may become. */
export class LedgerReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region: 'europe-west1' });
    const ledger = new StorageBucket(this, 'Ledger', { name: 'example-finance-ledger', location: 'EU', uniformBucketLevelAccess: true });
    const trust = AgentTrust.awsAgent({ agent: ledgerReader, accountId: ACCOUNT });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, trust, project });
    new ScopedAgentRole(this, 'ReaderRole', { identity, resources: { ledger: AgentResource.bucket(ledger) } });
  }
}
