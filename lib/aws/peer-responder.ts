import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import type { IOIDCProviderRef } from 'aws-cdk-lib/aws-iam';
import { PEER_AUDIENCE } from '../core/containment/peer';
import { invalidPeer } from '../core/containment-errors';
import { type AzurePeer, azureAddress, azureTokens, checkAzurePeer, checkGcpPeer, type GcpPeer, gcpAddress } from '../peers/outputs';
import type { PeerAddress } from '../peers/types';
import { CATALOG } from './catalog';
import { FEDERATION } from './private/trust/facts';

/** Whom the listener trusts: one subject of one issuer. */
export interface PeerTrust {
  /** ARN of a provider, or an issuer that AWS knows itself. */
  readonly federated: string;
  readonly conditions: Readonly<Record<string, string>>;
}

/**
 * The responder of the same fleet on another cloud. An agent that is contained there is contained here, and the other way round, where it is armed. Its stack says in its
 * output `Peer` what is asked for here: deploy each once, then connect them.
 */
export class PeerResponder {
  /**
   * The responder on Azure.
   * @param peer the output `Peer` of its stack
   * @param options.provider the tenant's issuer, as a provider of this account
   */
  static azure(peer: AzurePeer, options: { readonly provider: IOIDCProviderRef }): PeerResponder {
    const checked = checkAzurePeer(peer);
    const { issuer, subject, audience } = azureTokens(checked);
    const key = issuer.replace(/^https:\/\//, '');
    const federated = options.provider.oidcProviderRef.oidcProviderArn;
    checkIssuer(federated, key);
    return new PeerResponder(azureAddress(checked), {
      federated,
      conditions: { [`${key}:sub`]: subject, [`${key}:aud`]: audience },
    });
  }

  /** The responder on Google Cloud. @param peer the output `Peer` of its stack */
  static gcp(peer: GcpPeer): PeerResponder {
    const checked = checkGcpPeer(peer);
    const { principal, claims } = FEDERATION.gcp;
    return new PeerResponder(gcpAddress(checked, { audience: PEER_AUDIENCE, from: CATALOG.cloud }), {
      federated: principal,
      conditions: { [claims.subject]: checked.uniqueId, [claims.audience]: PEER_AUDIENCE },
    });
  }

  private constructor(
    /** Where it is told; for the constructs of this library. */
    readonly address: PeerAddress,
    /** How it shows who it is; for the constructs of this library. */
    readonly trust: PeerTrust,
  ) {}
}

/** The conditions name the issuer: with a provider of another, no token would ever match, and nobody would hear of it. */
function checkIssuer(providerArn: string, issuer: string): void {
  const named = Arn.split(providerArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
  if (named === undefined || Token.isUnresolved(named) || named === issuer) return;
  throw invalidPeer('Azure', {
    rule: `needs a provider of its issuer, '${issuer}'`,
    reason: 'no token of the responder would match another',
    value: named,
    fix: "give the provider of that issuer, or set 'v2Tokens' as the application has it",
  });
}
