import type { Output } from '../../../core/governance/output';
import type { Evidence } from '../../../core/governance/posture';

/** Policies that are assigned and deny something to the fleet's identities. */
export function guardrailsOf(_output: Output, _fleet: string): readonly Evidence[] {
  return [];
}
