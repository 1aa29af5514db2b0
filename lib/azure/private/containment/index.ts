export { FleetRights } from '../fleet-rights';
export { giveAskedFor } from './asked-for';
export { guardDeployments } from './deploy-guard';
export { Peers } from './peers';
export { registerAgent } from './registry';
export { ON_IDENTITY, ResponderFunction } from './responder';
