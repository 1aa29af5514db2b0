export type { SignatureRequest, TaskSignature, TaskSignaturesOptions } from './azure-task-signatures';
export { correlationOf, TaskSignatures } from './azure-task-signatures';
export type { TaskToken, TaskTokensOptions, TokenRequest } from './gcp-task-tokens';
export { TaskTokens } from './gcp-task-tokens';
export type { SubAgentRequest, SubAgentSession } from './sub-agent';
export { subAgentSession } from './sub-agent';
export type { AwsCredentials, TaskAccessClientOptions, TaskCredentials, TaskFor } from './task-access-client';
export { TaskAccessClient, TaskAccessError } from './task-access-client';
