import { Signal } from '../../../core/enums';

/** Control that each part of the monitoring serves, by its path. */
export const PARTS: Readonly<Record<string, string>> = {
  '': 'signals-watched',
  Trail: 'management-recorded',
  'Trail/Bucket': 'records-kept',
  'Trail/Log': 'records-kept',
  'Trail/Role': 'records-kept',
  'Routes/Undelivered': 'pipeline-watched',
  'Routes/DeadLetters': 'pipeline-watched',
  Alerts: 'people-told',
  'Alerts/Failures': 'pipeline-watched',
  Alarms: 'pipeline-watched',
  ...Object.fromEntries(Object.values(Signal).map((signal) => [`Alarms/Signal-${signal}`, 'signals-watched'])),
  Dashboard: 'people-told',
  TrailChanged: 'pipeline-watched',
};

export { FleetAlarms } from './alarms';
export { fleetDashboard } from './dashboard';
export { BATCH_TIMEOUT, DetectorFunction } from './detector';
export { globalEvents } from './global-events';
export { DeniedCalls } from './log-alarm';
export { CallRoutes } from './routes';
export { AlertRoutes } from './targets';
export { FleetTrail } from './trail';
export { guardTrail } from './trail-guard';
export { watchParameters } from './watch-parameters';
export { WatchedRoles } from './watched-roles';
