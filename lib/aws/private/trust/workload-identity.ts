import type { CfnWorkloadIdentity } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';

/** @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/identity-overview.html */
export function makeWorkloadIdentity(scope: Construct, name: string, returnUrls: readonly string[]): CfnWorkloadIdentity {
  // Loaded here, so that agents without one do not pay for the largest module of the library.
  const agentCore = require('aws-cdk-lib/aws-bedrockagentcore') as typeof import('aws-cdk-lib/aws-bedrockagentcore');
  return new agentCore.CfnWorkloadIdentity(scope, 'WorkloadIdentity', {
    name,
    ...(returnUrls.length > 0 ? { allowedResourceOauth2ReturnUrls: [...returnUrls] } : {}),
  });
}
