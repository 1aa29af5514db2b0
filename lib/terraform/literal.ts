import { Token } from './core';

/**
 * Writes free text so that Terraform reads it as it is: the openings of its template sequences are doubled. A token is
 * left alone, being a template on purpose.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function literalText(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/([$%])\{/g, '$1$1{');
}
