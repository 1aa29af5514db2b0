export { readActivity } from './activity';
export { activityAttribution } from './attribution-query';
