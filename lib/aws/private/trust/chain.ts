import type { IAgentIdentity } from '../../agent-identity';
import type { BoundTrust } from './trust-way';

/** What sessions of an identity carry when it takes on another. */
export interface Chain {
  /** Names of the agents at which a chain to it can begin. */
  readonly starts: readonly string[];
  /** Whether a session may belong to no chain yet, so that one begins with it. */
  readonly begins: boolean;
  /** Whether a session may belong to a chain already. */
  readonly continues: boolean;
}

const CHAINS = new WeakMap<IAgentIdentity, Chain>();

/** Notes how agents and others come in. */
export function noteChain(identity: IAgentIdentity, ways: readonly BoundTrust[]): Chain {
  const begins = ways.some(({ starts }) => starts === undefined);
  const starts = [...(begins ? [identity.agent.name] : []), ...ways.flatMap((way) => way.starts ?? [])];
  const chain = { starts: [...new Set(starts)], begins, continues: ways.some((way) => way.starts !== undefined) };
  CHAINS.set(identity, chain);
  return chain;
}

/** Of an identity that was made elsewhere it is only known that a chain can begin with it: there, or for a task. */
export function chainOf(identity: IAgentIdentity): Chain {
  return CHAINS.get(identity) ?? { starts: [identity.agent.name], begins: true, continues: true };
}
