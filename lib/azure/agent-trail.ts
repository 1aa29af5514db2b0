import { Duration, type IDuration } from '../core/duration';

/** What to make. */
export interface TrailOptions {
  /** How long calls are kept in the workspace: 730 days at most. @default 400 days */
  readonly retention?: IDuration;
  /** Whether logs of the directory are recorded, too: sign-ins, changes, requests to Graph. Whoever deploys must be let do that in the tenant. @default false */
  readonly directory?: boolean;
  /**
   * Whether calls are also exported into an archive from which nobody can delete them before their time. It cannot be undone. @default false
   * @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/logs-data-export
   */
  readonly locked?: boolean;
}

const RETENTION = Duration.hours(400 * 24);

/** Where calls of agents are recorded. */
export class AgentTrail {
  /**
   * Settings on the subscription and on the agents' own resources, and a workspace that keeps what they record.
   * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/diagnostic-settings
   */
  static create(options: TrailOptions = {}): AgentTrail {
    return new AgentTrail(
      { retention: options.retention ?? RETENTION, directory: options.directory ?? false, locked: options.locked ?? false },
      undefined,
    );
  }

  /** Logs that come into a workspace already, and into the event hub of the monitoring by settings of others. @param workspace a `LogAnalyticsWorkspace`. */
  static existing(workspace: { readonly id: string }): AgentTrail {
    return new AgentTrail(undefined, workspace.id);
  }

  private constructor(
    /** For the constructs of this library. @default - nothing is made */
    readonly made: Required<TrailOptions> | undefined,
    /** For the constructs of this library. @default - one is made */
    readonly workspaceId: string | undefined,
  ) {}
}
