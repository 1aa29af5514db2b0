import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { ToolRule } from '../../../core/governance/posture';
import { fieldsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { cloudFormationReferences, textOf } from './output';

const GATEWAY = 'AWS::BedrockAgentCore::Gateway';

/** Gateways whose tools the agent may call, and the policies that are asked before each call. */
export function toolsOf(output: Output, agent: ManifestAgent): readonly ToolRule[] {
  const grants = agent.access.filter(({ capability }) => capability === 'tools:invoke');
  return grants.map(({ resource, scopes }) => {
    const ids = scopes.flatMap(cloudFormationReferences);
    const gateway = output.ofType(GATEWAY).find(({ id }) => ids.includes(id));
    if (!gateway) return { tool: resource, by: [], enforced: false };
    const configuration = fieldsOf(gateway.values['PolicyEngineConfiguration']);
    const [engine] = output.referred(gateway, configuration?.['Arn']);
    const policies = engine
      ? output.referring(engine, 'AWS::BedrockAgentCore::Policy').filter((policy) => permits(output, policy, { agent, gateway }))
      : [];
    return {
      tool: resource,
      by: policies.map((policy) => shows(policy, 'is asked before each call')),
      enforced: configuration?.['Mode'] === 'ENFORCE',
    };
  });
}

/** A Cedar statement that names the role and the gateway. */
function permits(
  output: Output,
  policy: OutputResource,
  { agent, gateway }: { readonly agent: ManifestAgent; readonly gateway: OutputResource },
): boolean {
  const definition = policy.values['Definition'];
  return (
    textOf(fieldsOf(fieldsOf(definition)?.['Cedar'])?.['Statement'] ?? definition).includes(`:assumed-role/${agent.identity.name}/`) &&
    output.refers(policy, definition, gateway)
  );
}
