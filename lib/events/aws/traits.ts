import type { ActionTrait, ActionTraits } from '../../core/detection/action-traits';
import facts from './evidence-actions.json';
import generated from './traits.json';

const LISTS: readonly (readonly [ActionTrait, readonly string[]])[] = [
  ['changes-access', generated['changes-access']],
  ['yields-credentials', generated['yields-credentials']],
  ['escalation-step', generated['escalation-step']],
  ['tampers-with-evidence', facts.tampersWithEvidence.actions],
  ['makes-credentials', facts.makesCredentials.actions],
  ['takes-identity', facts.takesIdentity.actions],
  ['free', facts.free.actions],
];

const GLOBAL: ReadonlySet<string> = new Set(facts.globalServices.services);
const NONE: readonly ActionTrait[] = [];
const ONLY_GLOBAL: readonly ActionTrait[] = ['global'];

const BY_ACTION = new Map<string, readonly ActionTrait[]>();
for (const [trait, actions] of LISTS) {
  for (const action of actions) {
    const key = action.toLowerCase();
    const global: readonly ActionTrait[] = GLOBAL.has(serviceOf(key)) ? ONLY_GLOBAL : NONE;
    BY_ACTION.set(key, [...(BY_ACTION.get(key) ?? global), trait]);
  }
}

/** Answers by the name as it was asked for. */
const EXACT = new Map<string, readonly ActionTrait[]>();

/** What detection needs to know of the actions of AWS. */
export const AWS_TRAITS: ActionTraits = {
  of: (action) => {
    const exact = EXACT.get(action);
    if (exact) return exact;
    const key = action.toLowerCase();
    const found = BY_ACTION.get(key) ?? (GLOBAL.has(serviceOf(key)) ? ONLY_GLOBAL : NONE);
    if (EXACT.size < 5_000) EXACT.set(action, found);
    return found;
  },
};

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}
