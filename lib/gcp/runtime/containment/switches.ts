import type { ContainableAgent } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import type { GoogleApi } from '../google-api';
import { type IdentitySwitch, nativeOf } from './agent';
import type { DenyQueue } from './deny-queue';
import { ACCOUNT } from './switch-account';
import { DENIES } from './switch-denies';
import { POOL } from './switch-pool';
import { WRITTEN } from './switch-written';

/** Which of some agents are contained by the same thing. */
export type Contained = (agents: readonly string[]) => Promise<readonly string[]>;

/** Whom it is about, and by what it is done. */
export interface SwitchContext {
  readonly api: GoogleApi;
  readonly agent: ContainableAgent;
  readonly contained: Contained;
  /** Deny policies that are written, in turn. */
  readonly denials: DenyQueue;
}

/** What one kind of identity is stopped by. Each may be done twice and does no more than once; each touches nothing that is called otherwise than the agent's. */
export interface Switch<Of> {
  /** What it was before. */
  readonly evidence: (of: Of, context: SwitchContext) => Promise<JsonObject>;
  readonly off: (of: Of, context: SwitchContext) => Promise<string>;
  readonly on: (of: Of, context: SwitchContext) => Promise<string>;
  /** Says that it is off, or throws. */
  readonly expectOff: (of: Of, context: SwitchContext) => Promise<string>;
  /** Says that it is on, or throws. */
  readonly expectOn: (of: Of, context: SwitchContext) => Promise<string>;
}

const SWITCHES: { readonly [K in IdentitySwitch['kind']]: Switch<Extract<IdentitySwitch, { readonly kind: K }>> } = {
  account: ACCOUNT,
  denied: DENIES,
  pool: POOL,
  written: WRITTEN,
};

/** What an agent is stopped by, for this agent. */
export function switchOf(context: SwitchContext) {
  const { identity } = nativeOf(context.agent);
  const made = SWITCHES[identity.kind] as Switch<IdentitySwitch>;
  return {
    evidence: () => made.evidence(identity, context),
    off: () => made.off(identity, context),
    on: () => made.on(identity, context),
    expectOff: () => made.expectOff(identity, context),
    expectOn: () => made.expectOn(identity, context),
  };
}
