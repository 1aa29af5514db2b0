import { PEER_AUDIENCE } from '../core/containment/peer';
import { type AwsPeer, type AzurePeer, awsAddress, azureAddress, azureTokens, checkAwsPeer, checkAzurePeer } from '../peers/outputs';
import type { PeerAddress } from '../peers/types';

/** Whom the pool lets in: one subject of one issuer. */
export interface PeerTrust {
  readonly cloud: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/**
 * The responder of the same fleet on another cloud. An agent that is contained there is contained here, and the other way round, where it is armed. Its stack says in its
 * output `Peer` what is asked for here: deploy each once, then connect them.
 */
export class PeerResponder {
  /** The responder on AWS. @param peer the output `Peer` of its stack, and the issuer of its account */
  static aws(peer: AwsPeer): PeerResponder {
    const checked = checkAwsPeer(peer);
    const { issuer, responder: subject } = checked;
    return new PeerResponder(awsAddress(checked, PEER_AUDIENCE), { cloud: 'aws', issuer, subject, audience: PEER_AUDIENCE });
  }

  /** The responder on Azure. @param peer the output `Peer` of its stack */
  static azure(peer: AzurePeer): PeerResponder {
    const checked = checkAzurePeer(peer);
    return new PeerResponder(azureAddress(checked), { cloud: 'azure', ...azureTokens(checked) });
  }

  private constructor(
    /** Where it is told; for the constructs of this library. */
    readonly address: PeerAddress,
    /** How it shows who it is; for the constructs of this library. */
    readonly trust: PeerTrust,
  ) {}
}
