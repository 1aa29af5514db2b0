import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from 'agentic-iam/azure';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ACCOUNT, ledgerReader } from './agent';

/** The output of the AWS stack. */
const issuer = 'https://12345678-1234-1234-1234-123456789012.tokens.sts.global.api.aws';
const container =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/financedata/blobServices/default/containers/ledger';

/** A managed identity that exactly the agent's role on AWS may become. */
export class LedgerReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, 'Azure', { features: [{}] });
    const resourceGroup = new ResourceGroup(this, 'Agents', { name: 'agents', location: 'westeurope' });
    const trust = AgentTrust.awsAgent({ agent: ledgerReader, accountId: ACCOUNT, issuer });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, trust, resourceGroup });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: { ledger: AgentResource.storageContainer({ resourceId: container }) },
    });
  }
}
