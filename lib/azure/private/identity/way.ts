import type { JsonObject } from '../../../core/json';
import { checkLiteral } from '../../../core/names';
import { invalidTrust, openTrust } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { FACTS } from './facts';

/** Attached to a resource of Azure, which then asks the platform for tokens; nothing is exchanged. */
export interface AttachedWay {
  readonly kind: 'azureCompute';
}

/** The token of an issuer is exchanged for one of the identity. */
export interface FederatedWay {
  /** Factory of `AgentTrust`. */
  readonly kind: string;
  /** HTTPS address; may be a reference. */
  readonly issuer: string;
  /** Exact; may be a reference where a cloud chooses it, such as the id of a principal. */
  readonly subject: string;
  /** Exactly one. */
  readonly audience: string;
  /** Whether Entra itself issues the token. */
  readonly entraIssued: boolean;
}

/** One way to become the agent. */
export type TrustWay = AttachedWay | FederatedWay;

export function isFederated(way: TrustWay): way is FederatedWay {
  return way.kind !== 'azureCompute';
}

/** What the manifest says of a way. */
export function boundsOf(way: TrustWay): JsonObject {
  if (!isFederated(way)) return { bearer: 'any Azure resource the identity is attached to' };
  const { issuer, subject, audience } = way;
  return { issuer, subject, audience };
}

/** A federated way whose parts were checked; throws on what Entra would take and never match, or match too widely. */
export function checkFederatedWay(agent: string, way: Omit<FederatedWay, 'audience'> & { readonly audience?: string }): FederatedWay {
  const audience = way.audience ?? FACTS.federation.audience.value;
  checkIssuer(agent, way.issuer);
  checkExact(agent, 'subject', way.subject);
  checkExact(agent, 'audience', audience);
  return { ...way, audience, entraIssued: way.entraIssued || ENTRA.test(way.issuer) };
}

/** Tokens of Entra itself, by whichever factory it is named. */
const ENTRA = /^https:\/\/(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)\//i;

function checkIssuer(agent: string, issuer: string): void {
  if (Token.isUnresolved(issuer)) return;
  checkExact(agent, 'issuer', issuer);
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '') {
    const reason = 'Entra fetches the keys of the issuer from there';
    throw invalidTrust(agent, {
      rule: "needs an 'issuer' that is an https address",
      reason,
      value: issuer,
      fix: "copy the 'iss' of a token, https:// and all",
    });
  }
}

const EXACT_REASON = 'Entra compares it character by character, and whoever matches becomes the agent';

/** Refuses what is empty, a pattern, padded or too long. References pass: Entra compares their values exactly. */
function checkExact(agent: string, field: 'issuer' | 'subject' | 'audience', value: string): void {
  if (value === '' || value.trim() === '') throw openTrust(agent, { field, value, reason: EXACT_REASON });
  if (Token.isUnresolved(value)) return;
  if (/[*?]/.test(value)) throw openTrust(agent, { field, value, reason: EXACT_REASON });
  if (value !== value.trim()) {
    throw invalidTrust(agent, {
      rule: `needs '${field}' without spaces around it`,
      reason: 'Entra blocks the exchange',
      value,
      fix: 'remove them',
    });
  }
  checkLiteral(`agent '${agent}'`, field, value);
  const { max } = FACTS.limits[field];
  if (value.length > max) {
    const fix = 'have the issuer give a shorter one';
    throw invalidTrust(agent, {
      rule: `needs '${field}' of at most ${max} characters`,
      reason: 'Entra stores no more',
      value: value.length,
      fix,
    });
  }
}
