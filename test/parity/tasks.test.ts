import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App as CdktfApp, TerraformStack } from 'cdktf';
import { AgentMode, AgentSpec, Capability, MANIFEST_FILE, type ManifestAgent, minutes, TaskParameter, TaskTemplate } from '../../lib';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import { readManifest } from '../../lib/core/manifest';
import * as gcp from '../../lib/gcp';
import { readCatalogs } from '../../tools/docs-tables';

const OBJECTS = [Capability.listObjects('invoices'), Capability.readObjects('invoices')];

const SPEC = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance-platform@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: OBJECTS,
  tasks: [
    new TaskTemplate({
      name: 'answer',
      allows: OBJECTS,
      parameters: { customerId: TaskParameter.identifier() },
      within: { invoices: 'customers/{customerId}/' },
      lasts: minutes(20),
    }),
    new TaskTemplate({ name: 'audit', allows: [Capability.readObjects('invoices')] }),
  ],
});

const ACCOUNT = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/books';

/** How each cloud is given the one spec; a fourth one needs a line here. */
const MAKERS: Readonly<Record<string, () => string>> = {
  aws: () => {
    const app = new CdkApp({ outdir: mkdtempSync(join(tmpdir(), 'cdk-')) });
    const stack = new Stack(app, 'tasks', { env: { account: '111122223333', region: 'eu-central-1' } });
    const access = new aws.TaskAccess(stack, 'Tasks');
    const identity = new aws.AgentIdentity(stack, 'Reader', { agent: SPEC, trust: aws.AgentTrust.taskBroker(access) });
    const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'books');
    new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: aws.AgentResource.bucket(bucket) } });
    access.offer(identity, { callers: [new iam.Role(stack, 'Worker', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })] });
    return app.synth().directory;
  },
  azure: () => {
    const app = new CdktfApp({ outdir: mkdtempSync(join(tmpdir(), 'cdktf-')) });
    const stack = new TerraformStack(app, 'tasks');
    new AzurermProvider(stack, 'Azure', { features: [{}] });
    const resourceGroup = { name: 'agents', location: 'westeurope' };
    const identity = new azure.AgentIdentity(stack, 'Reader', { agent: SPEC, trust: azure.AgentTrust.azureCompute(), resourceGroup });
    const invoices = azure.AgentResource.storageContainer({ resourceId: `${ACCOUNT}/blobServices/default/containers/invoices` });
    new azure.ScopedAgentRole(stack, 'Role', { identity, resources: { invoices } });
    new azure.TaskAccess(stack, 'Tasks').offer(identity, {
      stores: { invoices: { account: { id: ACCOUNT, name: 'books' }, container: { name: 'invoices' }, hierarchicalNamespace: true } },
    });
    app.synth();
    return app.outdir;
  },
  gcp: () => {
    const app = new CdktfApp({ outdir: mkdtempSync(join(tmpdir(), 'cdktf-')) });
    const stack = new TerraformStack(app, 'tasks');
    new GoogleProvider(stack, 'Google', { project: 'finance-prod' });
    const identity = new gcp.AgentIdentity(stack, 'Reader', { agent: SPEC, trust: gcp.AgentTrust.attached(), project: 'finance-prod' });
    const invoices = gcp.AgentResource.bucket({ name: 'books', project: 'finance-prod' });
    new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { invoices } });
    new gcp.TaskAccess(stack, 'Tasks').offer(identity, {
      callers: [{ member: 'serviceAccount:worker@finance-prod.iam.gserviceaccount.com' }],
    });
    app.synth();
    return app.outdir;
  },
};

const CLOUDS = readCatalogs()
  .map(({ cloud }) => cloud)
  .sort();

function agentOn(cloud: string): ManifestAgent {
  const file = join(MAKERS[cloud]?.() ?? '', MANIFEST_FILE);
  const [agent] = readManifest(file, readFileSync(file, 'utf8')).agents;
  if (!agent) throw new Error(`no agent on ${cloud}`);
  return agent;
}

const AGENTS = CLOUDS.map(agentOn);

test('there is a way to offer tasks on each cloud there is a catalog for', () => {
  expect(Object.keys(MAKERS).sort()).toEqual(CLOUDS);
});

test('the tasks of one spec stand in the manifest of each cloud alike, but for what bounds them there', () => {
  const said = AGENTS.map(({ tasks = [] }) => tasks.map(({ native: _, ...task }) => task));
  for (const one of said) expect(one).toEqual(said[0]);
  expect(said[0]?.map(({ name, longestSeconds }) => [name, longestSeconds])).toEqual([
    ['answer', 1200],
    ['audit', 900],
  ]);
});

test('each cloud says natively what bounds a task, down to the part that a request names, and a task without a part names none', () => {
  for (const { cloud, tasks = [] } of AGENTS) {
    const [answer, audit] = tasks.map(({ native }) => JSON.stringify(native));
    expect([cloud, answer]).toEqual([cloud, expect.stringContaining('customers/{customerId}/')]);
    expect([cloud, audit?.includes('{')]).toEqual([cloud, true]);
    expect([cloud, audit]).toEqual([cloud, expect.not.stringContaining('customerId')]);
  }
});

test('offering tasks gives the agent nothing that the review objects to', () => {
  for (const { cloud, findings } of AGENTS) expect([cloud, findings.filter(({ severity }) => severity === 'error')]).toEqual([cloud, []]);
});
