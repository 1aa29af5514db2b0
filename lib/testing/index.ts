import './jest-types';

export type { AccessMatcherFunctions, AccessMatchers, AccessQuestion, WhoseAccess } from './access-matchers';
export { accessMatchers } from './access-matchers';
export { digestSerializer } from './digest-serializer';
export type { InConstructTree } from './manifest-of';
export { manifestOf } from './manifest-of';
export { policySerializer } from './policy-serializer';
export type { SnapshotSerializer } from './snapshot-serializer';
export { templateSerializer } from './template-serializer';
