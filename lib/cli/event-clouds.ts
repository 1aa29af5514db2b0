// Each is loaded when a record or an agent of its cloud comes.
export const awsEvents = () => require('../events/aws') as typeof import('../events/aws');
export const azureEvents = () => require('../events/azure') as typeof import('../events/azure');
export const gcpEvents = () => require('../events/gcp') as typeof import('../events/gcp');
