import { reviewManagedPolicies } from '../managed-policies';
import type { Goal } from '../table';

/** The AWS managed policies of reads, and those that are named so. */
export function managedPolicyGoals(): readonly Goal[] {
  const { reading, escalating, credentials, named, beyond } = reviewManagedPolicies();
  const policies = new Set(beyond.map(({ policy }) => policy));
  return [
    {
      goal: `${reading} managed policies that only list and read: no step leads on`,
      met: escalating.length === 0,
      found: escalating.map(({ policy, technique }) => `${policy}: ${technique}`).join(', ') || `0; ${credentials} return credentials`,
    },
    {
      goal: `${named} named ReadOnly or ViewOnly: what is more than a read has a reason`,
      met: beyond.every(({ reason }) => reason !== ''),
      found: `${policies.size} hold more; list them with tools/bench/managed-policies.ts`,
    },
  ];
}
