import { findPaths } from '../../../lib/core/review/paths';
import type { AccessWorld } from '../../../lib/core/review/world';
import { azureWorldOf } from '../../../lib/policy/azure';

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
export const STORE = `${SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/acme`;
export const DEV = '${azurerm_user_assigned_identity.dev.principal_id}';

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A stack with the managed identity `dev`. */
export function stack(resources: Blocks): object {
  const identities = { dev: { name: 'dev' }, ...resources.azurerm_user_assigned_identity };
  return { resource: { ...resources, azurerm_user_assigned_identity: identities } };
}

/** A stack in which `dev` is assigned a role. */
export function assigned(
  role: object,
  more: { readonly scope?: string; readonly condition?: string; readonly resources?: Blocks } = {},
): object {
  const condition = more.condition === undefined ? {} : { condition: more.condition, condition_version: '2.0' };
  return stack({
    ...more.resources,
    azurerm_role_assignment: { dev: { scope: more.scope ?? SUBSCRIPTION, principal_id: DEV, ...role, ...condition } },
  });
}

/** A stack in which `dev` holds a custom role of these operations. */
export function holding(permissions: object, more: Parameters<typeof assigned>[1] = {}): object {
  const own = { name: 'own', scope: SUBSCRIPTION, permissions: [permissions] };
  const resources = { ...more.resources, azurerm_role_definition: { own } };
  return assigned({ role_definition_id: '${azurerm_role_definition.own.role_definition_resource_id}' }, { ...more, resources });
}

export const builtIn = (id: string): object => ({
  role_definition_id: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
});

export function worldOf(json: object): AccessWorld {
  const world = azureWorldOf([{ kind: 'terraform-stack', file: 'cdk.tf.json', json }]);
  if (!world) throw new Error('the stack holds nothing');
  return world;
}

/** Every path of `dev`: its end and its techniques; `?` where the target is assumed. */
export function pathsOf(json: object): readonly string[] {
  const { paths } = findPaths(DEV, [worldOf(json)]);
  return paths.map(
    ({ to, toArn, steps }) => `${to} ${toArn} by ${steps.map(({ technique, assumed }) => `${technique}${assumed ? '?' : ''}`).join(', ')}`,
  );
}
