import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { ContainableAgent, ContainmentStage } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import { makeRoom } from '../task-revoker/chain-policy';
import { nativeOf, type PolicyDocument } from './agent';
import { eligibleRole } from './eligibility';

/** The brake where its managed policy cannot be used. */
export const INLINE = 'agentic-iam-brake';
/** Errors that are gone the next time. */
const PASSES = /Throttl|TooManyRequests|Timeout|ServiceFailure|ConcurrentModification/;

export const isSame = (a: unknown, b: unknown): boolean => stableStringify(a as JsonObject) === stableStringify(b as JsonObject);

/** What the brake says at a stage. */
export function documentFor(agent: ContainableAgent, stage: ContainmentStage | 'released'): PolicyDocument {
  const { released, restricted, braked } = nativeOf(agent).brake;
  return stage === 'released' ? released : stage === 'restricted' ? restricted : braked;
}

/** What was done, for the receipt. */
export interface BrakeOutcome {
  readonly said: string;
  readonly facts: JsonObject;
}

/**
 * Puts the brake on. One write acts on every session of the role, live and new; where the managed policy is not there, or not attached and cannot be, the same
 * words go into the role itself.
 */
export async function brake(client: IAMClient, agent: ContainableAgent, stage: ContainmentStage): Promise<BrakeOutcome> {
  await eligibleRole(client, agent);
  const { policyArn } = nativeOf(agent).brake;
  const document = documentFor(agent, stage);
  try {
    const { version, before } = await setDefault(client, policyArn, document);
    await attach(client, agent);
    return { said: `the brake is ${stage} in version ${version}`, facts: { policyArn, version, before, stage } };
  } catch (error) {
    const { roleName } = nativeOf(agent);
    await client.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: INLINE, PolicyDocument: JSON.stringify(document) }));
    // What passes is tried again, and meanwhile the role itself denies.
    if (PASSES.test((error as Error).name)) throw error;
    const why = `${(error as Error).name}: ${(error as Error).message}`;
    return {
      said: `the brake is ${stage}, in the role itself, since its policy could not be used (${why})`,
      facts: { roleName, stage, why },
    };
  }
}

/** Takes the brake off, wherever it was put. */
export async function release(client: IAMClient, agent: ContainableAgent): Promise<BrakeOutcome> {
  await eligibleRole(client, agent);
  const { brake: policies, roleName } = nativeOf(agent);
  const { version, before } = await setDefault(client, policies.policyArn, policies.released);
  await client.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: INLINE })).catch((error: unknown) => {
    if ((error as Error).name !== 'NoSuchEntityException') throw error;
  });
  return { said: `the brake is released in version ${version}`, facts: { policyArn: policies.policyArn, version, before } };
}

/** The document in force. */
export async function readDefault(
  client: IAMClient,
  policyArn: string,
): Promise<{ readonly version: string; readonly document: JsonObject }> {
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: policyArn }));
  const version = Policy?.DefaultVersionId ?? 'v1';
  const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: version }));
  return { version, document: JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '{}')) as JsonObject };
}

/** Whether the policy acts on the role. */
export async function isAttached(client: IAMClient, roleName: string, policyArn: string): Promise<boolean> {
  let marker: string | undefined;
  do {
    const page = await client.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName, ...(marker ? { Marker: marker } : {}) }));
    if (page.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn)) return true;
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return false;
}

async function attach(client: IAMClient, agent: ContainableAgent): Promise<void> {
  const { roleName, brake: policies } = nativeOf(agent);
  if (await isAttached(client, roleName, policies.policyArn)) return;
  await client.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: policies.policyArn }));
}

/** Makes a document the default version of a policy; one that is already in force is left. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
async function setDefault(
  client: IAMClient,
  policyArn: string,
  document: PolicyDocument,
): Promise<{ readonly version: string; readonly before: string }> {
  const inForce = await readDefault(client, policyArn);
  if (isSame(inForce.document, document)) return { version: inForce.version, before: inForce.version };
  await makeRoom(client, policyArn);
  const made = await client.send(
    new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: JSON.stringify(document), SetAsDefault: true }),
  );
  return { version: made.PolicyVersion?.VersionId ?? '', before: inForce.version };
}
