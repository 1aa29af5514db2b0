/** What became of a call. */
export type EventOutcome = 'succeeded' | 'denied' | 'not-found' | 'invalid' | 'throttled' | 'failed';

/**
 * One call as an audit log recorded it, in words no cloud owns; what each cloud's records become. A field the record does not
 * hold is absent, never guessed.
 */
export interface AgentEvent {
  /** Unique id of the record: the same record read twice has the same id. */
  readonly id: string;
  /** When the call was made, ISO 8601 in UTC. */
  readonly time: string;
  /** The cloud whose log it is, as the manifest names it. */
  readonly cloud: string;
  /** Native id of who acted: for a role session that of the role, not of the session. */
  readonly principal: string;
  /** Name of the agent, where the record or the manifest says it. */
  readonly agent?: string;
  readonly fleet?: string;
  /** Id of the session or token, where the record has one. */
  readonly session?: string;
  /** Public id of the credential; never a secret. */
  readonly credential?: string;
  /** Public id of the credential that the call issued, where it issued one. */
  readonly issued?: string;
  /** Task the call belongs to. */
  readonly task?: string;
  /** Native action, as a policy of that cloud names it. */
  readonly action: string;
  /** Native ids of what was acted on. */
  readonly resources: readonly string[];
  readonly outcome: EventOutcome;
  /** Native code of what went wrong. */
  readonly error?: string;
  /** Account, subscription or project. */
  readonly account?: string;
  readonly region?: string;
  /** Address or service the call came from. */
  readonly source?: string;
  /** Agents through which the work came, first to last, the acting one included; where the record says so. */
  readonly chain?: readonly string[];
  /** True for a call that only reads, as the record itself says. */
  readonly readOnly?: boolean;
  /** What the call does beyond its action, as its parameters say. */
  readonly effects?: readonly CallEffect[];
}

/** `administers`: gives a principal administration, or leave to give it. `lets-in`: lets an account in, or everyone, to something. */
export interface CallEffect {
  readonly kind: 'administers' | 'lets-in';
  /** The policy that gives administration; the account that is let in, or {@link EVERYONE}. */
  readonly to: string;
}

/** Stands for anybody, with or without an account. */
export const EVERYONE = 'everyone';

/** A record that could not be read, so that it is counted and not lost. */
export interface UnreadEvent {
  /** Id of the record, where it has one. */
  readonly id?: string;
  readonly reason: string;
  /** True for a record that says nothing of its own, such as the beginning of what another one says the end of. @default false */
  readonly expected?: boolean;
}

/** Reads one native audit record; each cloud's folder of `events` has one. */
export type EventReader = (record: unknown) => AgentEvent | UnreadEvent;

/** Whether a record was read. */
export function isAgentEvent(read: AgentEvent | UnreadEvent): read is AgentEvent {
  return 'action' in read;
}
