import writers from '../../fixtures/azure-role-writers.json';
import { assigned, builtIn, pathsOf, STORE, SUBSCRIPTION } from './stack';

const ROLES = writers.roles.map((role) => [role.name, role] as const);
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const only = (role: string): string =>
  `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${role}}))`;
const assigning = (paths: readonly string[]): readonly string[] => paths.filter((path) => path.endsWith(' by assign-role'));

test('built-in roles that may write role assignments are known', () => {
  expect(ROLES.length).toBe(28);
});

test.each(ROLES)('%s leads on, as far as its own condition lets it', (_, { id, conditioned }) => {
  expect(assigning(pathsOf(assigned(builtIn(id))))).toEqual([
    conditioned ? `resource ${SUBSCRIPTION} by assign-role` : 'admin ${azurerm_user_assigned_identity.dev.principal_id} by assign-role',
  ]);
});

test.each(ROLES.filter(([, { conditioned }]) => !conditioned))('%s that may only assign Reader gives nothing new', (_, { id }) => {
  // What it may read, it may read already.
  const reader = { azurerm_role_assignment: {} };
  const paths = pathsOf(assigned(builtIn(id), { condition: only(READER), resources: reader }));
  expect(assigning(paths).filter((path) => path.startsWith('admin'))).toEqual([]);
});

test('on one storage account it gives that account, and no more', () => {
  const paths = pathsOf(assigned(builtIn('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'), { scope: STORE }));
  expect(paths).toEqual([`resource ${STORE} by assign-role`]);
});
