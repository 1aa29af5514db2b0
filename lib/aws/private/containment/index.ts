export { brakePolicy } from './brake-policy';
export { type IrremovableOptions, irremovable } from './irremovable';
export { Peers } from './peers';
export { registerAgent } from './registry';
export { ResponderFunction } from './responder';
