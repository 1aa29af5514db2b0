import type { Catalog } from '../../core/catalog';
import capabilities from './capabilities.json';
import deny from './deny.json';
import limits from './limits.json';
import scopes from './scopes.json';

/** What each capability means on Google Cloud. */
export const CATALOG: Catalog = capabilities as Catalog;

/** Quotas that decide what is synthesised. @see https://docs.cloud.google.com/iam/quotas */
export const LIMITS = limits;

/** Things with an access policy of their own. */
export const SCOPES = scopes.types;

/** Permissions a deny policy refuses. @see https://docs.cloud.google.com/iam/docs/deny-permissions-support */
export const DENIABLE = deny;

/** Name of a thing with an access policy of its own. */
export type ScopeType = keyof typeof SCOPES;
