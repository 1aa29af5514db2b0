import type { Statement } from '../../lib/aws/private/statement';
import type { AccessPlan, PlannedGrant } from '../../lib/core/access-plan';
import { AgentSpec } from '../../lib/core/agent-spec';
import { Capability } from '../../lib/core/capability';
import { AccessLevel, AgentMode } from '../../lib/core/enums';

/** A plan made by hand, so that translators are tested without a catalog. */
export function plan(...grants: (Partial<PlannedGrant> & Pick<PlannedGrant, 'permissions' | 'scopes'>)[]): AccessPlan {
  const agent = new AgentSpec({
    name: 'reader',
    owner: 'team',
    purpose: 'tests',
    mode: AgentMode.READ_WRITE,
    capabilities: [Capability.readObjects('invoices')],
  });
  const defaults = { capability: 'objects:read', resource: 'invoices', kind: 'bucket', target: 'objects', level: AccessLevel.READ };
  return { agent, cloud: 'aws', grants: grants.map((grant) => ({ ...defaults, conditions: [], traits: [], wide: false, ...grant })) };
}

/** Each action on each resource under its condition: what a policy says, whatever its form. */
export function triples(statements: readonly Statement[]): string[] {
  const all = statements.flatMap(({ Action = [], Resource = [], Condition = {} }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource} ${JSON.stringify(Condition)}`)),
  );
  return [...new Set(all)].sort();
}

export const jsonSize = (statement: Statement): number => JSON.stringify(statement).length;
