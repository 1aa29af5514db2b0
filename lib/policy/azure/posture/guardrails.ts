import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Evidence } from '../../../core/governance/posture';

/** Policies that are assigned, refuse, and name the identity: what it is given beyond its own roles is denied. */
export function guardrailsOf(output: Output, identity: OutputResource | undefined): readonly Evidence[] {
  if (!identity) return [];
  return output
    .ofType(
      'azurerm_subscription_policy_assignment',
      'azurerm_resource_group_policy_assignment',
      'azurerm_management_group_policy_assignment',
    )
    .filter((one) => one.values['enforce'] !== false && output.refers(one, one.values['parameters'], identity))
    .flatMap((one) =>
      output
        .referred(one, one.values['policy_definition_id'])
        .filter(denies)
        .map(() => shows(one, 'denies it every role that was not declared')),
    );
}

function denies({ values }: OutputResource): boolean {
  const rule = String(values['policy_rule'] ?? '');
  return /"effect":\s*"deny"/i.test(rule) && rule.includes('Microsoft.Authorization/roleAssignments');
}
