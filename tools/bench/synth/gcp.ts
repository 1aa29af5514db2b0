import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { App, TerraformStack } from 'cdktf';
import { fromDist } from '../dist';
import type { SynthCase } from './case';
import { FLEET, OWNER, PREFIX, PURPOSE, specOf } from './spec';
import { terraformInventory } from './terraform-inventory';

const { Agent, AgentResource, AgentTrust } = fromDist<typeof import('../../../lib/gcp')>('gcp/index.js');

const PROJECT = 'bench-project';
const BUCKET = 'bench-invoices';
const SECRET = 'token';

/** All agents in one stack: Terraform has no limit of resources, and custom roles are shared within a stack. */
export const gcp: SynthCase = {
  cloud: 'gcp',
  library: (agents, outdir, review = 'off') => {
    const { app, stack } = makeStack(outdir, review);
    const resources = {
      invoices: AgentResource.bucket({ name: BUCKET, project: PROJECT }, { prefix: PREFIX }),
      token: AgentResource.secret({ secretId: SECRET, project: PROJECT }),
    };
    for (let number = 0; number < agents; number += 1) {
      new Agent(stack, `Agent${number}`, { agent: specOf(number), trust: AgentTrust.cloudRun(), project: PROJECT, resources });
    }
    app.synth();
  },
  byHand: (agents, outdir) => {
    const { app, stack } = makeStack(outdir);
    const readObjects = makeRole(stack, 'bench.readObjects', 'storage.objects.get');
    const readSecret = makeRole(stack, 'bench.readSecret', 'secretmanager.versions.access');
    for (let number = 0; number < agents; number += 1) {
      const account = new ServiceAccount(stack, `Account${number}`, {
        accountId: `bench--agent-${number}`,
        displayName: `agent-${number} of ${FLEET}`,
        description: `${PURPOSE} (owner: ${OWNER})`,
        project: PROJECT,
        lifecycle: { ignoreChanges: ['disabled'] },
      });
      new StorageBucketIamMember(stack, `Invoices${number}`, {
        bucket: BUCKET,
        role: readObjects.name,
        member: account.member,
        condition: { title: 'bench: prefix', expression: `resource.name.startsWith("projects/_/buckets/${BUCKET}/objects/${PREFIX}")` },
      });
      new SecretManagerSecretIamMember(stack, `Token${number}`, {
        project: PROJECT,
        secretId: SECRET,
        role: readSecret.name,
        member: account.member,
      });
    }
    app.synth();
  },
  inventory: (outdir) =>
    terraformInventory(outdir, { google_project_iam_custom_role: ['role_id', 'title', 'description'] }).map((line) =>
      line.replace(/"title":"(agentic-iam|bench): prefix"/, '"title":"<name>"'),
    ),
};

function makeStack(outdir: string, review = 'off'): { app: App; stack: TerraformStack } {
  const app = new App({ outdir, context: { 'agentic-iam:review': review } });
  const stack = new TerraformStack(app, 'bench');
  new GoogleProvider(stack, 'google', { project: PROJECT });
  return { app, stack };
}

function makeRole(stack: TerraformStack, roleId: string, permission: string): ProjectIamCustomRole {
  return new ProjectIamCustomRole(stack, roleId, {
    project: PROJECT,
    roleId,
    title: `bench: ${permission}`,
    description: 'shared by the agents of the bench',
    permissions: [permission],
  });
}
