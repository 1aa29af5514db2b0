import type { Finding } from '../finding';
import type { ManifestAgent } from '../manifest';
import type { Check } from './check';
import { CREDENTIAL_LIFE } from './credential-life';
import { NATIVE_GRANT } from './native-grant';
import { NO_ROLE } from './no-role';
import { WIDE_SCOPE } from './wide-scope';

/** Every check, in the order its findings are shown. */
export const CHECKS: readonly Check[] = [NO_ROLE, NATIVE_GRANT, WIDE_SCOPE, CREDENTIAL_LIFE];

/** All findings for one agent. */
export function runChecks(agent: ManifestAgent): readonly Finding[] {
  return CHECKS.flatMap((check) => {
    const problem = check.inspect(agent);
    return problem ? [{ id: check.id, severity: check.severity, agent: agent.name, fix: check.fix, ...problem }] : [];
  });
}
