import { shortHash } from '../../../core/names';
import { invalidTrust, tooMany } from '../../../core/native-errors';
import { type AgentIdentityKind, FACTS } from './facts';
import { type FederatedWay, isFederated, type TrustWay } from './way';

/** One federated identity credential to be written. */
export interface Credential {
  /** Immutable in Entra, so it says what it stands for: the factory, and a hash of issuer and subject. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** Whose credentials are asked for. */
export interface CredentialOwner {
  readonly agent: string;
  readonly kind: AgentIdentityKind;
  /** Turns references into what the template will hold; names must not depend on the numbering of tokens. */
  readonly resolve: (value: string) => unknown;
}

/**
 * The credentials that a trust comes to, in its order.
 *
 * @throws AgenticIamError `too-many` beyond 20, `invalid-trust` for a way this kind of identity cannot take, for one
 *   given twice, and for none at all.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations
 */
export function planCredentials(owner: CredentialOwner, ways: readonly TrustWay[]): readonly Credential[] {
  if (ways.length === 0) {
    throw invalidTrust(owner.agent, {
      rule: 'needs at least one way in',
      reason: 'nobody could become the agent',
      value: 'none',
      fix: 'name one in its trust',
    });
  }
  const federated = ways.filter(isFederated);
  for (const way of ways) checkFit(owner, way);
  const { max } = FACTS.limits.credentials;
  if (federated.length > max)
    throw tooMany(`agent '${owner.agent}'`, { what: 'federated credentials', count: federated.length, limit: max });
  const credentials = federated.map((way) => toCredential(owner, way));
  const names = credentials.map(({ name }) => name.replace(/^.*-/, ''));
  const repeated = credentials.find((_, index) => names.indexOf(names[index] ?? '') !== index);
  if (repeated) {
    const reason = 'Entra refuses a second one for the same issuer and subject';
    const value = `${repeated.issuer} ${repeated.subject}`;
    throw invalidTrust(owner.agent, { rule: 'needs each issuer and subject once in its trust', reason, value, fix: 'remove one of them' });
  }
  return credentials;
}

function toCredential({ resolve }: CredentialOwner, { kind, issuer, subject, audience }: FederatedWay): Credential {
  const hash = shortHash(String(resolve(issuer)), String(resolve(subject)));
  return { name: `${kind.toLowerCase()}-${hash}`, issuer, subject, audience };
}

function checkFit({ agent, kind }: CredentialOwner, way: TrustWay): void {
  const managed = kind === 'user-assigned-identity';
  if (managed && isFederated(way) && way.entraIssued) {
    const reason = 'Entra takes the token of a managed identity as credential of applications and agent IDs alone';
    const fix = 'make the identity with AgentIdentity.application() or AgentIdentity.agentId()';
    throw invalidTrust(agent, { rule: 'cannot trust a managed identity while it is one itself', reason, value: way.kind, fix });
  }
  if (!managed && !isFederated(way)) {
    const reason = 'only a managed identity can be attached to a resource of Azure';
    const fix =
      'make the identity with new AgentIdentity(), or trust the managed identity of that resource with AgentTrust.managedIdentity()';
    throw invalidTrust(agent, { rule: `cannot be attached to Azure compute as ${kind}`, reason, value: way.kind, fix });
  }
}
