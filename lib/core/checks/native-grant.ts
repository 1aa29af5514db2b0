import { Severity } from '../finding';
import type { Check } from './check';

export const NATIVE_GRANT: Check = {
  id: 'native-grant',
  severity: Severity.WARNING,
  title: 'all access comes from declared capabilities',
  explanation: 'what was granted past the declaration is not covered by its purpose, workflows or reviews',
  fix: 'declare a capability for it, or keep it and let a reviewer accept it',
  inspect: ({ native }) =>
    native.length === 0
      ? undefined
      : {
          message: `holds ${native.length} native grant${native.length === 1 ? '' : 's'} outside its capabilities`,
          evidence: {
            origins: [...new Set(native.map((grant) => grant.origin))].sort(),
            permissions: [...new Set(native.flatMap((grant) => grant.permissions))].sort(),
          },
        },
};
