import { Testing } from 'cdktf';
import { Capability } from '../../lib';
import * as azure from '../../lib/azure';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { reader } from '../fixtures/agents';
import { SAMPLES } from './resource-samples';

const { Agent, AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } = azure;

const PROPS = {
  agent: reader({ capabilities: [Capability.readObjects('invoices')] }),
  fleet: 'prod',
  trust: AgentTrust.azureCompute(),
  resourceGroup: { name: 'agents', location: 'westeurope' },
};
const resources = { invoices: AgentResource.storageContainer({ resourceId: SAMPLES.storageContainer?.resourceId ?? '' }) };

test('the entry point exports the names that every cloud has, and nothing else at run time', () => {
  expect(Object.keys(azure).sort()).toEqual([
    'Agent',
    'AgentContainment',
    'AgentGovernance',
    'AgentIdentity',
    'AgentMonitoring',
    'AgentResource',
    'AgentReview',
    'AgentSecret',
    'AgentTrail',
    'AgentTrust',
    'AgentWork',
    'AlertTarget',
    'PeerResponder',
    'ScopedAgentRole',
    'TaskAccess',
  ]);
});

test('an agent is its identity and its role, and synthesises what the two do apart', () => {
  const together = new TerraformStack(Testing.app(), 'stack');
  const agent = new Agent(together, 'Reader', { ...PROPS, resources });
  const apart = new TerraformStack(Testing.app(), 'stack');
  new ScopedAgentRole(apart, 'Role', { identity: new AgentIdentity(apart, 'Identity', PROPS), resources });
  expect(Testing.synth(together)).toBe(Testing.synth(apart));
  expect(agent.role.agent).toBe(agent.identity.agent);
});

test('the window and assignable scope of an agent reach its role', () => {
  const stack = new TerraformStack(Testing.app(), 'stack');
  const assignableScope = '/subscriptions/00000000-0000-0000-0000-000000000001';
  new Agent(stack, 'Reader', { ...PROPS, resources, assignableScope, notAfter: '2027-01-01T00:00:00Z' });
  const [role] = Object.values(JSON.parse(Testing.synth(stack)).resource.azurerm_role_definition) as { scope: string }[];
  expect(role?.scope).toBe(assignableScope);
  expect(manifestOf(stack).agents[0]?.window).toEqual({ notAfter: '2027-01-01T00:00:00Z' });
});

test('an agent with everything in place has no finding but the life of its token, which Azure decides', () => {
  const stack = new TerraformStack(Testing.app(), 'stack');
  new Agent(stack, 'Reader', { ...PROPS, resources });
  expect(manifestOf(stack).agents[0]?.findings.map(({ id }) => id)).toEqual(['credential-life']);
});
