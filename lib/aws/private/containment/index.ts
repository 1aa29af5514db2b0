export { brakePolicy } from './brake-policy';
export { registerAgent } from './registry';
export { ResponderFunction } from './responder';
