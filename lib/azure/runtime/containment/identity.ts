import { NotContained, NotEligible } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import { type AzureApi, orNone } from '../azure-api';
import { nativeOf } from './agent';

const IDENTITY = '2023-01-31';

interface Identity {
  readonly properties?: { readonly principalId?: string };
  readonly tags?: Readonly<Record<string, string>>;
}
interface Credentials {
  readonly value?: readonly { readonly id: string }[];
}

/** The identity of an agent, by its principal and its tags; an application is told by its object id alone. */
export async function checkEligible(arm: AzureApi, agent: ContainableAgent): Promise<void> {
  const { identityId, principalId, tags } = nativeOf(agent);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(principalId)) throw new NotEligible(`'${principalId}' is no object id.`);
  if (identityId === undefined) return;
  const identity = await arm<Identity>({ method: 'GET', path: `${identityId}?api-version=${IDENTITY}` });
  if (identity.properties?.principalId?.toLowerCase() !== principalId.toLowerCase())
    throw new NotEligible(`The identity '${identityId}' is another one than the registered '${principalId}'.`);
  const odd = Object.entries(tags).find(([name, value]) => identity.tags?.[name] !== value);
  if (odd) throw new NotEligible(`The identity '${identityId}' is not tagged '${odd[0]}=${odd[1]}' as that of agent '${agent.name}'.`);
}

/** Lets no workload of elsewhere become the agent: its federated credentials, also those that nobody of the template made. */
export async function cutFederation(arm: AzureApi, agent: ContainableAgent): Promise<string> {
  const { identityId } = nativeOf(agent);
  if (identityId === undefined) return 'an application: its federation is cut by whoever may write it, with its service principal disabled';
  const found = await credentialsOf(arm, identityId);
  for (const { id } of found) await orNone(arm({ method: 'DELETE', path: `${id}?api-version=${IDENTITY}` }));
  return `${found.length} federated credentials were taken away`;
}

export async function expectNoFederation(arm: AzureApi, agent: ContainableAgent): Promise<void> {
  const { identityId } = nativeOf(agent);
  const found = identityId === undefined ? [] : await credentialsOf(arm, identityId);
  if (found.length > 0) throw new NotContained(`lets somebody in: ${found.map(({ id }) => id).join(', ')}`);
}

async function credentialsOf(arm: AzureApi, identityId: string): Promise<readonly { readonly id: string }[]> {
  const { value = [] } = await arm<Credentials>({
    method: 'GET',
    path: `${identityId}/federatedIdentityCredentials?api-version=${IDENTITY}`,
  });
  return value;
}
