import { NotContained } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import { digestOf } from '../../../core/detection/hash';
import { type AzureApi, orNone } from '../azure-api';
import { nativeOf } from './agent';
import { checkEligible } from './identity';

const DENY = '2024-07-01-preview';
/** Everything but reading, which a deny assignment of a user cannot name; nor can it name data. */
const CHANGES: readonly string[] = ['*/action', '*/delete', '*/write'];

interface Denial {
  readonly properties?: {
    readonly denyAssignmentEffect?: string;
    readonly permissions?: readonly { readonly actions?: readonly string[]; readonly notActions?: readonly string[] }[];
    readonly principals?: readonly { readonly id?: string }[];
    readonly excludePrincipals?: readonly { readonly id?: string }[];
  };
}

/** The same scope and principal give the same id (a UUID of version 8), so that denying twice is denying once. */
export function denialId(scope: string, principalId: string): string {
  const hex = digestOf('denial', scope.toLowerCase(), principalId.toLowerCase());
  const name = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  return `${scope}/providers/Microsoft.Authorization/denyAssignments/${name}`;
}

/**
 * Lets Azure deny the agent every change in the scopes that were asked for, whoever gives it a role there. Put by the API itself: a deployment of a template
 * would need the right to deploy, and say later whether it was done.
 * @see https://learn.microsoft.com/en-us/powershell/module/az.resources/new-azdenyassignment
 */
export async function denyChanges(arm: AzureApi, agent: ContainableAgent): Promise<string> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  if (denyChangesIn.length === 0) return 'no deny assignment was asked for';
  await checkEligible(arm, agent);
  for (const scope of denyChangesIn) {
    const id = denialId(scope, principalId);
    if (await isDenied(arm, id, principalId)) continue;
    const properties = {
      denyAssignmentName: `agentic-iam: agent ${agent.name} of fleet ${agent.fleet} is contained`,
      denyAssignmentEffect: 'enforced',
      permissions: [{ actions: CHANGES }],
      principals: [{ id: principalId, type: 'ServicePrincipal' }],
    };
    await arm({ method: 'PUT', path: `${id}?api-version=${DENY}`, body: { properties } });
  }
  return `every change by the agent is denied in ${denyChangesIn.join(', ')}, which Azure may honour half an hour later; reading and data are not denied by this`;
}

/** Lets the agent's roles hold again. */
export async function allowChanges(arm: AzureApi, agent: ContainableAgent): Promise<string> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  if (denyChangesIn.length === 0) return 'nothing was denied';
  for (const scope of denyChangesIn) await orNone(arm({ method: 'DELETE', path: `${denialId(scope, principalId)}?api-version=${DENY}` }));
  return `nothing is denied any more in ${denyChangesIn.join(', ')}, which Azure may honour half an hour later`;
}

export async function expectDenied(arm: AzureApi, agent: ContainableAgent): Promise<void> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  const open: string[] = [];
  for (const scope of denyChangesIn) if (!(await isDenied(arm, denialId(scope, principalId), principalId))) open.push(scope);
  if (open.length > 0) throw new NotContained(`changes are not denied in ${open.join(', ')}`);
}

export async function expectAllowed(arm: AzureApi, agent: ContainableAgent): Promise<void> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  const left: string[] = [];
  for (const scope of denyChangesIn) if (await denialAt(arm, denialId(scope, principalId))) left.push(scope);
  if (left.length > 0) throw new NotContained(`changes are still denied in ${left.join(', ')}`);
}

const denialAt = (arm: AzureApi, id: string): Promise<Denial | undefined> =>
  orNone(arm<Denial>({ method: 'GET', path: `${id}?api-version=${DENY}` }));

/** Whether it is there as it was made: one that only audits, spares the agent or leaves something out denies nothing. */
async function isDenied(arm: AzureApi, id: string, principalId: string): Promise<boolean> {
  const {
    denyAssignmentEffect = 'enforced',
    permissions = [],
    principals = [],
    excludePrincipals = [],
  } = (await denialAt(arm, id))?.properties ?? {};
  const names = (list: readonly { readonly id?: string }[]): boolean =>
    list.some((one) => one.id?.toLowerCase() === principalId.toLowerCase());
  const whole = permissions.some(({ actions = [], notActions = [] }) => {
    const denied = actions.map((action) => action.toLowerCase());
    return notActions.length === 0 && CHANGES.every((action) => denied.includes(action));
  });
  return denyAssignmentEffect.toLowerCase() === 'enforced' && whole && names(principals) && !names(excludePrincipals);
}
