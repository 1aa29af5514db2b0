import { uuidV5 } from '../../core/names';
import { Fn } from '../../terraform/core';

const NAMESPACE = uuidV5('azure');

/**
 * A UUID (version 5) of the parts, computed by Terraform, as principals and scopes are known only there. The same parts
 * give the same id in every deployment, so that repeating one changes nothing; other parts give another, as Azure
 * refuses to reuse the id of an assignment for another principal.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/role-assignments-template
 */
export function nameBasedId(...parts: readonly string[]): string {
  return Fn.uuidv5(NAMESPACE, parts.join('|'));
}
