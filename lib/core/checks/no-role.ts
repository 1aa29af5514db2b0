import { Severity } from '../finding';
import type { Check } from './check';

export const NO_ROLE: Check = {
  id: 'no-role',
  severity: Severity.WARNING,
  title: 'every identity has a scoped role',
  explanation: 'an identity without a role can do nothing, or only what was granted past the declaration',
  fix: 'add a ScopedAgentRole for the identity',
  inspect: ({ access, identity }) => {
    // An imported identity got its role where it was made.
    const imported = identity.trust.some((way) => way.kind === 'imported');
    return access.length > 0 || imported ? undefined : { message: 'has an identity but no scoped role' };
  },
};
