import { type Fields, fieldsOf, follow, textOf } from '../../../core/json-fields';
import type { TerraformResource } from '../../../core/review/terraform-source';

/** Types that give somebody something, or that hold a whole template that may. */
const GRANTS =
  /^Microsoft\.Authorization\/(?!policy|locks)|\/(accessPolicies|sqlRoleAssignments|sqlRoleDefinitions|mongodbRoleDefinitions)@|^Microsoft\.(Resources\/deployments|ManagedServices|Blueprint)/i;

/**
 * A raw resource that assigns a role, as the resource that azurerm has for it; undefined where it is none, `unread` where it grants in
 * another way.
 * @see https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/resource
 */
export function rawAssignment(resource: TerraformResource): TerraformResource | 'unread' | undefined {
  if (!resource.type.startsWith('azapi_')) return undefined;
  const type = textOf(resource.values.type);
  if (type === undefined || type.includes('${')) return 'unread';
  if (!GRANTS.test(type)) return undefined;
  const kind = /^Microsoft\.Authorization\/roleAssignments@/i.test(type)
    ? 'azurerm_role_assignment'
    : /\/sqlRoleAssignments@/i.test(type)
      ? 'azurerm_cosmosdb_sql_role_assignment'
      : undefined;
  const properties = fieldsOf(follow(bodyOf(resource.values.body), 'properties'));
  if (kind === undefined || !properties) return 'unread';
  const scope = kind === 'azurerm_role_assignment' ? resource.values.parent_id : (properties.scope ?? resource.values.parent_id);
  const { principalId, roleDefinitionId, condition } = properties;
  return {
    ...resource,
    type: kind,
    values: { ...resource.values, scope, principal_id: principalId, role_definition_id: roleDefinitionId, condition },
  };
}

/** The body of a raw resource, which may be JSON text. */
export function bodyOf(body: unknown): Fields | undefined {
  if (typeof body !== 'string') return fieldsOf(body);
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}
