export { activityAttribution } from './attribution-query';
export { readAzureLog } from './log';
export { AZURE_TRAITS } from './traits';
export { azureWatched, type ReferenceValues } from './watched';
