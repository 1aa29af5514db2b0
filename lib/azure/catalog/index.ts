import type { Catalog } from '../../core/catalog';
import data from './capabilities.json';
import limits from './limits.json';

/** What each capability needs on Azure: exact operations, each with its source. */
export const CATALOG: Catalog = data as Catalog;

/** Quotas of Azure RBAC, each with its source. */
export const LIMITS = limits;
