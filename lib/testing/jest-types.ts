import type { AccessMatchers } from './access-matchers';

// Types of the matchers for `@types/jest`.
declare global {
  namespace jest {
    interface Matchers<R, T> extends AccessMatchers<R> {}
  }
}

// Types of the matchers for `@jest/globals`, whose `expect` is this package's.
// biome-ignore lint/suspicious/noTsIgnore: where only one of the two is installed the other can not be extended; where both are, all is well
/** @ts-ignore */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends AccessMatchers<R> {}
}
