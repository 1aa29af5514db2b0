import { fieldsOf, rowsOf, textOf, textsOf } from '../../../core/json-fields';
import type { AccessOrigin } from '../../../core/review/access';
import type { TerraformResource } from '../../../core/review/terraform-source';
import type { DenyAssignment } from '../model';
import { bodyOf } from './azapi';
import type { Values } from './values';

/** Whether a raw resource is a deny assignment, so that it takes away and never gives. */
export function isDenyAssignment({ type, values }: TerraformResource): boolean {
  return type.startsWith('azapi_') && /^Microsoft\.Authorization\/denyAssignments@/i.test(textOf(values.type) ?? '');
}

/**
 * A deny assignment, or undefined where it holds under a condition, for one scope without what is below it, or could not be read: what is
 * not known to be denied is taken to be allowed.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/deny-assignments
 */
export function denyAssignmentOf(resource: TerraformResource, values: Values, origin: AccessOrigin): DenyAssignment | undefined {
  const properties = fieldsOf(bodyOf(resource.values.body)?.properties);
  const scope = values.text(resource, 'parent_id') ?? textOf(properties?.scope);
  if (!properties || scope === undefined || properties.condition || properties.doNotApplyToChildScopes === true) return undefined;
  const ids = (rows: unknown): readonly string[] =>
    rowsOf(rows).flatMap(({ id }) => (textOf(id) === undefined ? [] : [values.fill(String(id))]));
  const permissions = rowsOf(properties.permissions).map((row) => ({
    actions: textsOf(row.actions),
    notActions: textsOf(row.notActions),
    dataActions: textsOf(row.dataActions),
    notDataActions: textsOf(row.notDataActions),
  }));
  return {
    principals: ids(properties.principals),
    exceptPrincipals: ids(properties.excludePrincipals),
    role: { name: textOf(properties.denyAssignmentName) ?? resource.address, permissions },
    scope,
    origin: { ...origin, layer: 'deny' },
  };
}
