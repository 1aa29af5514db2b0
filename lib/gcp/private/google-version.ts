import type { IConstruct } from 'constructs';
import { TerraformStack } from '../../terraform/core';

/** What users chose, by stack. */
const CHOSEN = new WeakMap<TerraformStack, string>();

/** Moves the google provider of the whole stack: to what the user chose, which stays, or else to what is needed. */
export function needGoogle(construct: IConstruct, { needed, chosen }: { readonly needed: string; readonly chosen?: string }): void {
  const stack = TerraformStack.of(construct);
  if (chosen !== undefined) CHOSEN.set(stack, chosen);
  stack.addOverride('terraform.required_providers.google.version', CHOSEN.get(stack) ?? needed);
}
