import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { AgentIdentity, AgentResource, AgentSecret, AgentTrust, ScopedAgentRole } from 'agentic-iam/gcp';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { archiveReader, registryClient } from './agents';

const project = 'example-claims';

/** The archive, which the desk's registry client on AWS may read without a key of Google's. */
export class ClaimsArchiveStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region: 'europe-west1' });
    const archive = new StorageBucket(this, 'Archive', { name: 'example-claims-archive', location: 'EU', uniformBucketLevelAccess: true });
    const trust = AgentTrust.awsAgent({ agent: registryClient, accountId: '111122223333' });
    const identity = new AgentIdentity(this, 'Reader', { agent: archiveReader, trust, project });
    const key = new AgentSecret(this, 'ArchiveKey', { agents: [identity], secretName: 'archive-key', project });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: { archive: AgentResource.bucket(archive), 'archive-key': key.resource },
    });
  }
}
