import { invalidAlertTarget } from '../core/detection-errors';
import { Token } from '../terraform/core';

/** What a target is, as the constructs that wire it see it. */
export type AlertRoute =
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'siem'; readonly principalId: string };

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Who is told of detections, besides the topic that all of them are on. */
export class AlertTarget {
  /** One address. */
  static email(address: string): AlertTarget {
    if (!ADDRESS.test(address)) throw invalidAlertTarget('email', address, "give an address such as 'oncall@example.com'");
    return new AlertTarget({ kind: 'email', address });
  }

  /** An address that gets alerts in the common schema: chat, paging, Datadog's or Splunk's collector. @param url `https://...`, without a secret in it */
  static webhook(url: string): AlertTarget {
    if (!/^https:\/\/[^\s/]+/.test(url)) throw invalidAlertTarget('webhook', url, 'give an https address');
    return new AlertTarget({ kind: 'webhook', url });
  }

  /**
   * Every detection as an OCSF Detection Finding, on an event hub that the reader may receive from: Splunk's add-on for Microsoft Cloud Services, Datadog's
   * forwarder, or any other. Repeated for each reader.
   * @param principalId object id of whom it reads as
   * @see https://learn.microsoft.com/en-us/azure/azure-monitor/platform/stream-monitoring-data-event-hubs
   */
  static siem(principalId: string): AlertTarget {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(principalId) && !Token.isUnresolved(principalId))
      throw invalidAlertTarget('siem', principalId, 'give the object id of a service principal or of a managed identity');
    return new AlertTarget({ kind: 'siem', principalId });
  }

  private constructor(
    /** What it is; for the constructs of this library. */
    readonly route: AlertRoute,
  ) {}
}
