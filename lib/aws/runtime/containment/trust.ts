import { type IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { ContainableAgent } from '../../../core/containment/types';
import { nativeOf, type PolicyDocument } from './agent';
import { isSame } from './brake';
import { eligibleRole } from './eligibility';

/** Nobody becomes the agent. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export const FROZEN: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Contained',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
    },
  ],
};

/** Whether nobody can become the agent. */
export async function isFrozen(client: IAMClient, agent: ContainableAgent): Promise<boolean> {
  const role = await eligibleRole(client, agent);
  return isSame(JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument ?? '{}')), FROZEN);
}

/** Lets nobody become the agent any more. What the trust was is in the evidence. */
export async function freezeTrust(client: IAMClient, agent: ContainableAgent): Promise<string> {
  if (await isFrozen(client, agent)) return 'nobody could become the agent already';
  await write(client, agent, FROZEN);
  return 'nobody can become the agent any more';
}

/** Writes the trust as it was synthesised; one that was not frozen is left as it is. */
export async function openTrust(client: IAMClient, agent: ContainableAgent): Promise<string> {
  if (!(await isFrozen(client, agent))) return 'the trust was not frozen, and is left as it is';
  await write(client, agent, nativeOf(agent).trust);
  return 'the trust is as it was synthesised';
}

async function write(client: IAMClient, agent: ContainableAgent, document: PolicyDocument): Promise<void> {
  await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: nativeOf(agent).roleName, PolicyDocument: JSON.stringify(document) }));
}
