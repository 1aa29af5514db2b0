export { loggingAttribution } from './attribution-query';
export { readAuditLog } from './audit-log';
export { GCP_TRAITS } from './traits';
export { gcpWatched, type ReferenceValues } from './watched';
