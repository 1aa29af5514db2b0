import { NotContained, NotEligible } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import { type AzureApi, orNone } from '../azure-api';
import { nativeOf } from './agent';
import { CHANGES, DENY_VERSION, type DenialPlan, denialId, denyTemplate, deploymentId, placeOf } from './deny-template';
import { awaitEnd, type DeploymentPorts, deployAll } from './deployments';
import { checkEligible } from './identity';

interface Denial {
  readonly properties?: {
    readonly denyAssignmentEffect?: string;
    readonly doNotApplyToChildScopes?: boolean;
    readonly condition?: string | null;
    readonly permissions?: readonly {
      readonly actions?: readonly string[];
      readonly notActions?: readonly string[];
      readonly condition?: string | null;
    }[];
    readonly principals?: readonly { readonly id?: string }[];
    readonly excludePrincipals?: readonly { readonly id?: string }[];
  };
}

/**
 * Lets Azure deny the agent every change in the scopes that were asked for, whoever gives it a role there: by a template for each, deployed to the scope or to the
 * group of the resource. A deployment makes what the responder may make, and nothing else. What came of it is read back by the check.
 * @see https://learn.microsoft.com/en-us/powershell/module/az.resources/new-azdenyassignment
 */
export async function denyChanges(ports: DeploymentPorts, agent: ContainableAgent): Promise<string> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  if (denyChangesIn.length === 0) return 'no deny assignment was asked for';
  await checkEligible(ports.arm, agent);
  const open: string[] = [];
  for (const scope of denyChangesIn) if (!(await isDenied(ports.arm, denialId(scope, principalId), principalId))) open.push(scope);
  await deployAll(
    ports,
    open.flatMap((scope) => {
      const place = placeOf(scope);
      return place ? [denyTemplate(place, planOf(agent, scope))] : [];
    }),
  );
  const odd = open.filter((scope) => !placeOf(scope));
  if (odd.length > 0)
    throw new NotEligible(`No template can be deployed to ${odd.join(', ')}: no subscription, no resource group, no resource.`);
  return `every change by the agent is denied in ${denyChangesIn.join(', ')}, which Azure may honour half an hour later; reading and data are not denied by this`;
}

/**
 * Lets the agent's roles hold again. No deployment takes anything away, so that this is done by the API itself; a deployment that still runs would deny the agent
 * again, and is waited for.
 */
export async function allowChanges(ports: DeploymentPorts, agent: ContainableAgent): Promise<string> {
  const { principalId, denyChangesIn = [] } = nativeOf(agent);
  if (denyChangesIn.length === 0) return 'nothing was denied';
  const deployments = denyChangesIn.flatMap((scope) => {
    const place = placeOf(scope);
    return place ? [deploymentId(place, planOf(agent, scope))] : [];
  });
  await awaitEnd(ports, deployments);
  for (const scope of denyChangesIn)
    await orNone(ports.arm({ method: 'DELETE', path: `${denialId(scope, principalId)}?api-version=${DENY_VERSION}` }));
  return `nothing is denied any more in ${denyChangesIn.join(', ')}, which Azure may honour half an hour later`;
}

function planOf(agent: ContainableAgent, scope: string): DenialPlan {
  const { principalId, location = '' } = nativeOf(agent);
  return { scope, principalId, location, title: `agentic-iam: agent ${agent.name} of fleet ${agent.fleet} is contained` };
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
  orNone(arm<Denial>({ method: 'GET', path: `${id}?api-version=${DENY_VERSION}` }));

/** Whether it is there as it was made: one that only audits, spares the agent, has a condition or leaves something out denies nothing. */
async function isDenied(arm: AzureApi, id: string, principalId: string): Promise<boolean> {
  const {
    denyAssignmentEffect = 'enforced',
    doNotApplyToChildScopes = false,
    condition,
    permissions = [],
    principals = [],
    excludePrincipals = [],
  } = (await denialAt(arm, id))?.properties ?? {};
  const names = (list: readonly { readonly id?: string }[]): boolean =>
    list.some((one) => one.id?.toLowerCase() === principalId.toLowerCase());
  const whole = permissions.some(({ actions = [], notActions = [], condition: only }) => {
    const denied = actions.map((action) => action.toLowerCase());
    return !only && notActions.length === 0 && CHANGES.every((action) => denied.includes(action));
  });
  const holds = denyAssignmentEffect.toLowerCase() === 'enforced' && !doNotApplyToChildScopes && !condition;
  return holds && whole && names(principals) && !names(excludePrincipals);
}
