import type { AccessWorld, EscalationStep } from '../../../core/review/world';
import type { PolicyText } from '../model';
import { assumeRoles } from './assume-role';
import type { Attacker } from './attacker';
import { composeSteps } from './composed';
import { takeCredentials } from './credentials';
import { takeOvers } from './existing-compute';
import { federateFrom } from './federation';
import { changeIdentities } from './identity-changes';
import { Memberships } from './memberships';
import { makeIdentities } from './new-identities';
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
  const memberships = new Memberships(attacker);
  return (from, held): readonly EscalationStep[] => {
    const principal = world.judge.principal(from);
    if (!principal) return from.startsWith('arn:') ? [] : federateFrom(from, world.estate, world);
    const ours = new Set([...held].filter((arn) => world.judge.principal(arn) !== undefined));
    // A group acts through its members.
    if (principal.kind === 'group') {
      return memberships
        .joined(principal, ours)
        .flatMap(({ user, attacker: joined }) => all(user, ours, joined).map((step) => ({ ...step, from })));
    }
    const own = alone.get(from) ?? needsNobody(from, attacker);
    alone.set(from, own);
    return [...own, ...needsOthers(from, ours, attacker), ...composeSteps({ from, held: ours, attacker }, all)];
  };
}

function all(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  return [...needsNobody(from, attacker), ...needsOthers(from, held, attacker)];
}

function needsNobody(from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  return [...assumeRoles(from, attacker), ...rewritePolicies(from, attacker)];
}

function needsOthers(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  return [
    ...takeCredentials(from, held, attacker),
    ...changeIdentities(from, held, attacker),
    ...makeIdentities(from, held, attacker),
    ...passRoles(from, held, attacker),
    ...takeOvers({ from, held, attacker }),
  ];
}
