import { type Drift, putBackAll, type Repaired } from '../../../core/governance/look-after';
import { type AzureApi, orNone } from '../azure-api';
import type { ExpectedAgent } from './expected';

const IDENTITY = '2023-01-31';
const RBAC = '2022-04-01';

/** What comes first takes away, what comes last gives: a repair that fails half-way leaves less access, not more. */
const rank = ({ problem }: Drift): number => ['undeclared', 'changed', 'missing'].indexOf(problem);

/** Puts back what synth made, as far as that gives nobody the power to give more. */
export function repair(arm: AzureApi, agent: ExpectedAgent, found: readonly Drift[]): Promise<readonly Repaired[]> {
  // A role that holds more than it did is given to nobody again.
  const changed = found.flatMap(({ what, problem }) => (what.startsWith('role ') && problem === 'changed' ? [what.slice(5)] : []));
  return putBackAll(found, { rank, putBack: (drift) => putBack(arm, agent, { drift, changed }) });
}

async function putBack(
  arm: AzureApi,
  agent: ExpectedAgent,
  { drift: { what, problem }, changed }: { readonly drift: Drift; readonly changed: readonly string[] },
): Promise<string> {
  const [kind = '', name = ''] = what.split(' ');
  if (kind === 'federation') return closeDoor(arm, agent, { name, problem });
  if (kind === 'assignment' && problem === 'undeclared') {
    await orNone(arm({ method: 'DELETE', path: `${name}?api-version=${RBAC}` }));
    return 'it is taken away; Azure honours that within 10 minutes';
  }
  if (kind === 'assignment') return give(arm, agent, { name, changed });
  if (kind === 'role') throw new Error('who may write roles may write any, so that only a deployment does');
  throw new Error('only a deployment makes it again');
}

/** Who could come in and should not, cannot any more. What let the right ones in is made again by a deployment: who may write that may let anybody in. */
async function closeDoor(
  arm: AzureApi,
  { identityId }: ExpectedAgent,
  { name, problem }: { readonly name: string; readonly problem: Drift['problem'] },
): Promise<string> {
  if (problem === 'missing' || identityId === undefined) throw new Error('only a deployment makes it again');
  await orNone(arm({ method: 'DELETE', path: `${identityId}/federatedIdentityCredentials/${name}?api-version=${IDENTITY}` }));
  return problem === 'changed' ? 'it lets nobody in any more; the next deployment makes it again' : 'it lets nobody in any more';
}

async function give(
  arm: AzureApi,
  agent: ExpectedAgent,
  { name, changed }: { readonly name: string; readonly changed: readonly string[] },
): Promise<string> {
  const one = agent.assignments.find(({ id }) => id === name);
  if (agent.identityId === undefined || one === undefined || one.cosmosScope !== undefined)
    throw new Error('only a deployment makes it again');
  if (changed.includes(one.roleDefinitionId)) throw new Error('its role holds something else than it was made with');
  const { roleDefinitionId, condition } = one;
  const properties = {
    roleDefinitionId,
    principalId: agent.principalId,
    principalType: 'ServicePrincipal',
    ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
  };
  await arm({ method: 'PUT', path: `${name}?api-version=${RBAC}`, body: { properties } });
  return 'it is as it was synthesised';
}
