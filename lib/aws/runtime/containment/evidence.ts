import { createHash } from 'node:crypto';
import { GetRolePolicyCommand, type IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ContainableAgent, Incident } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import { nativeOf } from './agent';
import { readDefault } from './brake';
import { eligibleRole } from './eligibility';

/**
 * Keeps what the agent was when it was contained: trust, tags, policies by their words, and what asked for it. The first copy stays: whatever comes later for
 * the same incident is not written over it.
 */
export async function keepEvidence(
  { iam, s3, bucket }: { readonly iam: IAMClient; readonly s3: S3Client; readonly bucket: string },
  agent: ContainableAgent,
  incident: Incident,
): Promise<JsonObject> {
  const { roleName } = nativeOf(agent);
  const role = await eligibleRole(iam, agent);
  const inline: Record<string, JsonObject> = {};
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: roleName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName }));
    inline[PolicyName] = JSON.parse(decodeURIComponent(PolicyDocument ?? '{}')) as JsonObject;
  }
  const managed: Record<string, JsonObject> = {};
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName }));
  for (const { PolicyArn = '' } of AttachedPolicies)
    managed[PolicyArn] = { ...(await readDefault(iam, PolicyArn)) } as unknown as JsonObject;
  const body = stableStringify(
    {
      schemaVersion: 1,
      incident: { id: incident.id, openedAt: incident.openedAt, stage: incident.stage, triggers: incident.triggers },
      role: {
        arn: role.Arn,
        id: role.RoleId,
        boundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
        tags: role.Tags?.map(({ Key, Value }) => [Key, Value]) ?? [],
        trust: JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument ?? '{}')),
      },
      inline,
      managed,
      work: nativeOf(agent).work,
    } as unknown as JsonObject,
    2,
  );
  const key = `incidents/${agent.fleet}/${agent.name}/${incident.id}/evidence.json`;
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json', IfNoneMatch: '*' }));
  } catch (error) {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
    return { key, kept: 'the first copy' };
  }
  return { key, sha256: createHash('sha256').update(body).digest('hex') };
}
