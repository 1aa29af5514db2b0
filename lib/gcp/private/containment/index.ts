export { switchOf } from './identity-switch';
export { Peers } from './peers';
export { registerAgent } from './registry';
export { ResponderFunction } from './responder';
