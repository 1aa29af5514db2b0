import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { shortHash } from '../../core/names';
import { markOwn } from './attached-policies';

/** What no chain can carry: neither side of it is a name or the id of a task. */
export const NOBODY = '-@-';

const POLICY_ID = 'AgenticIamChainDeny';

/**
 * The policy that stops chains: one for each fleet and stack, attached from the first deploy to every role that a chain can reach. It denies
 * everything to sessions whose source identity is in its list. At first the list holds nobody; containment writes a version with
 * `<agent>@*` or `<agent>@<task>`, and so stops one agent's or one task's sessions everywhere, and no others.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
export function chainDenyPolicy(stack: Stack, fleet: string): iam.ManagedPolicy {
  const id = `${POLICY_ID}-${fleet}`;
  const known = stack.node.tryFindChild(id);
  if (known) return known as iam.ManagedPolicy;
  const policy = new iam.ManagedPolicy(stack, id, {
    managedPolicyName: `${fleet}--chain-${shortHash(stack.node.path)}`,
    path: `/agentic-iam/${fleet}/`,
    description: `Stops chains of agents of fleet ${fleet}, by the source identity they carry`,
    document: new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          sid: 'DenyChains',
          effect: iam.Effect.DENY,
          actions: ['*'],
          resources: ['*'],
          conditions: { StringLike: { 'aws:SourceIdentity': [NOBODY] } },
        }),
      ],
    }),
  });
  markOwn(policy);
  return policy;
}

const ATTACHED = new WeakMap<iam.IRole, iam.ManagedPolicy>();

/** Attaches the policy that stops chains to a role that a chain can reach. */
export function attachChainDeny(role: iam.Role, fleet: string): iam.ManagedPolicy {
  const policy = chainDenyPolicy(Stack.of(role), fleet);
  role.addManagedPolicy(policy);
  ATTACHED.set(role, policy);
  return policy;
}

/** How many of the role's managed policies are there to stop chains. */
export function chainDenySlots(role: iam.IRole): number {
  return ATTACHED.has(role) ? 1 : 0;
}
