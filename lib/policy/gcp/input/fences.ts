import { rowsOf, textOf, textsOf } from '../../../core/json-fields';
import type { TerraformResource } from '../../../core/review/terraform-source';
import type { Fence, Place } from '../model';
import { originOf } from './bindings';
import type { Values } from './values';

const PROJECT = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/(.+)$/;

/** The whole of a condition that names one account. */
const SUBJECT = /^\s*(?:principal\.type == ["'][^"']*["'] && )?principal\.subject == ["']([^"']+)["']\s*$/;

/**
 * A principal access boundary where it is bound to principals.
 * @see https://docs.cloud.google.com/iam/docs/principal-access-boundary-policies
 */
export function fenceOf(binding: TerraformResource, values: Values, source: string): Fence | undefined {
  if (textOf(binding.values.policy_kind) !== 'PRINCIPAL_ACCESS_BOUNDARY') return undefined;
  const policy = values.source.resources.find(
    ({ type, address }) =>
      type === 'google_iam_principal_access_boundary_policy' && values.text(binding, 'policy') === values.reference(`${address}.name`),
  );
  if (!policy) return undefined;
  const places = rowsOf(rowsOf(policy.values.details)[0]?.rules).flatMap((rule) =>
    textsOf(rule.resources).flatMap((one) => placeOf(values.fill(one))),
  );
  const [target] = rowsOf(binding.values.target);
  const project = PROJECT.exec(values.fill(textOf(target?.principal_set) ?? ''))?.[1];
  const [condition] = rowsOf(binding.values.condition);
  const expression = condition && (textOf(condition.expression) ?? '');
  const subject = expression === undefined ? undefined : SUBJECT.exec(values.fill(expression))?.[1];
  // Of another condition it is not known whom it leaves in.
  if (project === undefined || (expression !== undefined && subject === undefined)) return undefined;
  return {
    project,
    places,
    origin: originOf(policy, source, 'boundary'),
    ...(subject === undefined ? {} : { members: [`serviceAccount:${subject}`] }),
  };
}

function placeOf(resource: string): readonly Place[] {
  const name = resource.replace(/^\/\/cloudresourcemanager\.googleapis\.com\//, '');
  if (name.startsWith('projects/')) return [{ level: 'project', name }];
  return [{ level: name.startsWith('folders/') ? 'folder' : 'organization', name }];
}
