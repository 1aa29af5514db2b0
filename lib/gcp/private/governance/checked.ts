import type { GovernedCloud } from '../../../terraform/governance';
import { worldOf } from '../access-world';

/** What targets are checked by, on this cloud. Loaded only at synth: who imports constructs does not wait for it. */
export const GOVERNED: GovernedCloud = {
  worldOf,
  postureOf: (inputs, world, claimsOf) => {
    const { gcpPostureOf } = require('../../../policy/gcp/posture') as typeof import('../../../policy/gcp/posture');
    return gcpPostureOf(inputs, world, claimsOf);
  },
  codeOf: (control) => {
    const evidence = require('../../../policy/gcp/posture/evidence.json') as {
      readonly controls: Readonly<Record<string, { readonly code: string }>>;
    };
    return evidence.controls[control]?.code;
  },
};
