import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AgentMode, AgentSpec, Capability, MaturityLevel } from '../../lib';
import {
  AgentContainment,
  AgentGovernance,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrail,
  AgentTrust,
  ScopedAgentRole,
} from '../../lib/aws';
import { filled } from './containment-example';

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [key: string]: unknown };
  readonly DependsOn?: string | readonly string[];
}

export const FLEET = 'main';

/** What the stack of some agents makes of IAM and of what their governor reads; what it refers to elsewhere is filled in. */
export function governedTemplate(count: number): object {
  const app = new App({ context: { 'agentic-iam:review': 'off' } });
  const stack = new Stack(app, 'desk', { env: { account: '123456789012', region: 'eu-central-1' } });
  const bucket = s3.Bucket.fromBucketName(stack, 'Files', 'files');
  const agents = Array.from({ length: count }, (_, index) => {
    const agent = new AgentSpec({
      name: `agent-${index}`,
      owner: 'o@example.com',
      purpose: 'keeps files',
      mode: AgentMode.READ_WRITE,
      capabilities: [Capability.readObjects('files'), Capability.overwriteObjects('files')],
    });
    const identity = new AgentIdentity(stack, `Agent${index}`, { agent, trust: AgentTrust.lambda() });
    new ScopedAgentRole(stack, `AgentRole${index}`, { identity, resources: { files: AgentResource.bucket(bucket) } });
    return identity;
  });
  const oncall = new sns.Topic(stack, 'OnCall');
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents, trail: AgentTrail.create({ locked: true }) });
  new AgentContainment(stack, 'Containment', { agents, monitoring, notify: [oncall], armed: true });
  new AgentGovernance(stack, 'Governance', { target: MaturityLevel.LOGGING, continuous: { agents, monitoring, repair: true } });
  const { Resources } = Template.fromStack(stack).toJSON() as { readonly Resources: Record<string, Resource> };
  const kept = Object.entries(Resources).filter(
    ([id, { Type }]) => id.startsWith('Agent') && (Type.startsWith('AWS::IAM::') || Type === 'AWS::SSM::Parameter'),
  );
  const names = new Set(kept.map(([id]) => id));
  const parts = kept.map(([id, { Type, Properties, DependsOn = [] }]) => {
    const waits = [DependsOn].flat().filter((one) => names.has(one));
    return [id, { Type, Properties: filled(Properties, names), ...(waits.length > 0 ? { DependsOn: waits } : {}) }];
  });
  return { Resources: Object.fromEntries(parts) };
}
