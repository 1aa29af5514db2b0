import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { AccessPlan } from '../../../core/access-plan';
import { AccessLevel } from '../../../core/enums';
import { byCodePoint } from '../../../core/json';
import type { IAgentIdentity } from '../../agent-identity';
import facts from '../../catalog/containment.json';
import { markOwn } from '../attached-policies';

/** A policy document as the registry holds it. */
export interface BrakeDocuments {
  readonly released: object;
  readonly restricted: object;
  readonly braked: object;
}

const READS: readonly string[] = [AccessLevel.LIST, AccessLevel.READ];

const document = (statement: object): object => ({ Version: '2012-10-17', Statement: [statement] });

/** Denies nobody anything, and is a deny, so that what changes later is a word and not a kind. */
const RELEASED = {
  Sid: 'Released',
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalArn': '-' } },
};

/** Actions of the plan that safe mode leaves alone. */
export function readActions(plan: AccessPlan | undefined): readonly string[] {
  const reads = (plan?.grants ?? []).filter(({ level, traits }) => READS.includes(level) && !traits.includes('credentials'));
  return [...new Set(reads.flatMap(({ permissions }) => permissions))].sort(byCodePoint);
}

/** What the brake says at each stage. What evidence needs goes on in all of them. */
export function brakeDocuments(plan: AccessPlan | undefined): BrakeDocuments {
  const evidence = facts.evidence.actions;
  const spared = [...new Set([...evidence, ...readActions(plan)])].sort(byCodePoint);
  return {
    released: document(RELEASED),
    restricted: document({ Sid: 'Restricted', Effect: 'Deny', NotAction: spared, Resource: '*' }),
    braked: document({ Sid: 'Braked', Effect: 'Deny', NotAction: evidence, Resource: '*' }),
  };
}

/**
 * The managed policy that is the brake of an agent: attached from its first deploy, released. No template ever changes what it says, so that no deployment
 * lifts it; the responder does, by a version.
 */
export function brakePolicy(identity: IAgentIdentity, role: iam.Role): iam.ManagedPolicy {
  const { agent, fleet } = identity;
  const policy = new iam.ManagedPolicy(identity, 'Brake', {
    managedPolicyName: brakeName(fleet, agent.name),
    path: `/agentic-iam/${fleet}/`,
    description: `Stops agent ${agent.name} of fleet ${fleet}`,
    document: iam.PolicyDocument.fromJson(document(RELEASED)),
  });
  markOwn(policy);
  role.addManagedPolicy(policy);
  return policy;
}

/** Name of the policy, so that nothing needs to refer to it. */
export const brakeName = (fleet: string, agent: string): string => `${fleet}--${agent}--brake`;

/** ARN built from the name. */
export function brakeArn(identity: IAgentIdentity): string {
  const resourceName = `agentic-iam/${identity.fleet}/${brakeName(identity.fleet, identity.agent.name)}`;
  return Stack.of(identity).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName });
}
