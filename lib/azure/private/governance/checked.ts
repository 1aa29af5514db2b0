import type { GovernedCloud } from '../../../terraform/governance';
import { worldOf } from '../access-world';

/** What targets are checked by, on this cloud. Loaded only at synth: who imports constructs does not wait for it. */
export const GOVERNED: GovernedCloud = {
  worldOf,
  postureOf: (inputs, world, claimsOf) => {
    const { azurePostureOf } = require('../../../policy/azure/posture') as typeof import('../../../policy/azure/posture');
    return azurePostureOf(inputs, world, claimsOf);
  },
  codeOf: (control) => {
    const evidence = require('../../../policy/azure/posture/evidence.json') as {
      readonly controls: Readonly<Record<string, { readonly code: string }>>;
    };
    return evidence.controls[control]?.code;
  },
};
