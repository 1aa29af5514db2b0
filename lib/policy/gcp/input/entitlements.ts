import { listOf, rowsOf, textOf } from '../../../core/json-fields';
import type { TerraformResource } from '../../../core/review/terraform-source';
import { readCondition } from '../engine/cel';
import type { Condition, Place } from '../model';
import { type Granted, originOf } from './bindings';
import { readMembers } from './members';
import type { Values } from './values';

/** No CEL: nobody can tell before whether somebody will approve. */
const APPROVAL = 'somebody approves the request';

/**
 * What somebody may take for a while through Privileged Access Manager. Where nobody has to approve, it is theirs for the asking.
 * @see https://docs.cloud.google.com/iam/docs/pam-overview
 */
export function entitlementOf(resource: TerraformResource, values: Values, source: string): Granted | undefined {
  if (resource.type !== 'google_privileged_access_manager_entitlement') return undefined;
  const origin = originOf(resource, source, 'entitlement');
  const users = rowsOf(resource.values.eligible_users).map(({ principals }) => readMembers(principals, values));
  const members = users.flatMap(({ known }) => known);
  const isApproved = rowsOf(resource.values.approval_workflow).length > 0;
  const grants = rowsOf(resource.values.privileged_access).flatMap(({ gcp_iam_access: access }) => rowsOf(access));
  const bindings = grants.flatMap((access) => {
    const place = placeOf(values.fill(textOf(access.resource) ?? ''));
    return listOf(access.role_bindings).flatMap((one) => {
      const [row] = rowsOf(one);
      const role = values.fill(textOf(row?.role) ?? '');
      const written = textOf(row?.condition_expression);
      const condition: Condition | undefined = isApproved
        ? readCondition(APPROVAL)
        : written === undefined
          ? undefined
          : readCondition(values.fill(written));
      return members.map((member) => ({ member, role, place, origin, ...(condition ? { condition } : {}) }));
    });
  });
  const isOpen = values.isOpen(resource, 'eligible_users') || users.length === 0 || resource.values.dynamic !== undefined;
  return { bindings, hidden: [...new Set([...users.flatMap(({ hidden }) => hidden), ...(isOpen ? [''] : [])])] };
}

function placeOf(resource: string): Place {
  const name = resource.replace(/^\/\/cloudresourcemanager\.googleapis\.com\//, '');
  const level = name.startsWith('projects/') ? 'project' : name.startsWith('folders/') ? 'folder' : 'organization';
  return { level, name };
}
