import { Testing } from 'cdktf';
import { AgentIdentity, type IAgentIdentity } from '../../lib/azure/agent-identity';
import { AgentResource } from '../../lib/azure/agent-resource';
import { AgentTrust } from '../../lib/azure/agent-trust';
import { ScopedAgentRole } from '../../lib/azure/scoped-agent-role';
import { TerraformStack } from '../../lib/terraform/core';
import { messageOf, reader } from '../fixtures/agents';

const TENANT = '11111111-2222-3333-4444-555555555555';
const PRINCIPAL = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');

test.each([{ branch: 'refs/heads/main' }, { tag: 'refs/tags/v1' }])('a whole ref is no name: %j', (ref) => {
  const trust = AgentTrust.gitHubActions({ repository: 'contoso/payments', ...ref });
  const [[field, value]] = Object.entries(ref) as [[string, string]];
  expect(messageOf(() => trust.waysFor('reader'))).toBe(
    `agent 'reader' needs '${field}' to be the name of a branch or tag, without 'refs/heads/' or 'refs/tags/', because Entra compares it exactly, got: '${value}'; write it like 'main' [invalid-trust]`,
  );
});

test.each([
  `https://login.microsoftonline.com/${TENANT}/v2.0`,
  `https://login.microsoftonline.us/${TENANT}/v2.0`,
  `https://login.partner.microsoftonline.cn/${TENANT}/v2.0`,
  `https://sts.windows.net/${TENANT}/`,
])('a managed identity cannot trust Entra by its address either: %s', (issuer) => {
  const trust = AgentTrust.oidc({ issuer, subject: PRINCIPAL });
  const resourceGroup = { name: 'agents', location: 'westeurope' };
  expect(messageOf(() => new AgentIdentity(aStack(), 'Reader', { agent: reader(), trust, resourceGroup }))).toContain(
    "agent 'invoice-reader' cannot trust a managed identity while it is one itself, because ",
  );
  expect(AgentIdentity.application(aStack(), 'Reader', { agent: reader(), trust }).kind).toBe('application');
});

describe('a delegation to an identity of the same tenant', () => {
  const child = reader({ name: 'child' });
  const parent = reader({ name: 'parent', capabilities: [], delegatesTo: [child] });

  /** What synth says of it, by the sub-agent as this makes it. */
  function complaints(make: (stack: TerraformStack) => IAgentIdentity): readonly string[] {
    const stack = aStack();
    const attributes = { agent: parent, principalId: PRINCIPAL, clientId: PRINCIPAL, tenantId: TENANT };
    const identity = AgentIdentity.fromIdentityAttributes(stack, 'Parent', attributes);
    return new ScopedAgentRole(stack, 'Role', { identity, resources: { child: AgentResource.agent(make(stack)) } }).node.validate();
  }
  const trusting = (trust: AgentTrust) => (stack: TerraformStack) => AgentIdentity.application(stack, 'Child', { agent: child, trust });

  test('needs the token of the tenant, and not the same subject from another issuer', () => {
    expect(complaints(trusting(AgentTrust.managedIdentity({ principalId: PRINCIPAL, tenantId: TENANT })))).toEqual([]);
    const other = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: PRINCIPAL });
    expect(complaints(trusting(other)).join()).toMatch(/^agent 'parent' delegates to 'child', whose trust does not name it, /);
  });

  test('to an imported sub-agent passes, as its trust is not known', () => {
    const imported = (stack: TerraformStack) =>
      AgentIdentity.fromIdentityAttributes(stack, 'Child', { agent: child, principalId: TENANT, clientId: TENANT });
    expect(complaints(imported)).toEqual([]);
  });
});
