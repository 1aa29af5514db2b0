export { athenaAttribution, insightsAttribution, lakeAttribution } from './attribution-query';
export { readCloudTrail } from './cloudtrail';
export { AWS_DRAFT_NAMES } from './draft-names';
export { AWS_TRAITS } from './traits';
export { awsWatched, type TemplateValues } from './watched';
