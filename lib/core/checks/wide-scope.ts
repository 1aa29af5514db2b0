import { Severity } from '../finding';
import type { Check } from './check';

export const WIDE_SCOPE: Check = {
  id: 'wide-scope',
  severity: Severity.INFO,
  title: 'every permission is limited to named resources',
  explanation: 'a permission on everything cannot be narrowed by naming resources, only by conditions',
  fix: 'nothing, where the cloud offers no narrower scope for it; else bind a narrower resource',
  inspect: ({ access }) => {
    const wide = access.filter((grant) => grant.wide);
    const permissions = [...new Set(wide.flatMap((grant) => grant.permissions))].sort();
    return wide.length === 0
      ? undefined
      : {
          message: `holds ${permissions.length} permission${permissions.length === 1 ? '' : 's'} that reach past the bound resource`,
          evidence: { permissions },
        };
  },
};
