import type { TerraformElement } from '../../terraform/core';

/**
 * Gives an element a Terraform address that follows from fleet and agent, not from the construct's path. A moved construct
 * would otherwise be a second account of the same id and a removed first one; of a moved grant Terraform would add the
 * member again and then remove it with the old address. Injective: no word holds an underscore.
 */
export function pinAddress(element: TerraformElement, ...words: readonly string[]): void {
  element.overrideLogicalId(words.map((word) => word.replaceAll('-', '_')).join('__'));
}
