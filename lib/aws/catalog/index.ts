import type { Catalog } from '../../core/catalog';
import data from './capabilities.json';

/** What each capability needs on AWS: exact actions, each with its source. */
export const CATALOG: Catalog = data as Catalog;
