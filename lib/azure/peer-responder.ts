import { type AwsPeer, awsAddress, checkAwsPeer, checkGcpPeer, type GcpPeer, gcpAddress } from '../peers/outputs';
import type { PeerAddress } from '../peers/types';
import { CATALOG } from './catalog';
import { FACTS } from './private/identity/facts';

/** Whom the listener is federated with: one subject of one issuer. */
export interface PeerTrust {
  readonly cloud: string;
  readonly issuer: string;
  readonly subject: string;
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
    return new PeerResponder((audience) => awsAddress(checked, audience), { cloud: 'aws', issuer, subject });
  }

  /** The responder on Google Cloud. @param peer the output `Peer` of its stack */
  static gcp(peer: GcpPeer): PeerResponder {
    const checked = checkGcpPeer(peer);
    return new PeerResponder((audience) => gcpAddress(checked, { audience, from: CATALOG.cloud }), {
      cloud: 'gcp',
      issuer: FACTS.federation.gcp.value,
      subject: checked.uniqueId,
    });
  }

  private constructor(
    /** Where it is told, with a token for the application of this cloud; for the constructs of this library. */
    readonly address: (audience: string) => PeerAddress,
    /** How it shows who it is; for the constructs of this library. */
    readonly trust: PeerTrust,
  ) {}
}
