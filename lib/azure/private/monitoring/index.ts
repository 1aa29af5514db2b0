/** Control that each part of the monitoring serves, by its path. */
export const PARTS: Readonly<Record<string, string>> = {
  '': 'signals-watched',
  Workspace: 'records-kept',
  Archive: 'records-locked',
  Calls: 'management-recorded',
  Workbook: 'people-told',
  Alerts: 'signals-watched',
  'Alerts/Errors': 'pipeline-watched',
  'Alerts/Failures': 'pipeline-watched',
  'Alerts/Late': 'pipeline-watched',
  'Alerts/Unread': 'pipeline-watched',
  'Alerts/Kept': 'pipeline-watched',
  'Alerts/Metric-unread': 'pipeline-watched',
  'Alerts/Metric-judged': 'pipeline-watched',
  'Alerts/ActionGroup': 'people-told',
};

export { FleetAlerts } from './alerts';
export { LockedArchive } from './archive';
export { CallsHub } from './calls-hub';
export { Detector } from './detector';
export { fleetName } from './names';
export { watchBlob } from './watched-agents';
export { fleetWorkbook } from './workbook';
