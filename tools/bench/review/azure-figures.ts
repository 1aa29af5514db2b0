import { reviewWorlds } from '../../../lib/core/review/review';
import { worldsOf } from '../../../lib/policy/worlds';
import catalog from '../../../test/fixtures/azure-role-writers.json';
import type { Goal } from '../table';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';

/** Built-in roles that may write role assignments, each held by an identity on a resource group. */
export function azureGoals(): readonly Goal[] {
  const { roles } = catalog;
  const missed = roles.filter(({ name }) => assigning(name) === 0);
  const free = roles.filter(({ conditioned }) => !conditioned);
  return [
    {
      goal: `built-in roles of Azure that may write role assignments: ${roles.length} of ${roles.length} lead on`,
      met: missed.length === 0,
      found: `${roles.length - missed.length}, ${roles.length - free.length} of them only as far as a condition of the role lets it${missed.map(({ name }) => ` -${name}`).join('')}`,
    },
    {
      goal: 'Contributor, whose pattern names it and whose exceptions take it out: 0 ways to assign',
      met: assigning('Contributor') === 0,
      found: `${assigning('Contributor')}`,
    },
  ];
}

/** Ways of an identity to assign itself a role. */
function assigning(role: string): number {
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
  return principals.reduce((sum, { paths }) => sum + paths.filter(({ steps }) => steps[0]?.technique === 'assign-role').length, 0);
}
