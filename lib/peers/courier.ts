import type { PeerEvent } from '../core/containment/peer';
import { tellAws } from './to-aws';
import { tellAzure } from './to-azure';
import { tellGoogle } from './to-gcp';
import type { CourierPorts, PeerAddress } from './types';

export type { CourierPorts, PeerAddress } from './types';

/** Tells the responders of other clouds, and gives one sentence. Throws where one was not told, and says which: it may be told again, to no harm. */
export type Courier = (event: PeerEvent) => Promise<string>;

/**
 * Brings events to responders of other clouds. No key is shared: each cloud signs who this is, and the other one believes that signature for one subject alone.
 * @param peers as the setting of the function has them
 */
export function courier(peers: readonly PeerAddress[], ports: CourierPorts): Courier {
  return async (event) => {
    const told = await Promise.allSettled(peers.map((peer) => tell(event, peer, ports)));
    const failed = told.flatMap((one, at) => (one.status === 'rejected' ? [`${peers[at]?.cloud}: ${(one.reason as Error).message}`] : []));
    if (failed.length > 0) throw new Error(`not told: ${failed.join('; ')}`);
    return peers.length === 0 ? 'no other cloud is connected' : `told: ${peers.map(({ cloud }) => cloud).join(', ')}`;
  };
}

async function tell(event: PeerEvent, peer: PeerAddress, ports: CourierPorts): Promise<void> {
  if (peer.cloud === 'aws') await tellAws(event, peer, ports);
  else if (peer.cloud === 'azure') await tellAzure(event, peer, ports);
  else await tellGoogle(event, peer, ports);
}
