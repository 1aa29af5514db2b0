import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, AlertTarget, ScopedAgentRole } from 'agentic-iam/azure';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { invoiceReader } from './agent';

const shared = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers';

/** The invoice reader as the managed identity of a container app; the data it reads belongs to another team's stack. */
export class InvoiceReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, 'Azure', { features: [{}] });
    const resourceGroup = new ResourceGroup(this, 'Agents', { name: 'agents', location: 'westeurope' });

    const identity = new AgentIdentity(this, 'Reader', { agent: invoiceReader, trust: AgentTrust.azureCompute(), resourceGroup });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: {
        invoices: AgentResource.storageContainer(
          { resourceId: `${shared}/Microsoft.Storage/storageAccounts/financedata/blobServices/default/containers/invoices` },
          { prefix: 'invoices/' },
        ),
        assistant: AgentResource.model({ resourceId: `${shared}/Microsoft.CognitiveServices/accounts/finance-models` }),
        'erp-token': AgentResource.keyVaultSecret({ resourceId: `${shared}/Microsoft.KeyVault/vaults/finance-secrets/secrets/erp-token` }),
        log: AgentResource.dataCollectionRule({ resourceId: `${shared}/Microsoft.Insights/dataCollectionRules/invoice-reader` }),
      },
    });

    new AgentMonitoring(this, 'Monitoring', {
      agents: [identity],
      resourceGroup,
      notify: [AlertTarget.email('finance-oncall@example.com')],
    });
  }
}
