/** What became of a request for the credentials of a task. */
export type IssuanceStatus = 'pending' | 'issued' | 'failed';

/** One request for the credentials of a task, as a broker's ledger keeps it. It never holds a credential. */
export interface TaskIssuance {
  readonly agent: string;
  readonly task: string;
  /** Kind of task. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Id that the caller gave its request. */
  readonly requestId: string;
  /** Native id of who asked. */
  readonly caller: string;
  readonly status: IssuanceStatus;
  /** When it was asked for, ISO 8601 in UTC. */
  readonly requestedAt: string;
  /** When the credentials end. @default - none were issued */
  readonly expiresAt?: string;
  /** Public id of the credentials. @default - none were issued */
  readonly credential?: string;
  /** SHA-256 of the policy that bounds them, in hex. */
  readonly policyHash?: string;
  /** The policy itself, as it was filled in. */
  readonly policy?: string;
  /** When the task was revoked. @default - it was not */
  readonly revokedAt?: string;
}
