import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { ContainableAgent, Incident } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import type { AzureApi } from '../azure-api';
import { nativeOf } from './agent';
import { assignedRoles } from './assignments';
import { checkEligible } from './identity';

const statusOf = (error: unknown): number => (error as { readonly statusCode?: number }).statusCode ?? 0;

/** Where something about an incident is kept. */
export const evidenceKey = ({ fleet, name }: ContainableAgent, { id }: Pick<Incident, 'id'>, what: string): string =>
  `incidents/${fleet}/${name}/${id}/${what}.json`;

/** Keeps something once: whatever comes later under the same key is not written over it. @returns false where it was there */
export async function keepOnce(evidence: ContainerClient, key: string, body: string): Promise<boolean> {
  try {
    await evidence.getBlockBlobClient(key).upload(body, Buffer.byteLength(body), { conditions: { ifNoneMatch: '*' } });
    return true;
  } catch (error) {
    if (![409, 412].includes(statusOf(error))) throw error;
    return false;
  }
}

/** What was kept; undefined where nothing was. */
export async function readKept<T>(evidence: ContainerClient, key: string): Promise<T | undefined> {
  try {
    return JSON.parse((await evidence.getBlockBlobClient(key).downloadToBuffer()).toString('utf8')) as T;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Keeps what roles the principal had. The first copy stays. */
export async function keepEvidence(
  { arm, evidence }: { readonly arm: AzureApi; readonly evidence: ContainerClient },
  agent: ContainableAgent,
  incident: Incident,
): Promise<JsonObject> {
  await checkEligible(arm, agent);
  const { id, openedAt, stage, triggers } = incident;
  const roles = await assignedRoles(arm, nativeOf(agent));
  const body = stableStringify(
    { schemaVersion: 1, incident: { id, openedAt, stage, triggers }, roles, registered: agent.native } as unknown as JsonObject,
    2,
  );
  const key = evidenceKey(agent, incident, 'evidence');
  if (!(await keepOnce(evidence, key, body))) return { key, kept: 'the first copy' };
  return { key, sha256: createHash('sha256').update(body).digest('hex') };
}
