import { NotContained } from '../../../core/containment/step';
import type { ContainableAgent, ContainmentStage } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import { type AzureApi, orNone } from '../azure-api';
import { nativeOf } from './agent';

const RBAC = '2022-04-01';
const COSMOS = '2024-05-15';

/** A role that somebody has. */
export interface Listed {
  readonly id: string;
  readonly properties: {
    readonly principalId: string;
    readonly roleDefinitionId: string;
    readonly scope?: string;
    readonly condition?: string;
  };
}
interface Page {
  readonly value?: readonly Listed[];
  readonly nextLink?: string;
}

const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Every role that the principal has in the subscription, whoever gave it. What a Cosmos DB account gives is not among them.
 * @see https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription
 */
export async function assignedRoles(
  arm: AzureApi,
  { subscription, principalId }: { readonly subscription: string; readonly principalId: string },
): Promise<readonly Listed[]> {
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  const found: Listed[] = [];
  let path: string | undefined = `${subscription}/providers/Microsoft.Authorization/roleAssignments?api-version=${RBAC}&$filter=${filter}`;
  while (path !== undefined) {
    const { value = [], nextLink }: Page = await arm<Page>({ method: 'GET', path });
    found.push(...value.filter(({ properties }) => sameId(properties.principalId, principalId)));
    path = nextLink === undefined ? undefined : nextLink.replace(/^https:\/\/[^/]+/, '');
  }
  return found;
}

/**
 * Takes the principal's roles away: in safe mode those that do more than read, else all, also what nobody of the template gave. Azure honours that within ten
 * minutes, for tokens that are there, too.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshooting
 */
export async function removeRoles(
  arm: AzureApi,
  agent: ContainableAgent,
  stage: ContainmentStage,
): Promise<{ readonly said: string; readonly facts: JsonObject }> {
  const { assignments } = nativeOf(agent);
  const stays = (id: string): boolean => stage === 'restricted' && assignments.some((one) => one.reads && sameId(one.id, id));
  const listed = (await assignedRoles(arm, nativeOf(agent))).filter(({ id }) => !stays(id));
  for (const { id } of listed) await orNone(arm({ method: 'DELETE', path: `${id}?api-version=${RBAC}` }));
  const cosmos = assignments.filter(({ cosmosScope, reads }) => cosmosScope !== undefined && !(stage === 'restricted' && reads));
  for (const { id } of cosmos) await orNone(arm({ method: 'DELETE', path: `${id}?api-version=${COSMOS}` }));
  const beyond = listed.filter(({ id }) => !assignments.some((one) => sameId(one.id, id)));
  return {
    said: `${listed.length + cosmos.length} roles were taken away${beyond.length > 0 ? `, ${beyond.length} of them given by nobody of the template` : ''}; Azure honours that within 10 minutes`,
    facts: {
      removed: listed.map(({ id, properties }) => ({ id, ...properties })),
      beyond: beyond.map(({ id }) => id),
    } as unknown as JsonObject,
  };
}

/** Gives the roles of the template again, and no others. What was given inside of a Cosmos DB account no condition could bind: a deployment gives it again. */
export async function giveRoles(arm: AzureApi, agent: ContainableAgent): Promise<string> {
  const { assignments, principalId } = nativeOf(agent);
  const given = assignments.filter(({ cosmosScope }) => cosmosScope === undefined);
  for (const { id, roleDefinitionId, condition } of given) {
    const properties = {
      roleDefinitionId,
      principalId,
      principalType: 'ServicePrincipal',
      ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
    };
    await arm({ method: 'PUT', path: `${id}?api-version=${RBAC}`, body: { properties } });
  }
  const left = assignments.length - given.length;
  return `${given.length} roles are given as the template says${left > 0 ? `; ${left} of Cosmos DB are given by the next deployment` : ''}`;
}

/** Looks whether the principal has the roles that the stage leaves it, and no others. */
export async function expectRoles(arm: AzureApi, agent: ContainableAgent, stage: ContainmentStage): Promise<void> {
  const { assignments } = nativeOf(agent);
  const stays = (id: string): boolean => stage === 'restricted' && assignments.some((one) => one.reads && sameId(one.id, id));
  const open = (await assignedRoles(arm, nativeOf(agent))).filter(({ id }) => !stays(id)).map(({ id }) => id);
  for (const { id, cosmosScope, reads } of assignments) {
    if (cosmosScope === undefined || (stage === 'restricted' && reads)) continue;
    if (await orNone(arm({ method: 'GET', path: `${id}?api-version=${COSMOS}` }))) open.push(id);
  }
  if (open.length > 0) throw new NotContained(`still given: ${open.join(', ')}`);
}
