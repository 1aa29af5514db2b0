/** Control that each part of the monitoring serves, by its path. */
export const PARTS: Readonly<Record<string, string>> = {
  '': 'signals-watched',
  AuditLogs: 'data-recorded',
  'AuditLogs/Bucket': 'records-kept',
  'AuditLogs/Keep': 'records-kept',
  'AuditLogs/MayKeep': 'records-kept',
  Dashboard: 'people-told',
  Alerts: 'signals-watched',
  'Alerts/Errors': 'pipeline-watched',
  'Alerts/Failures': 'pipeline-watched',
  'Alerts/Late': 'pipeline-watched',
  'Alerts/Unread': 'pipeline-watched',
  'Alerts/Kept': 'pipeline-watched',
  'Alerts/Metric-unread': 'pipeline-watched',
  'Alerts/Metric-judged': 'pipeline-watched',
  'Alerts/ActionGroup': 'people-told',
  Orders: 'signals-watched',
};

export { FleetAlerts } from './alerts';
export { AuditLogs } from './audit-logs';
export { CallsSink } from './calls-sink';
export { fleetDashboard } from './dashboard';
export { Detector } from './detector';
export { OrderAlerts } from './order-alerts';
export { watchObject } from './watched-agents';
