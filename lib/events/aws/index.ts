export { readCloudTrail } from './cloudtrail';
