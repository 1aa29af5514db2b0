export { loggingAttribution } from './attribution-query';
export { readAuditLog } from './audit-log';
