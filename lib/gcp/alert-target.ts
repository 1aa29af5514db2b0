import { invalidAlertTarget } from '../core/detection-errors';
import { Token } from '../terraform/core';

/** What a target is, as the constructs that wire it see it. */
export type AlertRoute =
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'channel'; readonly id: string }
  | { readonly kind: 'siem'; readonly member: string }
  | { readonly kind: 'securityCommandCenter'; readonly organization: string; readonly source: string };

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

  /**
   * Every detection as an OCSF Detection Finding, on a topic of their own with a subscription that the reader may pull: Splunk's add-on for Google Cloud, the
   * Dataflow template that feeds Datadog, or any other. Repeated for each reader.
   * @param member whom it reads as, as IAM names it: `serviceAccount:siem@example.iam.gserviceaccount.com`
   * @see https://docs.cloud.google.com/architecture/stream-logs-from-google-cloud-to-splunk
   */
  static siem(member: string): AlertTarget {
    if (!/^(serviceAccount:[^\s@]+@[^\s@]+|principal:\/\/\S+)$/.test(member) && !Token.isUnresolved(member))
      throw invalidAlertTarget('siem', member, "give one identity such as 'serviceAccount:siem@example.iam.gserviceaccount.com'");
    return new AlertTarget({ kind: 'siem', member });
  }

  /**
   * Every detection as a finding of Security Command Center, one for each behaviour, updated when it is seen again. The source is the organisation's, and its
   * administrators make it once.
   * @param source `organizations/123456789012/sources/4567`
   * @see https://docs.cloud.google.com/security-command-center/docs/how-to-api-create-manage-security-sources
   */
  static securityCommandCenter(source: string): AlertTarget {
    const organization = /^organizations\/(\d+)\/sources\/\d+$/.exec(source)?.[1];
    if (organization === undefined)
      throw invalidAlertTarget(
        'securityCommandCenter',
        source,
        "give the name of a source, such as 'organizations/123456789012/sources/4567'",
      );
    return new AlertTarget({ kind: 'securityCommandCenter', organization, source });
  }

  private constructor(
    /** What it is; for the constructs of this library. */
    readonly route: AlertRoute,
  ) {}
}
