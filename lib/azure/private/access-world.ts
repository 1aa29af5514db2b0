import type { WorldMaker } from '../../terraform/review';

/** The world of this cloud, for the review at synth. Loaded only then: who imports constructs does not wait for it. */
export const worldOf: WorldMaker = (inputs) => {
  const { azureWorldOf } = require('../../policy/azure') as typeof import('../../policy/azure');
  return azureWorldOf(inputs);
};
