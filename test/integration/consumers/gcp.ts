// A user's whole program on Google Cloud: installed, type checked and run in an empty project with cdktf and the google provider alone.
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { AgentMode, AgentSpec, Capability } from 'agentic-iam';
import { Agent, AgentResource, AgentTrust } from 'agentic-iam/gcp';
import { manifestOf } from 'agentic-iam/testing';
import { App, TerraformStack } from 'cdktf';

const reader = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.listObjects('invoices'), Capability.readObjects('invoices')],
});

const app = new App({ outdir: 'out' });
const stack = new TerraformStack(app, 'consumer');
new GoogleProvider(stack, 'google', { project: 'example-project' });
new Agent(stack, 'Reader', {
  agent: reader,
  trust: AgentTrust.cloudRun(),
  project: 'example-project',
  resources: { invoices: AgentResource.bucket({ name: 'example-invoices', project: 'example-project' }) },
});
app.synth();
console.log(JSON.stringify(manifestOf(app).agents.map(({ cloud, name }) => `${cloud}/${name}`)));
