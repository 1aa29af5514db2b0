import type { ActionTraits } from '../../core/detection/action-traits';
import { patternTraits } from '../../core/detection/pattern-traits';
import facts from './evidence-actions.json';
import generated from './traits.json';

/** What detection needs to know of the permissions of Google Cloud. */
export const GCP_TRAITS: ActionTraits = patternTraits([
  ['changes-access', generated['changes-access']],
  ['yields-credentials', generated['yields-credentials']],
  ['escalation-step', generated['escalation-step']],
  ['tampers-with-evidence', facts.tampersWithEvidence.actions],
  ['makes-credentials', facts.makesCredentials.actions],
  ['takes-identity', facts.takesIdentity.actions],
]);
