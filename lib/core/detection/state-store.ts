import type { AgentStateRecord, SessionStateRecord } from './state';

/** States of one agent and one of its sessions, and the versions under which they were read. */
export interface StoredStates {
  readonly agent?: AgentStateRecord;
  readonly session?: SessionStateRecord;
  /** 0 where there is none so far. */
  readonly agentVersion: number;
  readonly sessionVersion: number;
}

/** Which agent, and which of its sessions. */
export interface StateKey {
  /** `fleet/name`. */
  readonly agent: string;
  readonly session: string;
}

/** A session that has calls which wait for earlier ones. */
export interface DueSession extends StateKey {}

/** Where states are kept between batches. Every change holds whatever runs at the same time. */
export interface StateStore {
  readonly load: (key: StateKey) => Promise<StoredStates>;
  /**
   * Writes the state of the agent, and then that of the session: where only the first was written, its calls are not counted again.
   * @returns false where one of them was changed since it was read
   */
  readonly save: (
    key: StateKey,
    states: { readonly agent: AgentStateRecord; readonly session: SessionStateRecord },
    options: {
      readonly read: Pick<StoredStates, 'agentVersion' | 'sessionVersion'>;
      /** When the session must be looked at again, in seconds since 1970. @default - not before its next call */
      readonly dueAt?: number;
      /** When it may be forgotten, in seconds since 1970. */
      readonly forgetAt: number;
    },
  ) => Promise<boolean>;
  /** Sessions that must be looked at, the longest overdue first. */
  readonly due: (now: number, most: number) => Promise<readonly DueSession[]>;
}
