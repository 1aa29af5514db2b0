import { Token } from 'aws-cdk-lib';
import type { CfnWorkloadIdentity } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { openTrust } from '../../../core/native-errors';

/** @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/identity-overview.html */
export function makeWorkloadIdentity(
  scope: Construct,
  { agent, name }: { readonly agent: string; readonly name: string },
  returnUrls: readonly string[],
): CfnWorkloadIdentity {
  // Loaded here, so that agents without one do not pay for the largest module of the library.
  const agentCore = require('aws-cdk-lib/aws-bedrockagentcore') as typeof import('aws-cdk-lib/aws-bedrockagentcore');
  for (const url of returnUrls) checkReturnUrl(agent, url);
  return new agentCore.CfnWorkloadIdentity(scope, 'WorkloadIdentity', {
    name,
    ...(returnUrls.length > 0 ? { allowedResourceOauth2ReturnUrls: [...returnUrls] } : {}),
  });
}

/** A sign-in that may return to a place of another's choosing hands over the agent's tokens. */
function checkReturnUrl(agent: string, value: string): void {
  if (Token.isUnresolved(value) || (URL.canParse(value) && !value.includes('*'))) return;
  const reason = 'the tokens of a sign-in go to where it returns';
  throw openTrust(agent, { field: 'workloadIdentityReturnUrls', value, reason });
}
