import { App, TerraformStack, Testing } from 'cdktf';
import { AgentIdentity, type AgentIdentityProps, type IAgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { reader } from '../fixtures/agents';

export type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** A stack of its own app. */
export const newStack = (name = 'demo'): TerraformStack => new TerraformStack(new App({ skipValidation: true }), name);

export const inStack = (app: TerraformStack, name: string): TerraformStack => new TerraformStack(app.node.root as App, name);

/** The resources of a stack by type and by the last words of their name, as the template holds them. */
export function resourcesOf(stack: TerraformStack): Resources {
  return (JSON.parse(Testing.synth(stack)) as { resource?: Resources }).resource ?? {};
}

/** All resources of one type. */
export const ofType = (stack: TerraformStack, type: string): Record<string, unknown>[] => Object.values(resourcesOf(stack)[type] ?? {});

export const PROJECT = 'finance-prod';

export function identityProps(changes: Partial<AgentIdentityProps> = {}): AgentIdentityProps {
  return { agent: reader(), trust: AgentTrust.attached(), project: PROJECT, ...changes };
}

export const makeIdentity = (stack: TerraformStack, changes: Partial<AgentIdentityProps> = {}): AgentIdentity =>
  new AgentIdentity(stack, 'Reader', identityProps(changes));

export const makeFederated = (stack: TerraformStack, changes: Partial<AgentIdentityProps> = {}): IAgentIdentity =>
  AgentIdentity.federated(stack, 'Reader', identityProps(changes));
