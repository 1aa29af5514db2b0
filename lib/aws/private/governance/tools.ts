import { Stack, Token } from 'aws-cdk-lib';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { invalidGovernance } from '../../../core/governance-errors';
import { shortHash } from '../../../core/names';
import type { IAgentIdentity } from '../../agent-identity';

/** Tools of one gateway that one agent may call; every other call is refused before it is made. */
export interface ToolAccess {
  readonly identity: IAgentIdentity;
  /** A gateway that is made in this app, and knows who calls by IAM. */
  readonly gateway: agentcore.Gateway;
  /** Names as the gateway has them: target and tool, with three underscores between, `Orders___lookup`. */
  readonly tools: readonly string[];
}

const TOOL = /^[A-Za-z0-9][A-Za-z0-9-]*___[A-Za-z0-9_-]+$/;

/**
 * The Cedar statement that lets one role call some tools of one gateway. Cedar refuses whatever no statement permits.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy-scope.html
 */
export function cedarFor({
  role,
  account,
  gateway,
  tools,
}: {
  readonly role: string;
  readonly account: string;
  readonly gateway: string;
  readonly tools: readonly string[];
}): string {
  const actions = [...tools].sort().map((tool) => `AgentCore::Action::"${tool}"`);
  return [
    'permit (',
    '  principal is AgentCore::IamEntity,',
    `  action in [${actions.join(', ')}],`,
    `  resource == AgentCore::Gateway::"${gateway}"`,
    ') when {',
    // A session of the role, whatever it is called; names of roles are unique in an account.
    `  principal.id like "arn:*:sts::${account}:assumed-role/${role}/*"`,
    '};',
  ].join('\n');
}

/** Puts a policy engine in front of each gateway, with one policy for each agent. */
export function governTools(scope: Construct, access: readonly ToolAccess[], enforced: boolean): void {
  for (const { identity, tools } of access) checkTools(identity.agent.name, tools);
  const engines = new Map<agentcore.Gateway, agentcore.PolicyEngine>();
  for (const { identity, gateway, tools } of access) {
    const engine = engines.get(gateway) ?? engineFor(scope, gateway, enforced);
    engines.set(gateway, engine);
    const name = `${identity.fleet}_${identity.agent.name}_${shortHash(gateway.node.path)}`.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 48);
    new agentcore.Policy(scope, `${identity.agent.name}-${shortHash(gateway.node.path)}`, {
      policyEngine: engine,
      policyName: /^[A-Za-z]/.test(name) ? name : `a${name}`.slice(0, 48),
      description: `Tools that agent ${identity.agent.name} may call`,
      statement: agentcore.PolicyStatement.fromCedar(
        cedarFor({ role: identity.roleName, account: Stack.of(identity).account, gateway: gateway.gatewayArn, tools }),
      ),
    });
  }
}

function engineFor(scope: Construct, gateway: agentcore.Gateway, enforced: boolean): agentcore.PolicyEngine {
  const resource = gateway.node.defaultChild;
  if (!(resource instanceof agentcore.CfnGateway))
    throw invalidGovernance(`gateway '${gateway.node.path}'`, {
      rule: 'must be made in this app',
      reason: 'its policy engine is part of it',
      fix: 'govern its tools where it is made',
    });
  if (resource.policyEngineConfiguration !== undefined)
    throw invalidGovernance(`gateway '${gateway.node.path}'`, {
      rule: 'must have no policy engine of its own',
      reason: 'a gateway asks one engine',
      fix: "leave out 'policyEngineConfiguration', or write the policies into that engine",
    });
  const engine = new agentcore.PolicyEngine(scope, `Engine-${shortHash(gateway.node.path)}`, {
    description: `Asked before each tool call through ${gateway.node.id}`,
  });
  engine.grantEvaluateForGateway(gateway.role, gateway);
  resource.policyEngineConfiguration = { arn: engine.policyEngineArn, mode: enforced ? 'ENFORCE' : 'LOG_ONLY' };
  return engine;
}

function checkTools(agent: string, tools: readonly string[]): void {
  const odd = tools.find((tool) => Token.isUnresolved(tool) || !TOOL.test(tool));
  if (tools.length > 0 && odd === undefined) return;
  throw invalidGovernance(`tools of agent '${agent}'`, {
    rule: odd === undefined ? 'must be named' : 'must be written as target and tool',
    reason: odd === undefined ? 'an agent without tools needs no policy' : 'a gateway knows them so',
    ...(odd === undefined ? {} : { value: odd }),
    fix: "write for example 'Orders___lookup'",
  });
}
