import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
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
} from 'agentic-iam/azure';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { invoiceReader } from './agent';
import * as peers from './peers';

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

    const onCall = AlertTarget.email('finance-oncall@example.com');
    const monitoring = new AgentMonitoring(this, 'Monitoring', { agents: [identity], resourceGroup, notify: [onCall] });
    // The application that people of the on-call team get tokens of.
    const people = { tenantId: '00000000-0000-0000-0000-000000000001', clientId: '00000000-0000-0000-0000-000000000002' };
    const containment = new AgentContainment(this, 'Containment', { agents: [], monitoring, notify: [onCall], people });
    containment.protect(identity, { work: [AgentWork.containerApp({ id: `${shared}/Microsoft.App/containerApps/invoice-reader` })] });
    for (const peer of [PeerResponder.aws(peers.aws), PeerResponder.gcp(peers.gcp)]) containment.connect(peer);
  }
}
