import type { AgentSpec } from '../../../lib';
import { fromDist } from '../dist';

const core = fromDist<typeof import('../../../lib')>('index.js');

/** What every measured agent says of itself; both programs write it down. */
export const OWNER = 'bench@example.com';
export const PURPOSE = 'is measured';
export const FLEET = 'bench';
export const PREFIX = 'invoices/';

/** The declaration of one measured agent: reads invoices below a prefix, and one secret. */
export function specOf(number: number): AgentSpec {
  return new core.AgentSpec({
    name: `agent-${number}`,
    owner: OWNER,
    purpose: PURPOSE,
    mode: core.AgentMode.READ_ONLY,
    capabilities: [core.Capability.readObjects('invoices'), core.Capability.readSecret('token')],
    scope: { environment: FLEET },
  });
}
