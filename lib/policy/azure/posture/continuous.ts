import type { Output } from '../../../core/governance/output';
import type { AgentPosture } from '../../../core/governance/posture';
import type { ManifestAgent } from '../../../core/manifest';

type Continuous = Pick<AgentPosture, 'drift' | 'repair' | 'tamper' | 'unused' | 'hygiene' | 'kept'>;

/** What looks after the agent once it is deployed. */
export function continuousOf(_output: Output, _agent: ManifestAgent): Continuous {
  return { drift: [], repair: [], tamper: [], unused: [], hygiene: [], kept: [] };
}
