import data from '../../catalog/trust.json';

/** A page that says so, and the day it was read. */
export interface TrustFact {
  readonly source: string;
  readonly checked: string;
  /** False where no page of AWS says it in so many words; `note` then says what is known. @default true */
  readonly confirmed?: boolean;
  readonly note?: string;
}

/** A service of AWS that can be trusted, and what it tells IAM about the resource it acts for. */
export interface ServiceFacts extends TrustFact {
  /** As a person says it: `Lambda function`. */
  readonly title: string;
  readonly principal: string;
  readonly actions: readonly string[];
  /** Present where the service sends `aws:SourceAccount`. */
  readonly sourceAccount?: TrustFact;
  /** Present where the service sends `aws:SourceArn`: patterns of its last part, for any resource and for a named one. */
  readonly sourceArn?: TrustFact & { readonly service: string; readonly any?: string; readonly named?: string };
  /** How long its credentials live, where it is published. */
  readonly session: TrustFact & { readonly seconds?: number };
}

/** Names of the services, which are also the names of their factories. */
export type ServiceKind = keyof typeof data.services;

export const SERVICE_FACTS: Readonly<Record<ServiceKind, ServiceFacts>> = data.services;
export const POD_TAGS = data.services.eksPodIdentity.tags;
export const FEDERATION = data.federation;
export const OUTBOUND = data.outbound;

const { limits } = data;
export const TRUST_POLICY_LIMIT = limits.trustPolicyCharacters.value;
export const SESSION_POLICY_LIMIT = limits.sessionPolicyCharacters.value;
export const ROLE_SESSION = { floor: limits.roleSessionSecondsFloor.value, ceiling: limits.roleSessionSecondsCeiling.value } as const;
export const CHAINED_SESSION = limits.chainedSessionSeconds.value;
export const TAG_VALUE_LIMIT = limits.tagValueCharacters.value;
export const DESCRIPTION_LIMIT = limits.descriptionCharacters.value;
