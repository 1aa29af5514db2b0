import type { ContainableAgent } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import type { GoogleApi } from '../google-api';
import { type IdentitySwitch, nativeOf } from './agent';
import { ACCOUNT } from './switch-account';
import { DENIES } from './switch-denies';
import { POOL } from './switch-pool';

/** Which of some agents are contained by the same thing. */
export type Contained = (agents: readonly string[]) => Promise<readonly string[]>;

/** What one kind of identity is stopped by. Each may be done twice and does no more than once; each touches nothing that is called otherwise than the agent's. */
export interface Switch<Of> {
  /** What it was before. */
  readonly evidence: (api: GoogleApi, of: Of, agent: ContainableAgent) => Promise<JsonObject>;
  readonly off: (api: GoogleApi, of: Of, agent: ContainableAgent) => Promise<string>;
  readonly on: (api: GoogleApi, of: Of, agent: ContainableAgent, contained: Contained) => Promise<string>;
  /** Says that it is off, or throws. */
  readonly expectOff: (api: GoogleApi, of: Of, agent: ContainableAgent) => Promise<string>;
  /** Says that it is on, or throws. */
  readonly expectOn: (api: GoogleApi, of: Of, agent: ContainableAgent, contained: Contained) => Promise<string>;
}

const SWITCHES: { readonly [K in IdentitySwitch['kind']]: Switch<Extract<IdentitySwitch, { readonly kind: K }>> } = {
  account: ACCOUNT,
  denied: DENIES,
  pool: POOL,
};

/** What an agent is stopped by, for this agent. */
export function switchOf(api: GoogleApi, agent: ContainableAgent, contained: Contained) {
  const { identity } = nativeOf(agent);
  const made = SWITCHES[identity.kind] as Switch<IdentitySwitch>;
  return {
    evidence: () => made.evidence(api, identity, agent),
    off: () => made.off(api, identity, agent),
    on: () => made.on(api, identity, agent, contained),
    expectOff: () => made.expectOff(api, identity, agent),
    expectOn: () => made.expectOn(api, identity, agent, contained),
  };
}
