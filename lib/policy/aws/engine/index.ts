export { decide } from './decide';
export { type EnumerateOptions, enumerate } from './enumerate';
export { enumerateResource, type PolicedResource } from './enumerate-resource';
export type { RequestLayers } from './layers';
export { type PolicyOrigin, parsePolicy } from './parse';
export { matchPrincipal, type NamedAs } from './principal';
export type { AwsRequest, RequestPrincipal } from './request';
export { canName } from './resource-types';
