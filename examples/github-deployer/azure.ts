import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/azure';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { siteDeployer } from './agent';
import { pipeline } from './pipeline';

const site =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/web/providers/Microsoft.Storage/storageAccounts/examplesite/blobServices/default/containers/site';

/** The deployer as an application: it runs outside Azure, and an application's tokens are shorter and faster to stop. */
export class SiteDeployerStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, 'Azure', { features: [{}] });

    const identity = AgentIdentity.application(this, 'Deployer', { agent: siteDeployer, trust: AgentTrust.gitHubActions(pipeline) });
    new ScopedAgentRole(this, 'DeployerRole', {
      identity,
      resources: { site: AgentResource.storageContainer({ resourceId: site }) },
    });
  }
}
