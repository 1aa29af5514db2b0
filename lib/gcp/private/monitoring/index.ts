export { FleetAlerts } from './alerts';
export { AuditLogs } from './audit-logs';
export { CallsSink } from './calls-sink';
export { fleetDashboard } from './dashboard';
export { Detector } from './detector';
export { watchObject } from './watched-agents';
