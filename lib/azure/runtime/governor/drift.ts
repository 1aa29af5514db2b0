import type { Drift } from '../../../core/governance/look-after';
import { type AzureApi, orNone } from '../azure-api';
import { assignedRoles, type Listed } from '../containment/assignments';
import { CONTAINED_TAG } from '../containment/mark';
import type { ExpectedAgent, ExpectedRole } from './expected';

const IDENTITY = '2023-01-31';
const RBAC = '2022-04-01';
const COSMOS = '2024-05-15';

interface Identity {
  readonly properties?: { readonly principalId?: string };
  readonly tags?: Readonly<Record<string, string>>;
}
interface Credential {
  readonly id: string;
  readonly name?: string;
  readonly properties?: { readonly issuer?: string; readonly subject?: string; readonly audiences?: readonly string[] };
}
interface Definition {
  readonly properties?: {
    readonly permissions?: readonly {
      readonly actions?: readonly string[];
      readonly notActions?: readonly string[];
      readonly dataActions?: readonly string[];
      readonly notDataActions?: readonly string[];
    }[];
  };
}

const lower = (text: string): string => text.toLowerCase();
/** A role is told by its last part: Azure writes what is before it in several ways. */
const roleName = (id: string): string => lower(id.split('/').at(-1) ?? '');
const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...new Set(a.map(lower))].sort()) === JSON.stringify([...new Set(b.map(lower))].sort());

/**
 * What of an agent is not as it was synthesised: its identity, who may become it, the roles it was given, by whomever, and what these roles hold. `contained` where
 * containment has it: then nothing is compared.
 * @see https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription
 */
export async function driftOf(arm: AzureApi, agent: ExpectedAgent): Promise<readonly Drift[] | 'contained'> {
  const found: Drift[] = [];
  if (agent.identityId !== undefined) {
    const identity = await orNone(arm<Identity>({ method: 'GET', path: `${agent.identityId}?api-version=${IDENTITY}` }));
    if (identity?.tags?.[CONTAINED_TAG]) return 'contained';
    if (lower(identity?.properties?.principalId ?? '') !== lower(agent.principalId))
      return [{ what: 'identity', problem: identity ? 'changed' : 'missing', control: 'own-identity' }];
    found.push(...(await federation(arm, agent, agent.identityId)));
  }
  const given = await assignedRoles(arm, agent);
  found.push(...assigned(agent, given));
  for (const one of agent.assignments.filter(({ cosmosScope }) => cosmosScope !== undefined))
    if (!(await orNone(arm({ method: 'GET', path: `${one.id}?api-version=${COSMOS}` }))))
      found.push({ what: `assignment ${one.id}`, problem: 'missing', control: 'access-as-declared' });
  for (const role of agent.roles) {
    const problem = await roleProblem(arm, role);
    if (problem) found.push({ what: `role ${role.id}`, problem, control: 'access-as-declared' });
  }
  return found;
}

async function federation(arm: AzureApi, agent: ExpectedAgent, identityId: string): Promise<readonly Drift[]> {
  const { value = [] } = await arm<{ readonly value?: readonly Credential[] }>({
    method: 'GET',
    path: `${identityId}/federatedIdentityCredentials?api-version=${IDENTITY}`,
  });
  const drift = (name: string, problem: Drift['problem']): Drift => ({ what: `federation ${name}`, problem, control: 'own-identity' });
  const nameOf = ({ id }: Credential): string => id.split('/').at(-1) ?? '';
  const there = new Map(value.map((one) => [lower(nameOf(one)), one]));
  const wanted = new Map(agent.credentials.map((one) => [lower(one.name), one]));
  return [
    ...agent.credentials.flatMap((one) => {
      const now = there.get(lower(one.name))?.properties;
      if (!now) return [drift(one.name, 'missing')];
      const same = now.issuer === one.issuer && now.subject === one.subject && sameSet(now.audiences ?? [], one.audiences);
      return same ? [] : [drift(one.name, 'changed')];
    }),
    ...value.filter((one) => !wanted.has(lower(nameOf(one)))).map((one) => drift(nameOf(one), 'undeclared')),
  ];
}

function assigned(agent: ExpectedAgent, given: readonly Listed[]): readonly Drift[] {
  const own = agent.assignments.filter(({ cosmosScope }) => cosmosScope === undefined);
  const drift = (id: string, problem: Drift['problem']): Drift => ({
    what: `assignment ${id}`,
    problem,
    control: 'access-as-declared',
  });
  const isScheduled = ({ properties: { scope = '', roleDefinitionId } }: Listed): boolean =>
    agent.scheduled.some((one) => lower(one.scope) === lower(scope) && roleName(one.roleDefinitionId) === roleName(roleDefinitionId));
  return [
    ...own.flatMap((one) => {
      const now = given.find(({ id }) => lower(id) === lower(one.id))?.properties;
      if (!now) return [drift(one.id, 'missing')];
      const same = roleName(now.roleDefinitionId) === roleName(one.roleDefinitionId) && (now.condition ?? '') === (one.condition ?? '');
      return same ? [] : [drift(one.id, 'changed')];
    }),
    ...given
      .filter((one) => !own.some(({ id }) => lower(id) === lower(one.id)) && !isScheduled(one))
      .map(({ id }) => drift(id, 'undeclared')),
  ];
}

async function roleProblem(arm: AzureApi, { id, actions, dataActions }: ExpectedRole): Promise<'missing' | 'changed' | undefined> {
  const definition = await orNone(arm<Definition>({ method: 'GET', path: `${id}?api-version=${RBAC}` }));
  if (!definition) return 'missing';
  const permissions = definition.properties?.permissions ?? [];
  const all = (kind: 'actions' | 'notActions' | 'dataActions' | 'notDataActions'): readonly string[] =>
    permissions.flatMap((one) => one[kind] ?? []);
  const same =
    sameSet(all('actions'), actions) &&
    sameSet(all('dataActions'), dataActions) &&
    all('notActions').length === 0 &&
    all('notDataActions').length === 0;
  return same ? undefined : 'changed';
}
