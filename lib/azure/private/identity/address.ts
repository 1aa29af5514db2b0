import type { TerraformElement } from '../../../terraform/core';

/**
 * Gives an element a Terraform address that depends on fleet and agent alone. Moving or renaming constructs then leaves
 * the identity, and with it every grant, in place. Injective: the words of native names hold no underscore.
 */
export function pinAddress(element: TerraformElement, ...words: readonly string[]): void {
  element.overrideLogicalId(words.map((word) => word.replaceAll('-', '_')).join('__'));
}
