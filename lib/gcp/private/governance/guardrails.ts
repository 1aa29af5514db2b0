import { Construct } from 'constructs';
import { invalidGovernance } from '../../../core/governance-errors';
import { Lazy, resolveTokens } from '../../../terraform/core';
import { OrgPolicyCustomConstraint, OrgPolicyPolicy } from '../../../terraform/google';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/governance.json';

export interface GuardrailProps {
  /** Project that the policies are for. */
  readonly project: string;
  /** Agents that are given no role of an administrator, by anybody; needs `organization`. @default - whatever the project's policies say */
  readonly agents?: readonly IAgentIdentity[];
  /** Number of the organisation, for the constraint about agents. @default - none is made */
  readonly organization?: string;
  /** Whether violations are only recorded: how each guardrail begins. @default false */
  readonly dryRun?: boolean;
}

/**
 * Policies of the organisation on a project, which hold whoever administers it: no keys of service accounts, no roles by default, no tokens beyond an hour, and no
 * role of an administrator for an agent.
 * @see https://docs.cloud.google.com/resource-manager/docs/organization-policy/overview
 */
export class Guardrails extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { fleet, project, agents = [], organization, dryRun = false }: GuardrailProps & { readonly fleet: string },
  ) {
    super(scope, id);
    if (agents.length > 0 && (organization === undefined || !/^\$\{|^[1-9]\d*$/.test(organization)))
      throw invalidGovernance(`guardrails of fleet '${fleet}'`, {
        rule: "need 'organization' in digits for 'agents'",
        reason: 'a constraint of your own belongs to the organisation',
        ...(organization === undefined ? {} : { value: organization }),
        fix: 'give its number, or leave agents out',
      });
    const policy = (name: string, rule: { enforce?: string; denyAll?: string }): void => {
      const spec = { rules: [rule] };
      new OrgPolicyPolicy(this, name, {
        name: `projects/${project}/policies/${name}`,
        parent: `projects/${project}`,
        ...(dryRun ? { dryRunSpec: spec } : { spec }),
      });
    };
    for (const name of facts.constraints.enforced) policy(name, { enforce: 'TRUE' });
    for (const name of facts.constraints.deniedLists) policy(name, { denyAll: 'TRUE' });
    if (organization === undefined || agents.length === 0) return;
    const name = `custom.agenticIam${fleet.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())}`;
    const { resourceType, roles } = facts.customConstraint;
    new OrgPolicyCustomConstraint(this, 'Constraint', {
      name,
      parent: `organizations/${organization}`,
      displayName: `Agents of fleet ${fleet} administer nothing`,
      description: 'An agent is given no role of an administrator, by whomever',
      actionType: 'DENY',
      methodTypes: ['CREATE', 'UPDATE'],
      resourceTypes: [resourceType],
      condition: Lazy.stringValue({
        produce: () => {
          const members = agents.map(({ member }) => `'${String(resolveTokens(this, member))}'`).join(', ');
          const wanted = roles.map((role) => `'${role}'`).join(', ');
          return `resource.bindings.exists(binding, RoleNameMatches(binding.role, [${wanted}]) && binding.members.exists(member, MemberSubjectMatches(member, [${members}])))`;
        },
      }),
    });
    policy(name, { enforce: 'TRUE' });
  }
}
