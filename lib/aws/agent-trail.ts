import type { IDuration } from '../core/duration';
import { Duration } from '../core/duration';

/** How a trail that is made here is kept. */
export interface AgentTrailOptions {
  /** How long log files are kept. @default 400 days */
  readonly retention?: IDuration;
  /** Whether no other trail of the account records management events, so that these cost nothing; for the estimate alone. @default false */
  readonly isFirst?: boolean;
  /**
   * Whether CloudTrail also writes summaries of data events, every five minutes: for whoever reads the log over years without paying for every event in it. The
   * detector judges single calls, and does not use them. @default false
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/aggregating-data-events.html
   */
  readonly summaries?: boolean;
  /**
   * Whether nobody, the root user included, can delete a log file before its time: object lock in compliance mode. It cannot be undone. @default false
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   */
  readonly locked?: boolean;
}

/** Days that log files are kept: a little more than a year, so that a yearly audit finds all of it. */
const RETENTION_DAYS = 400;
const DAY = 86_400;

/** Where the calls of agents are recorded. */
export class AgentTrail {
  /** A trail of the fleet's own: management events of the account in every region, and data events of its agents and of nobody else. */
  static create(options: AgentTrailOptions = {}): AgentTrail {
    return new AgentTrail({
      retention: options.retention ?? Duration.seconds(RETENTION_DAYS * DAY),
      isFirst: options.isFirst ?? false,
      summaries: options.summaries ?? false,
      locked: options.locked ?? false,
    });
  }

  /**
   * A trail that is there already, of the account or its organisation. It must record management events in every region, and data events of the
   * agents: what it does not record is not judged.
   */
  static existing(): AgentTrail {
    return new AgentTrail(undefined);
  }

  private constructor(
    /** How to make one; undefined where there is one. */
    readonly made:
      | { readonly retention: IDuration; readonly isFirst: boolean; readonly summaries: boolean; readonly locked: boolean }
      | undefined,
  ) {}
}
