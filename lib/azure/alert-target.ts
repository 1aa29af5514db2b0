import { invalidAlertTarget } from '../core/detection-errors';

/** What a target is, as the constructs that wire it see it. */
export type AlertRoute = { readonly kind: 'email'; readonly address: string } | { readonly kind: 'webhook'; readonly url: string };

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

  private constructor(
    /** What it is; for the constructs of this library. */
    readonly route: AlertRoute,
  ) {}
}
