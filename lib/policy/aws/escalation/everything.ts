import { readPolicy } from '../input/read-policy';
import type { AwsPolicy } from '../model';
import type { Attacker } from './attacker';

/** The policy an attacker writes. */
export const EVERYTHING: AwsPolicy = readPolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  { layer: 'identity', name: 'a policy that allows everything' },
);

/** The policy of AWS that an attacker attaches. */
export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** Managed policies of the account that allow everything. */
export function adminPolicies({ world: { estate } }: Attacker): readonly string[] {
  return estate.managedPolicies.flatMap((policy) => (policy.arn !== undefined && allowsEverything(policy) ? [policy.arn] : []));
}

/** Whether a policy has a statement that allows everything; what it denies beside this is not looked at. */
export function allowsEverything({ document }: AwsPolicy): boolean {
  return document.statements.some(
    ({ effect, actions, resources, conditions }) =>
      effect === 'Allow' && actions?.includes('*') === true && resources?.includes('*') === true && conditions.length === 0,
  );
}
