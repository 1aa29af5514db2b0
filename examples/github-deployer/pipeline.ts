/**
 * The only pipeline the three clouds trust: one environment of one repository. The numeric ids keep the trust from
 * whoever takes over a name that was given up.
 */
export const pipeline = {
  repository: 'example-org/site',
  ownerId: '9000001',
  repositoryId: '700000001',
  environment: 'production',
};
