import type { WorldMaker } from '../../terraform/review';

/** The world of this cloud, for the review at synth. Loaded only then: who imports constructs does not wait for it. */
export const worldOf: WorldMaker = (inputs) => {
  const { gcpWorldOf } = require('../../policy/gcp') as typeof import('../../policy/gcp');
  return gcpWorldOf(inputs);
};
