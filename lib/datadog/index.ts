export { FleetMonitors, type FleetMonitorsProps } from './fleet-monitors';
