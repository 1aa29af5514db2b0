import { formatSeconds } from '../duration';
import { Severity } from '../finding';
import type { Check } from './check';

export const CREDENTIAL_LIFE: Check = {
  id: 'credential-life',
  severity: Severity.WARNING,
  title: "no credential outlives the spec's maxSession",
  explanation: 'a stolen credential works until it expires',
  fix: 'raise maxSession to what the cloud really gives, or choose a trust that allows shorter credentials',
  inspect: ({ identity, maxSessionSeconds }) =>
    identity.credentialLifeSeconds <= maxSessionSeconds
      ? undefined
      : {
          message: `may hold a credential for ${formatSeconds(identity.credentialLifeSeconds)}, and its spec says ${formatSeconds(maxSessionSeconds)}: ${identity.credentialLifeReason}`,
          evidence: { credentialLifeSeconds: identity.credentialLifeSeconds, maxSessionSeconds },
        },
};
