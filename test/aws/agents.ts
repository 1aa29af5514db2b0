import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AgentIdentity } from '../../lib/aws/agent-identity';
import { AgentTrust } from '../../lib/aws/agent-trust';
import { AgentSpec, type AgentSpecProps } from '../../lib/core/agent-spec';
import { Capability } from '../../lib/core/capability';
import { AgentMode } from '../../lib/core/enums';

export function newStack(id = 'Agents', app: App = new App()): Stack {
  return new Stack(app, id);
}

export function spec(props: Partial<AgentSpecProps> = {}): AgentSpec {
  return new AgentSpec({
    name: 'reader',
    owner: 'team',
    purpose: 'tests',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readObjects('invoices')],
    ...props,
  });
}

export function identityOf(stack: Stack, agent: AgentSpec, id = 'Identity'): AgentIdentity {
  return new AgentIdentity(stack, id, { agent, trust: AgentTrust.lambda() });
}

interface ResourceJson {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Properties of the resources of a type whose logical id begins so. */
export function propertiesOf(stack: Stack, type: string, prefix = ''): readonly Readonly<Record<string, unknown>>[] {
  const resources = Object.entries(Template.fromStack(stack).toJSON().Resources as Readonly<Record<string, ResourceJson>>);
  return resources.filter(([id, { Type }]) => Type === type && id.startsWith(prefix)).map(([, { Properties }]) => Properties);
}

export function documentsOf(stack: Stack, type: string, prefix = ''): readonly unknown[] {
  return propertiesOf(stack, type, prefix).map(({ PolicyDocument }) => PolicyDocument);
}
