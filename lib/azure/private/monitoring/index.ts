export { FleetAlerts } from './alerts';
export { CallsHub } from './calls-hub';
export { Detector } from './detector';
export { fleetName } from './names';
export { watchBlob } from './watched-agents';
export { fleetWorkbook } from './workbook';
