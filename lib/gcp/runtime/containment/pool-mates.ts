import type { AgentKey, ContainmentStore } from '../../../core/containment/responder';
import type { RegisteredAgent } from '../../../core/containment/service';
import { nativeOf } from './agent';

/**
 * Whether an agent that is stopped by its pool is contained now. One that is being restored is not: of two that are restored at a time, either may enable the pool, since
 * both want it.
 */
export function containedByPool({
  agent,
  load,
}: {
  readonly agent: (key: AgentKey) => Promise<RegisteredAgent | undefined>;
  readonly load: ContainmentStore['load'];
}): (fleet: string, name: string) => Promise<boolean> {
  return async (fleet, name) => {
    const key = { fleet, agent: name };
    const registered = await agent(key);
    if (!registered || nativeOf(registered).identity.kind !== 'pool') return false;
    const status = (await load(key)).record?.incident?.status;
    return status !== undefined && status !== 'restored' && status !== 'restoring';
  };
}
