import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as fc from 'fast-check';
import { AgentMode, AgentSpec, Capability, GovernanceMode, MaturityLevel } from '../../lib';
import { AgentGovernance, AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { cedarFor } from '../../lib/aws/private/governance/tools';
import { Folder } from '../../lib/policy/documents/files';
import { readFolder } from '../../lib/policy/documents/folder';
import { scorecardOf } from '../../lib/policy/scorecard';

const GATEWAY = 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/orders-a1b2c3d4e5';
const ROLE = 'main--buyer';
const POLICY = cedarFor({ role: ROLE, account: '111122223333', gateway: GATEWAY, tools: ['Orders___lookup', 'Orders___create'] });
const session = (role: string, account = '111122223333'): string => `arn:aws:sts::${account}:assumed-role/${role}/run-1`;

/** What Cedar itself answers. */
function decide(who: string, tool: string, gateway = GATEWAY, policies = POLICY): string {
  const principal = { type: 'AgentCore::IamEntity', id: who };
  const answer = isAuthorized({
    principal,
    action: { type: 'AgentCore::Action', id: tool },
    resource: { type: 'AgentCore::Gateway', id: gateway },
    context: {},
    policies: { staticPolicies: policies },
    entities: [{ uid: principal, attrs: { id: who }, parents: [] }],
  });
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  return answer.response.decision;
}

test.each([
  ['the agent, a tool of its own', session(ROLE), 'Orders___lookup', GATEWAY, 'allow'],
  ['the agent, its other tool', session(ROLE), 'Orders___create', GATEWAY, 'allow'],
  ['the agent, a tool that nobody declared', session(ROLE), 'Orders___delete', GATEWAY, 'deny'],
  ['the agent, another gateway', session(ROLE), 'Orders___lookup', `${GATEWAY}x`, 'deny'],
  ['another agent', session('main--seller'), 'Orders___lookup', GATEWAY, 'deny'],
  ['an agent whose name begins alike', session('main--buyer-2'), 'Orders___lookup', GATEWAY, 'deny'],
  [
    'a session that calls itself so',
    `arn:aws:sts::111122223333:assumed-role/other/assumed-role/${ROLE}`,
    'Orders___lookup',
    GATEWAY,
    'deny',
  ],
  ['the same role of another account', session(ROLE, '444455556666'), 'Orders___lookup', GATEWAY, 'deny'],
])('%s: %s', (_, who, tool, gateway, expected) => {
  expect(decide(who, tool, gateway)).toBe(expected);
});

test('whatever tools there are, exactly those that are listed are permitted', () => {
  const tool = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}___[a-z][a-z0-9_]{0,8}$/);
  fc.assert(
    fc.property(fc.uniqueArray(tool, { minLength: 1, maxLength: 6 }), tool, (tools, asked) => {
      const policies = cedarFor({ role: ROLE, account: '111122223333', gateway: GATEWAY, tools });
      expect(decide(session(ROLE), asked, GATEWAY, policies)).toBe(tools.includes(asked) ? 'allow' : 'deny');
    }),
    { numRuns: 100 },
  );
});

function app(target: MaturityLevel, tools: readonly string[] | undefined, outdir?: string): { readonly app: App; readonly stack: Stack } {
  const made = new App(outdir === undefined ? {} : { outdir });
  const stack = new Stack(made, 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
  const agent = new AgentSpec({
    name: 'buyer',
    owner: 'o@example.com',
    purpose: 'buys',
    mode: AgentMode.READ_WRITE,
    capabilities: [Capability.invokeTools('orders')],
  });
  const identity = new AgentIdentity(stack, 'Buyer', { agent, trust: AgentTrust.lambda() });
  const gateway = new agentcore.Gateway(stack, 'Orders', {
    gatewayName: 'orders',
    authorizerConfiguration: agentcore.GatewayAuthorizer.usingAwsIam(),
  });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { orders: AgentResource.gateway(gateway) } });
  new AgentGovernance(stack, 'Governance', {
    target,
    fleet: 'main',
    mode: GovernanceMode.WARN,
    ...(tools ? { tools: [{ identity, gateway, tools }] } : {}),
  });
  return { app: made, stack };
}

test('below enforcement the policy only notes; from it on it refuses', () => {
  const modeAt = (target: MaturityLevel): unknown =>
    Object.values(Template.fromStack(app(target, ['Orders___lookup']).stack).findResources('AWS::BedrockAgentCore::Gateway'))[0]?.[
      'Properties'
    ].PolicyEngineConfiguration.Mode;
  expect([modeAt(MaturityLevel.ALERTING), modeAt(MaturityLevel.ENFORCEMENT)]).toEqual(['LOG_ONLY', 'ENFORCE']);
});

test.each([
  ['no policy', MaturityLevel.ENFORCEMENT, undefined, 'missing'],
  ['a policy that notes', MaturityLevel.ALERTING, ['Orders___lookup'], 'missing'],
  ['a policy that refuses', MaturityLevel.ENFORCEMENT, ['Orders___lookup'], 'met'],
])('with %s the control is judged by the template', (_, target, tools, expected) => {
  const { app: made } = app(target, tools);
  const { directory } = made.synth();
  const [agent] = scorecardOf(readFolder(new Folder(directory, '')), {
    receipts: { schemaVersion: 1, receipts: [] },
    now: new Date(),
  }).agents;
  expect(agent?.results.find(({ control }) => control === 'tools-governed')?.status).toBe(expected);
});

test.each([
  ['no tools', [], /must be named/],
  ['a tool without its target', ['lookup'], /must be written as target and tool.*got: 'lookup'/],
  ['a tool that would end the statement', ['Orders___x"]; permit(principal, action, resource);//'], /must be written as target and tool/],
])('%s are refused', (_, tools, message) => {
  expect(() => app(MaturityLevel.ENFORCEMENT, tools)).toThrow(message);
});
