import { invalidAlertTarget } from '../core/detection-errors';

/** What a target is, as the constructs that wire it see it. */
export type AlertRoute =
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'channel'; readonly id: string };

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Who is told of detections, besides the topic that all of them are on. */
export class AlertTarget {
  /** Alerts as messages of a topic, for chat and paging; the alerting of the project must be let publish. @param topic a `PubsubTopic`. */
  static topic(topic: { readonly id: string }): AlertTarget {
    return new AlertTarget({ kind: 'topic', topic: topic.id });
  }

  /** One address. */
  static email(address: string): AlertTarget {
    if (!ADDRESS.test(address)) throw invalidAlertTarget('email', address, "give an address such as 'oncall@example.com'");
    return new AlertTarget({ kind: 'email', address });
  }

  /** A notification channel that is there already: PagerDuty, Slack, a webhook. @param channel a `MonitoringNotificationChannel`. */
  static channel(channel: { readonly id: string }): AlertTarget {
    return new AlertTarget({ kind: 'channel', id: channel.id });
  }

  private constructor(
    /** What it is; for the constructs of this library. */
    readonly route: AlertRoute,
  ) {}
}
