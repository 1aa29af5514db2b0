import type { Construct } from 'constructs';
import { Fn, resolveTokens, Token } from '../../../terraform/core';
import { endOf } from '../../../terraform/json-template';

/** Where a template must be deployed so that it reaches a scope. */
export interface DeployedTo {
  /** Id of a subscription or a resource group, or a reference to it. */
  readonly container: string;
  /** False where it is put together at deployment: two that look different may then be one. */
  readonly isKnown: boolean;
}

/** Marks what stands for a reference of Terraform while an id is taken apart; no id holds it. */
const MARK = '\u0001';
const PART = '[^/]+';
const SUBSCRIPTION = `(?:/subscriptions/${PART}|${MARK}subscription\\d+|${MARK}other\\d+(?=/resourceGroups/))`;
const GROUP = `(?:${SUBSCRIPTION}/resourceGroups/${PART}|${MARK}resource_group\\d+)`;
/** A resource with whatever it is inside of: types and names by turns. An extension of a resource is none. */
const RESOURCE = `${PART}(?:/(?!providers/)${PART}/${PART})+`;
const SCOPE = new RegExp(`^(?:(${GROUP})(?:/providers/${RESOURCE})?|(${SUBSCRIPTION}))$`, 'i');
/** What begins with an id of which only the deployment knows where it is. */
const OPEN = new RegExp(`^${MARK}other0(?:/${PART})*$`);
const KNOWN = /^\$\{(?:data\.)?azurerm_(subscription|resource_group)\.[\w-]+\.id\}$/;

/** Undefined for what no template can be deployed to: a management group, a tenant, what is no id. */
export function deployedTo(from: Construct, scope: string): DeployedTo | undefined {
  const kindOf = (reference: string): string => KNOWN.exec(String(resolveTokens(from, reference)))?.[1] ?? 'other';
  const { marked, references } = withMarks(scope, kindOf);
  const [, group, subscription] = SCOPE.exec(marked) ?? [];
  const found = group ?? subscription;
  if (found !== undefined) {
    const container = found.replace(new RegExp(`${MARK}[a-z_]+(\\d+)`, 'g'), (_, at: string) => references[Number(at)] ?? '');
    return { container, isKnown: container === found || KNOWN.test(String(resolveTokens(from, container))) };
  }
  if (!OPEN.test(marked)) return undefined;
  const [reference = ''] = references;
  const parts = Fn.split('/', reference);
  // Of an id the subscription is the first three parts, the group the first five; the very first is empty.
  const container = Token.asString(Fn.join('/', Fn.slice(parts, 0, Fn.min([5, Fn.lengthOf(parts)]))));
  return { container, isKnown: false };
}

/** References stay as they were written, tokens too: what they come to may differ where they are used. */
function withMarks(
  text: string,
  kindOf: (reference: string) => string,
): { readonly marked: string; readonly references: readonly string[] } {
  const references: string[] = [];
  let marked = '';
  for (let at = 0; at < text.length; ) {
    const end = text.startsWith('${', at) ? endOf(text, at + 2) : at + 1;
    const part = text.slice(at, end);
    marked += end > at + 1 ? `${MARK}${kindOf(part)}${references.push(part) - 1}` : part;
    at = end;
  }
  return { marked, references };
}
