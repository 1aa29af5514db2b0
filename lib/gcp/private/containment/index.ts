export { registerAgent } from './registry';
export { ResponderFunction } from './responder';
