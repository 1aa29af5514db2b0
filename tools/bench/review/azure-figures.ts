import { reviewWorlds } from '../../../lib/core/review/review';
import { worldsOf } from '../../../lib/policy/worlds';
import catalog from '../../../test/fixtures/azure-role-writers.json';
import type { Goal } from '../table';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';

/** Built-in roles that may write role assignments, each held by an identity on a resource group. */
export function azureGoals(): readonly Goal[] {
  const { roles } = catalog;
  const missed = roles.filter(({ name, conditioned }) => !conditioned && pathsOf(name) === 0);
  const free = roles.filter(({ conditioned }) => !conditioned);
  return [
    {
      goal: `built-in roles of Azure that write role assignments: ${roles.length} of 29`,
      met: roles.length === 29,
      found: `${roles.length}, ${roles.length - free.length} of them by a condition of the role that says which`,
    },
    {
      goal: `those without such a condition, on a subscription: ${free.length} of ${free.length} lead on`,
      met: missed.length === 0,
      found: `${free.length - missed.length}${missed.map(({ name }) => ` -${name}`).join('')}`,
    },
  ];
}

function pathsOf(role: string): number {
  const json = {
    provider: { azurerm: [{ features: [{}], subscription_id: SUBSCRIPTION.split('/').at(-1) }] },
    resource: {
      azurerm_user_assigned_identity: { dev: { name: 'dev', resource_group_name: 'apps', location: 'westeurope' } },
      azurerm_role_assignment: {
        dev: {
          scope: SUBSCRIPTION,
          role_definition_name: role,
          principal_id: '${azurerm_user_assigned_identity.dev.principal_id}',
        },
      },
    },
  };
  const { principals } = reviewWorlds(worldsOf([{ kind: 'terraform-stack', file: 'cdk.tf.json', json }]), { sources: [] });
  return principals.reduce((sum, { paths }) => sum + paths.length, 0);
}
