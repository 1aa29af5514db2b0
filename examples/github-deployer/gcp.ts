import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/gcp';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { siteDeployer } from './agent';
import { pipeline } from './pipeline';

const project = 'example-web';

/** The deployer as a federated principal: no service account, so nothing to impersonate. */
export class SiteDeployerStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region: 'europe-west1' });
    const bucket = new StorageBucket(this, 'Site', { name: 'example-site', location: 'EU', uniformBucketLevelAccess: true });

    const identity = AgentIdentity.federated(this, 'Deployer', {
      agent: siteDeployer,
      trust: AgentTrust.gitHubActions(pipeline),
      project,
    });
    new ScopedAgentRole(this, 'DeployerRole', { identity, resources: { site: AgentResource.bucket(bucket) } });
  }
}
