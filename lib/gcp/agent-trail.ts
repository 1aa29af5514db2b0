import type { IDuration } from '../core/duration';
import { Duration } from '../core/duration';

/** What to make. */
export interface TrailOptions {
  /** How long calls are kept. @default 400 days */
  readonly retention?: IDuration;
  /** Whether nobody can shorten that or delete the bucket of the log: it cannot be undone. @default false */
  readonly locked?: boolean;
  /** Services whose data access logs are configured elsewhere, `storage.googleapis.com`: Terraform would otherwise take that over. @default - none */
  readonly except?: readonly string[];
}

const RETENTION = Duration.hours(400 * 24);

/** Where calls of agents are recorded. */
export class AgentTrail {
  /**
   * Data access logs of the services that the agents use, and a bucket of the log that keeps what they did.
   * @see https://docs.cloud.google.com/logging/docs/audit/configure-data-access
   */
  static create(options: TrailOptions = {}): AgentTrail {
    return new AgentTrail({ retention: options.retention ?? RETENTION, locked: options.locked ?? false, except: options.except ?? [] });
  }

  /** Audit logs that are configured and kept elsewhere, with reads and writes of data. */
  static existing(): AgentTrail {
    return new AgentTrail(undefined);
  }

  private constructor(
    /** For the constructs of this library. @default - nothing is made */
    readonly made: Required<TrailOptions> | undefined,
  ) {}
}
