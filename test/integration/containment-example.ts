import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { AgentContainment, AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, ScopedAgentRole } from '../../lib/aws';

type Json = { readonly [key: string]: unknown };
interface Resource {
  readonly Type: string;
  readonly Properties: Json;
  readonly DependsOn?: string | readonly string[];
}

/** What an agent's stack makes of IAM and of the registry; what it refers to elsewhere is filled in. */
export function agentTemplate(): object {
  const app = new App({ context: { 'agentic-iam:review': 'off' } });
  const stack = new Stack(app, 'desk', { env: { account: '123456789012', region: 'eu-central-1' } });
  const agent = new AgentSpec({
    name: 'deployed',
    owner: 'o@example.com',
    purpose: 'keeps files',
    mode: AgentMode.READ_WRITE,
    capabilities: [Capability.readObjects('files'), Capability.overwriteObjects('files')],
    responses: {
      'unexpected-call': 'restrict',
      'unknown-sequence': 'restrict',
      'cross-boundary': 'brake',
      velocity: 'restrict',
    },
  });
  const identity = new AgentIdentity(stack, 'Agent', { agent, trust: AgentTrust.lambda() });
  const bucket = s3.Bucket.fromBucketName(stack, 'Files', 'files');
  new ScopedAgentRole(stack, 'AgentRole', { identity, resources: { files: AgentResource.bucket(bucket) } });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity] });
  new AgentContainment(stack, 'Containment', { agents: [identity], monitoring, notify: [new sns.Topic(stack, 'OnCall')], armed: true });
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

/** A template with what is not part of it filled in. */
export function filled(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] };
  const target = Ref ?? attribute?.[0];
  if (target !== undefined && !target.startsWith('AWS::') && !names.has(target)) return `arn:aws:stand-in:::${target}`;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, names)]));
}

/** Has moto's CloudFormation make a stack. */
export async function createStack(endpoint: string, name: string, template: object): Promise<void> {
  const body = new URLSearchParams({
    Action: 'CreateStack',
    Version: '2010-05-15',
    StackName: name,
    TemplateBody: JSON.stringify(template),
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0';
  const answer = await fetch(endpoint, { method: 'POST', body, headers: { authorization } });
  if (!answer.ok) throw new Error(`CloudFormation answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
}
