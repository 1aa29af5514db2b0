import type { Output } from '../../../core/governance/output';
import type { ToolRule } from '../../../core/governance/posture';
import type { ManifestAgent } from '../../../core/manifest';

/** Tools of the agent, and the policy that is asked before each call. */
export function toolsOf(_output: Output, _agent: ManifestAgent): readonly ToolRule[] {
  return [];
}
