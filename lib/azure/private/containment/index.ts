export { guardDeployments } from './deploy-guard';
export { Peers } from './peers';
export { registerAgent } from './registry';
export { ResponderFunction } from './responder';
export { ResponderRights } from './rights';
