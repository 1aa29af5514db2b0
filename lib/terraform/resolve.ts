import { Token } from 'cdktf';
import { resolve } from 'cdktf/lib/_tokens';
import type { IConstruct } from 'constructs';

/** Turns the tokens inside a value into what the template of this construct's stack will hold. */
export function resolveTokens(scope: IConstruct, value: unknown): unknown {
  return holdsToken(value) ? resolve(scope, value) : value;
}

/** Most values are literals, and looking is much cheaper than resolving. */
function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).some(([key, inner]) => Token.isUnresolved(key) || holdsToken(inner))
  );
}
