import type { Leftover, PutAway } from '../../../core/governance/clean-up';
import type { JsonObject } from '../../../core/json';
import { type AzureApi, AzureError, orNone } from '../azure-api';
import { assignedRoles, type Listed } from '../containment/assignments';
import { CONTAINED_TAG } from '../containment/mark';
import type { Vaults } from '../key-vault';
import type { ExpectedAgent } from './expected';
import { disableVersion } from './versions';

const IDENTITY = '2023-01-31';
const RBAC = '2022-04-01';
const COSMOS = '2024-05-15';

/** A managed identity, as Azure has it. */
export interface Identity {
  readonly id: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: { readonly principalId?: string };
}
/** Whose roles are looked at. */
type Subject = Pick<ExpectedAgent, 'principalId' | 'subscription' | 'assignments' | 'scheduled'> & { readonly identityId?: string };
interface Held {
  readonly roles: readonly Listed[];
  /** Federated credentials, in full. */
  readonly waysIn: readonly { readonly id: string }[];
  /** Roles inside of Cosmos DB accounts. */
  readonly cosmos: readonly string[];
}

const lower = (text: string): string => text.toLowerCase();
const lastOf = (id: string): string => lower(id.split('/').at(-1) ?? '');
const subscriptionOf = (id: string): string => /^\/subscriptions\/[^/]+/i.exec(id)?.[0] ?? '';

/** An identity that no agent owns: its roles, and not who comes in, which is worth nothing without them. */
export const orphanOf = ({ id, properties }: Identity): Subject => ({
  principalId: properties?.principalId ?? '',
  subscription: subscriptionOf(id),
  assignments: [],
  scheduled: [],
});

/** Whether an identity gives nothing any more, or why it is left as it is. */
export async function stateOf(arm: AzureApi, subject: Subject, tags: Identity['tags'] = {}): Promise<Pick<Leftover, 'away' | 'stays'>> {
  if (tags[CONTAINED_TAG]) return { stays: 'it is contained, and left alone' };
  const { roles, waysIn, cosmos } = await heldBy(arm, subject);
  return roles.length + waysIn.length + cosmos.length === 0 ? { away: true } : {};
}

/** The same of an agent that is written down. */
export async function stateOfAgent(arm: AzureApi, agent: ExpectedAgent): Promise<Pick<Leftover, 'away' | 'stays'>> {
  if (agent.identityId === undefined) return stateOf(arm, agent);
  const identity = await orNone(arm<Identity>({ method: 'GET', path: `${agent.identityId}?api-version=${IDENTITY}` }));
  return identity ? stateOf(arm, agent, identity.tags) : { away: true };
}

export interface PutAwayPorts {
  readonly arm: AzureApi;
  readonly vaults: Vaults;
  /** Before anything is taken away, it is kept what that is. */
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
  readonly now: () => Date;
}

/** Puts one thing away. */
export async function putAway(ports: PutAwayPorts, { kind, what }: Leftover, agents: readonly ExpectedAgent[]): Promise<PutAway> {
  const { arm, vaults } = ports;
  if (kind === 'old-version') return disableVersion(vaults, what);
  const agent = kind === 'expired-window' ? agents.find(({ name }) => name === what) : undefined;
  const subject = agent ?? orphanOf(await arm<Identity>({ method: 'GET', path: `${what}?api-version=${IDENTITY}` }));
  const held = await heldBy(arm, subject);
  const at = ports.now().toISOString();
  await ports.keep('put-away', { at, what, held } as unknown as JsonObject, at);
  const left = [...held.cosmos];
  for (const { id } of held.roles) if (!(await taken(arm, `${id}?api-version=${RBAC}`))) left.push(id);
  for (const { id } of held.waysIn) if (!(await taken(arm, `${id}?api-version=${IDENTITY}`))) left.push(id);
  const count = held.roles.length + held.waysIn.length + held.cosmos.length - left.length;
  if (left.length > 0) throw new Error(`${count} roles were taken away; of these the governor may take none: ${left.join(', ')}`);
  const undone = agent ? 'deploy it with a window that is not over' : 'declare its agent again, and deploy it';
  return {
    said: `${held.roles.length} roles${agent ? ` and ${held.waysIn.length} ways in` : ''} were taken away, which Azure honours within 10 minutes; to undo that, ${undone}`,
    detail: { taken: held } as unknown as JsonObject,
  };
}

/** False where Azure does not let the governor. */
async function taken(arm: AzureApi, path: string): Promise<boolean> {
  try {
    await orNone(arm({ method: 'DELETE', path }));
    return true;
  } catch (error) {
    if (error instanceof AzureError && error.status === 403) return false;
    throw error;
  }
}

/** What came by PIM ends by itself, and is not counted. */
async function heldBy(arm: AzureApi, subject: Subject): Promise<Held> {
  const { scheduled, assignments, identityId } = subject;
  const isScheduled = ({ properties: { scope = '', roleDefinitionId } }: Listed): boolean =>
    scheduled.some((one) => lower(one.scope) === lower(scope) && lastOf(one.roleDefinitionId) === lastOf(roleDefinitionId));
  const roles = (await assignedRoles(arm, subject)).filter((one) => !isScheduled(one));
  const { value: waysIn = [] } =
    identityId === undefined
      ? {}
      : await arm<{ readonly value?: Held['waysIn'] }>({
          method: 'GET',
          path: `${identityId}/federatedIdentityCredentials?api-version=${IDENTITY}`,
        });
  const cosmos: string[] = [];
  for (const { id, cosmosScope } of assignments)
    if (cosmosScope !== undefined && (await orNone(arm({ method: 'GET', path: `${id}?api-version=${COSMOS}` })))) cosmos.push(id);
  return { roles, waysIn, cosmos };
}
