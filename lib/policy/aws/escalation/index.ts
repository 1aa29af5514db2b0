import type { AccessWorld, EscalationStep } from '../../../core/review/world';
import type { PolicyText } from '../model';
import { assumeRoles } from './assume-role';
import type { Attacker } from './attacker';
import { takeCredentials } from './credentials';
import { takeOvers } from './existing-compute';
import { federateFrom } from './federation';
import { changeIdentities } from './identity-changes';
import { passRoles } from './pass-role';
import { rewritePolicies } from './resource-policies';

/**
 * The steps of an attacker on AWS. Each request of a step is decided with every layer that the estate knows, in the context that the
 * attacker would choose; what needs a condition that it cannot bring about is no step.
 */
export function makeSteps(attacker: Attacker): AccessWorld['steps'] {
  const { world } = attacker;
  // What needs nobody else is asked once, however many others come to be held.
  const alone = new Map<PolicyText, readonly EscalationStep[]>();
  return (from, held): readonly EscalationStep[] => {
    const principal = world.judge.principal(from);
    if (!principal) return from.startsWith('arn:') ? [] : federateFrom(from, world.estate, world);
    // A group acts through its members, who are held beside it.
    if (principal.kind === 'group') return [];
    const own = alone.get(from) ?? [...assumeRoles(from, attacker), ...rewritePolicies(from, attacker)];
    alone.set(from, own);
    const ours = new Set([...held].filter((arn) => world.judge.principal(arn) !== undefined));
    return [
      ...own,
      ...takeCredentials(from, ours, attacker),
      ...changeIdentities(from, ours, attacker),
      ...passRoles(from, ours, attacker),
      ...takeOvers({ from, held: ours, attacker }),
    ];
  };
}
