import type { JsonObject } from '../../../core/json';
import { invalidTrust, tooMany } from '../../../core/native-errors';
import type { IdentityLimit } from './limits';
import { limit } from './limits';

/** Where a provider's tokens or certificates come from: exactly one. */
export type ProviderSource =
  | { readonly aws: { readonly accountId: string } }
  | { readonly oidc: { readonly issuerUri: string; readonly allowedAudiences?: readonly string[] } }
  | { readonly x509: { readonly trustAnchorPem: string; readonly intermediatePems: readonly string[] } };

/** A workload identity pool provider that admits exactly one subject. Pure data. */
export interface ProviderSpec {
  /** Beginning of its id. */
  readonly prefix: string;
  /** Value of `google.subject` for the one workload it admits. */
  readonly subject: string;
  /** Attribute to CEL expression. */
  readonly mapping: Readonly<Record<string, string>>;
  /** CEL expression that holds for that workload alone. */
  readonly condition: string;
  readonly source: ProviderSource;
  /** What the manifest says of it. */
  readonly bounds: JsonObject;
}

/** A value as a CEL string. The value has passed `exact`, so it holds no quote or backslash. */
export const celString = (value: string): string => `'${value}'`;

/** A CEL test for equality. */
export const equal = (left: string, value: string): string => `${left} == ${celString(value)}`;

/** Refuses what Google would refuse when the provider is made, or at every token exchange after that. */
export function checkProvider(agent: string, spec: ProviderSpec): ProviderSpec {
  within(agent, 'subject', ['a subject', spec.subject, Buffer.byteLength(spec.subject)]);
  within(agent, 'condition', ['an attribute condition', spec.condition, spec.condition.length]);
  for (const [attribute, expression] of Object.entries(spec.mapping)) {
    within(agent, 'mapping', [`a mapping of ${attribute}`, expression, expression.length]);
  }
  const audiences = 'oidc' in spec.source ? (spec.source.oidc.allowedAudiences ?? []) : [];
  if (audiences.length > limit('audiences'))
    throw tooMany(`agent '${agent}'`, { what: 'audiences in one trust', count: audiences.length, limit: limit('audiences') });
  for (const audience of audiences) within(agent, 'audience', ['an audience', audience, audience.length]);
  return spec;
}

function within(agent: string, name: IdentityLimit, [what, value, size]: readonly [string, string, number]): void {
  if (size <= limit(name)) return;
  const unit = name === 'subject' ? 'bytes' : 'characters';
  throw invalidTrust(agent, {
    rule: `needs ${what} of at most ${limit(name)} ${unit} in its trust (this one has ${size})`,
    reason: 'Google refuses a longer one',
    value,
    fix: 'shorten the names it is made of',
  });
}
