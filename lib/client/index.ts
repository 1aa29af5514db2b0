export type { SubAgentRequest, SubAgentSession } from './sub-agent';
export { subAgentSession } from './sub-agent';
export type { AwsCredentials, TaskAccessClientOptions, TaskCredentials, TaskFor } from './task-access-client';
export { TaskAccessClient, TaskAccessError } from './task-access-client';
