// A user's whole program on AWS: installed, type checked and run in an empty project with aws-cdk-lib alone.
import { AgentMode, AgentSpec, Capability } from 'agentic-iam';
import { Agent, AgentResource, AgentTrust } from 'agentic-iam/aws';
import { manifestOf } from 'agentic-iam/testing';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';

const reader = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.listObjects('invoices'), Capability.readObjects('invoices')],
});

const app = new App({ outdir: 'out' });
const stack = new Stack(app, 'Consumer');
const invoices = Bucket.fromBucketName(stack, 'Invoices', 'example-invoices');
new Agent(stack, 'Reader', {
  agent: reader,
  trust: AgentTrust.lambda(),
  resources: { invoices: AgentResource.bucket(invoices, { prefix: 'invoices/' }) },
});
app.synth();
console.log(JSON.stringify(manifestOf(app).agents.map(({ cloud, name }) => `${cloud}/${name}`)));
