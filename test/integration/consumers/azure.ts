// A user's whole program on Azure: installed, type checked and run in an empty project with cdktf and the azurerm provider alone.
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { AgentMode, AgentSpec, Capability } from 'agentic-iam';
import { Agent, AgentResource, AgentTrust } from 'agentic-iam/azure';
import { manifestOf } from 'agentic-iam/testing';
import { App, TerraformStack } from 'cdktf';

const reader = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.listObjects('invoices'), Capability.readObjects('invoices')],
});

const subscriptionId = '00000000-0000-0000-0000-000000000000';
const account = `/subscriptions/${subscriptionId}/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/example`;

const app = new App({ outdir: 'out' });
const stack = new TerraformStack(app, 'consumer');
new AzurermProvider(stack, 'azurerm', { features: [{}], subscriptionId });
new Agent(stack, 'Reader', {
  agent: reader,
  trust: AgentTrust.azureCompute(),
  resourceGroup: { name: 'finance', location: 'westeurope' },
  resources: {
    invoices: AgentResource.storageContainer(
      { resourceId: `${account}/blobServices/default/containers/invoices` },
      { prefix: 'invoices/' },
    ),
  },
});
app.synth();
console.log(JSON.stringify(manifestOf(app).agents.map(({ cloud, name }) => `${cloud}/${name}`)));
