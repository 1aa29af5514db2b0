import type { ActionTraits } from '../../core/detection/action-traits';
import { patternTraits } from '../../core/detection/pattern-traits';
import facts from './evidence-actions.json';
import generated from './traits.json';

/** What detection needs to know of the operations of Azure and of its directory. */
export const AZURE_TRAITS: ActionTraits = patternTraits([
  ['changes-access', [...generated['changes-access'], ...facts.changesDirectoryAccess.actions]],
  ['yields-credentials', generated['yields-credentials']],
  ['escalation-step', generated['escalation-step']],
  ['tampers-with-evidence', facts.tampersWithEvidence.actions],
  ['makes-credentials', facts.makesCredentials.actions],
  ['free', facts.free.actions],
]);
