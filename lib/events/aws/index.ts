export { athenaAttribution, insightsAttribution, lakeAttribution } from './attribution-query';
export { readCloudTrail } from './cloudtrail';
