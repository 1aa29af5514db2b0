import logins from './logins.json';

/** What Vault knows a login by, and how long tokens may live. */
export const LOGINS = logins.logins;

/** Kind of login. */
export type LoginKind = keyof typeof LOGINS;

/** Longest life of a token that this library asks for, in seconds. */
export const LONGEST_TOKEN = logins.token.longestSeconds;
