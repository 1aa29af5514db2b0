import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App as CdktfApp, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import {
  AgentMode,
  AgentSpec,
  Capability,
  type Duration,
  type GovernanceException,
  type GovernanceMode,
  hours,
  MaturityLevel,
  Workflow,
} from '../../lib';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import type { AgentAssessment } from '../../lib/core/governance/assessment';
import type { ReviewInput } from '../../lib/core/review/input';
import * as gcp from '../../lib/gcp';
import { Folder } from '../../lib/policy/documents/files';
import { readFolder } from '../../lib/policy/documents/folder';
import { scorecardOf } from '../../lib/policy/scorecard';

export const NOW = new Date('2026-11-26T12:00:00Z');
export const SPEC = (secret = false, ...workflows: Workflow[]) =>
  new AgentSpec({
    name: 'reader',
    owner: 'team@example.com',
    purpose: 'reads files',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readObjects('files'), ...(secret ? [Capability.readSecret('key')] : [])],
    workflows,
    scope: { environment: 'main' },
    maxSession: hours(1),
  });

export interface Options {
  readonly level?: MaturityLevel;
  readonly locked?: boolean;
  readonly guardrails?: boolean | 'dry';
  readonly target?: MaturityLevel;
  readonly mode?: GovernanceMode;
  readonly exceptions?: readonly GovernanceException[];
  readonly bare?: boolean;
  readonly continuous?: Continuous;
  /** Whether the agent reads a secret, too. */
  readonly secret?: boolean;
  /** Whether the log of Google Cloud is asked for the order of calls. */
  readonly sequences?: boolean;
  /** Where the output goes. */
  readonly outdir?: string;
  /** File of receipts. */
  readonly receipts?: string;
}
export interface Continuous {
  readonly repair?: boolean;
  readonly cleanUp?: boolean;
  readonly every?: Duration;
  /** Whether the target is another fleet's. */
  readonly wrong?: 'fleet';
}

export type Synth = (options: Options) => readonly ReviewInput[];

export const folder = (): string => mkdtempSync(join(tmpdir(), 'agentic-iam-govern-'));

/** The same story on each cloud: one agent, watched, with guardrails, held to a level. */
export const CLOUDS: Readonly<Record<string, Synth>> = {
  aws: ({
    level = MaturityLevel.ALERTING,
    locked = true,
    guardrails = true,
    target = MaturityLevel.LOGGING,
    mode,
    exceptions,
    bare,
    continuous,
    secret = false,
    outdir = folder(),
    receipts,
  }) => {
    const app = new CdkApp({ outdir });
    const stack = new Stack(app, 'agents', { env: { region: 'eu-central-1' } });
    const identity = new aws.AgentIdentity(stack, 'Reader', { agent: SPEC(secret), trust: aws.AgentTrust.lambda() });
    const files = aws.AgentResource.bucket(bucketOf(stack), { prefix: 'in/' });
    const key = aws.AgentResource.secret(secretOf(stack));
    new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { files, ...(secret ? { key } : {}) } });
    const topic = new sns.Topic(stack, 'OnCall');
    new sns.Subscription(stack, 'Mail', { topic, protocol: sns.SubscriptionProtocol.EMAIL, endpoint: 'oncall@example.com' });
    const monitoring = bare
      ? undefined
      : new aws.AgentMonitoring(stack, 'Monitoring', {
          agents: [identity],
          level,
          trail: aws.AgentTrail.create({ locked }),
          notify: [aws.AlertTarget.topic(topic)],
        });
    new aws.AgentGovernance(stack, 'Governance', {
      target,
      fleet: continuous?.wrong === 'fleet' ? 'other' : 'main',
      ...(continuous && monitoring ? { continuous: { ...lookedAfter(continuous), agents: [identity], monitoring } } : {}),
      ...(mode ? { mode } : {}),
      ...(receipts === undefined ? {} : { receipts }),
      ...(exceptions ? { exceptions } : {}),
      ...(guardrails === true ? { guardrails: { attachTo: ['ou-ab12-cdefgh34'], regions: ['eu-central-1'] } } : {}),
    });
    app.synth();
    return readFolder(new Folder(outdir, ''));
  },
  azure: ({
    level = MaturityLevel.ALERTING,
    locked = true,
    guardrails = true,
    target = MaturityLevel.LOGGING,
    mode,
    exceptions,
    bare,
    continuous,
    secret = false,
    outdir = folder(),
    receipts,
  }) => {
    const app = new CdktfApp({ outdir });
    const stack = new TerraformStack(app, 'agents');
    new AzurermProvider(stack, 'Azure', { features: [{}], subscriptionId: '00000000-0000-0000-0000-000000000000' });
    const resourceGroup = new ResourceGroup(stack, 'Group', { name: 'agents', location: 'westeurope' });
    const identity = new azure.AgentIdentity(stack, 'Reader', {
      agent: SPEC(secret),
      trust: azure.AgentTrust.azureCompute(),
      resourceGroup,
    });
    const files = azure.AgentResource.storageContainer({
      resourceId:
        '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/example/blobServices/default/containers/files',
    });
    const key = azure.AgentResource.keyVaultSecret({ resourceId: AZURE_SECRET });
    new azure.ScopedAgentRole(stack, 'Role', { identity, resources: { files, ...(secret ? { key } : {}) } });
    const monitoring = bare
      ? undefined
      : new azure.AgentMonitoring(stack, 'Monitoring', {
          agents: [identity],
          resourceGroup,
          level,
          trail: azure.AgentTrail.create({ locked }),
          notify: [azure.AlertTarget.email('oncall@example.com')],
        });
    new azure.AgentGovernance(stack, 'Governance', {
      target,
      fleet: continuous?.wrong === 'fleet' ? 'other' : 'main',
      ...(continuous && monitoring ? { continuous: { ...lookedAfter(continuous), agents: [identity], monitoring } } : {}),
      ...(mode ? { mode } : {}),
      ...(receipts === undefined ? {} : { receipts }),
      ...(exceptions ? { exceptions } : {}),
      ...(guardrails
        ? { guardrails: { agents: [identity], issuers: ['https://token.actions.githubusercontent.com'], enforce: guardrails !== 'dry' } }
        : {}),
    });
    app.synth();
    return readFolder(new Folder(app.outdir, ''));
  },
  gcp: ({
    level = MaturityLevel.ALERTING,
    locked = true,
    guardrails = true,
    target = MaturityLevel.LOGGING,
    mode,
    exceptions,
    bare,
    continuous,
    secret = false,
    sequences = false,
    outdir = folder(),
    receipts,
  }) => {
    const app = new CdktfApp({ outdir });
    const stack = new TerraformStack(app, 'agents');
    new GoogleProvider(stack, 'Google', { project: 'example' });
    const agent = SPEC(secret, ...(sequences ? [Workflow.named('read').step('files:read').repeated()] : []));
    const identity = new gcp.AgentIdentity(stack, 'Reader', { agent, trust: gcp.AgentTrust.attached(), project: 'example' });
    const files = gcp.AgentResource.managedFolder({ bucket: 'example-files', name: 'in/' });
    const key = gcp.AgentResource.secret({ secretId: 'erp', project: 'example' });
    new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { files, ...(secret ? { key } : {}) }, denyPolicy: true });
    const monitoring = bare
      ? undefined
      : new gcp.AgentMonitoring(stack, 'Monitoring', {
          agents: [identity],
          region: 'europe-west1',
          level,
          trail: gcp.AgentTrail.create({ locked }),
          notify: [gcp.AlertTarget.email('oncall@example.com')],
          sequences,
        });
    new gcp.AgentGovernance(stack, 'Governance', {
      target,
      fleet: continuous?.wrong === 'fleet' ? 'other' : 'main',
      ...(continuous && monitoring ? { continuous: { ...lookedAfter(continuous), agents: [identity], monitoring } } : {}),
      ...(mode ? { mode } : {}),
      ...(receipts === undefined ? {} : { receipts }),
      ...(exceptions ? { exceptions } : {}),
      ...(guardrails
        ? { guardrails: { project: 'example', agents: [identity], organization: '123456789012', dryRun: guardrails === 'dry' } }
        : {}),
    });
    app.synth();
    return readFolder(new Folder(app.outdir, ''));
  },
};

function lookedAfter({ repair = true, cleanUp = false, every }: Continuous) {
  return { repair, cleanUp, ...(every ? { every } : {}) };
}

/** Secret of a vault, in Azure's way of naming it. */
const AZURE_SECRET =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/data/providers/Microsoft.KeyVault/vaults/example/secrets/erp';

function secretOf(stack: Construct) {
  const { Secret } = jest.requireActual<typeof import('aws-cdk-lib/aws-secretsmanager')>('aws-cdk-lib/aws-secretsmanager');
  return Secret.fromSecretCompleteArn(stack, 'Key', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp-AbCdEf');
}

function bucketOf(stack: Construct) {
  const { Bucket } = jest.requireActual<typeof import('aws-cdk-lib/aws-s3')>('aws-cdk-lib/aws-s3');
  return Bucket.fromBucketName(stack, 'Files', 'example-files');
}

export function agentOf(inputs: readonly ReviewInput[]): AgentAssessment {
  const [agent] = scorecardOf(inputs, { receipts: { schemaVersion: 1, receipts: [] }, now: NOW }).agents;
  if (!agent) throw new Error('no agent');
  return agent;
}
export const statusOf = (agent: AgentAssessment, control: string): string | undefined =>
  agent.results.find((one) => one.control === control)?.status;
export const missingOf = (agent: AgentAssessment, level: number): readonly string[] =>
  agent.results.filter((one) => one.level <= level && one.status === 'missing').map(({ control }) => control);
