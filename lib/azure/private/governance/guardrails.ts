import { Construct } from 'constructs';
import { invalidGovernance } from '../../../core/governance-errors';
import { DataAzurermSubscription, PolicyDefinition, RoleAssignment, SubscriptionPolicyAssignment } from '../../../terraform/azurerm';
import { Lazy, resolveTokens, TerraformStack } from '../../../terraform/core';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/governance.json';

const { aliases } = facts;

export interface GuardrailProps {
  /** Agents that may be given no role but those that this app gives them. */
  readonly agents: readonly IAgentIdentity[];
  /** Issuers whose tokens may be exchanged for an identity of the subscription, whoever adds the credential. @default - any */
  readonly issuers?: readonly string[];
  /** Whether Azure refuses; else it only notes what it would have refused. @default true */
  readonly enforce?: boolean;
}

/**
 * Policies of the subscription, which hold whoever asks: no role for an agent beyond its own, and no credential from an issuer that nobody approved. Azure has no
 * ceiling for one identity; this is what comes nearest.
 * @see https://learn.microsoft.com/en-us/azure/governance/policy/concepts/definition-structure-policy-rule
 */
export class Guardrails extends Construct {
  constructor(scope: Construct, id: string, { fleet, agents, issuers, enforce = true }: GuardrailProps & { readonly fleet: string }) {
    super(scope, id);
    if (agents.length === 0)
      throw invalidGovernance(`guardrails of fleet '${fleet}'`, {
        rule: "need 'agents'",
        reason: 'a policy about nobody forbids nothing',
        fix: 'name the agents of the fleet',
      });
    const subscriptionId = new DataAzurermSubscription(this, 'Subscription', {}).id;
    const common = { subscriptionId, enforce };
    this.policy('Roles', {
      ...common,
      name: `agentic-iam-${fleet}-roles`,
      displayName: `Agents of fleet ${fleet} have no role but those that were declared`,
      rule: {
        allOf: [
          { field: 'type', equals: aliases.assignment },
          { field: aliases.principal, in: "[parameters('principals')]" },
          { not: { value: `[last(split(field('${aliases.role}'), '/'))]`, in: "[parameters('roles')]" } },
        ],
      },
      parameters: {
        principals: Lazy.listValue({ produce: () => agents.map(({ principalId }) => String(resolveTokens(this, principalId))) }),
        roles: Lazy.listValue({ produce: () => rolesOf(this, agents) }),
      },
    });
    if (issuers)
      this.policy('Issuers', {
        ...common,
        name: `agentic-iam-${fleet}-issuers`,
        displayName: 'Identities take tokens of approved issuers alone',
        rule: { allOf: [{ field: 'type', equals: aliases.credential }, { not: { field: aliases.issuer, in: "[parameters('issuers')]" } }] },
        parameters: { issuers: [...issuers] },
      });
  }

  private policy(
    id: string,
    made: {
      readonly name: string;
      readonly displayName: string;
      readonly subscriptionId: string;
      readonly enforce: boolean;
      readonly rule: object;
      readonly parameters: Readonly<Record<string, string[]>>;
    },
  ): void {
    const definition = new PolicyDefinition(this, id, {
      name: made.name,
      displayName: made.displayName,
      policyType: 'Custom',
      mode: 'All',
      parameters: JSON.stringify(Object.fromEntries(Object.keys(made.parameters).map((name) => [name, { type: 'Array' }]))),
      // biome-ignore lint/suspicious/noThenProperty: a policy rule has these two members.
      policyRule: JSON.stringify({ if: made.rule, then: { effect: 'deny' } }),
    });
    new SubscriptionPolicyAssignment(this, `${id}Assignment`, {
      name: made.name,
      displayName: made.displayName,
      subscriptionId: made.subscriptionId,
      policyDefinitionId: definition.id,
      enforce: made.enforce,
      parameters: Lazy.stringValue({
        produce: () =>
          JSON.stringify(
            Object.fromEntries(Object.entries(made.parameters).map(([name, value]) => [name, { value: resolveTokens(this, value) }])),
          ),
      }),
      nonComplianceMessage: [{ content: `${made.displayName}: change the agent's spec instead, or ask for an exception.` }],
    });
  }
}

/** Ids, without their scope, of the roles that the app gives the agents. */
function rolesOf(scope: Construct, agents: readonly IAgentIdentity[]): string[] {
  const principals = new Set(agents.map(({ principalId }) => String(resolveTokens(scope, principalId))));
  const given = TerraformStack.of(scope)
    .node.findAll()
    .filter((node): node is RoleAssignment => node instanceof RoleAssignment)
    .filter((node) => principals.has(String(resolveTokens(node, node.principalIdInput))))
    .map((node) => String(resolveTokens(node, node.roleDefinitionIdInput ?? '')))
    .filter((role) => role !== '');
  return [
    ...new Set(
      given.map((role) => role.replace(/\.role_definition_resource_id\}$/, '.role_definition_id}').replace(/^.*\/roleDefinitions\//, '')),
    ),
  ].sort();
}
