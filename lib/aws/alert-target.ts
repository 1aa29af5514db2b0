import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { invalidAlertTarget } from '../core/detection-errors';

/** What a target is, as the constructs that wire it see it. */
export type AlertRoute =
  | { readonly kind: 'topic'; readonly topic: ITopic }
  | { readonly kind: 'email'; readonly address: string }
  | { readonly kind: 'bus'; readonly bus: IEventBus }
  | { readonly kind: 'security-hub' }
  | { readonly kind: 'stream'; readonly name: string; readonly url: string; readonly key: ISecret; readonly form: 'ocsf' | 'hec' };

/** Sites of Datadog and the address of their intake for logs by Firehose. @see https://docs.datadoghq.com/logs/guide/send-aws-services-logs-with-the-datadog-kinesis-firehose-destination/ */
const DATADOG_SITES: Readonly<Record<string, string>> = {
  'datadoghq.com': 'https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input',
  'datadoghq.eu': 'https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input',
  'us3.datadoghq.com': 'https://aws-kinesis-http-intake.logs.us3.datadoghq.com/v1/input',
  'us5.datadoghq.com': 'https://aws-kinesis-http-intake.logs.us5.datadoghq.com/v1/input',
  'ap1.datadoghq.com': 'https://aws-kinesis-http-intake.logs.ap1.datadoghq.com/v1/input',
};

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Where detections go. */
export class AlertTarget {
  /** Messages in plain words to a topic, from which chat and paging take them. Alarms of the monitoring itself go there, too. */
  static topic(topic: ITopic): AlertTarget {
    return new AlertTarget({ kind: 'topic', topic });
  }

  /** A topic of its own with one address; whoever reads mail there confirms the subscription once. */
  static email(address: string): AlertTarget {
    if (!ADDRESS.test(address)) throw invalidAlertTarget('email', address, "give an address such as 'oncall@example.com'");
    return new AlertTarget({ kind: 'email', address });
  }

  /** Another event bus, which gets the detections as `detection.schema.json` describes them. */
  static eventBus(bus: IEventBus): AlertTarget {
    return new AlertTarget({ kind: 'bus', bus });
  }

  /** Findings in Security Hub, which must be on in the account and region, and an action 'Contain agent' to start from one. */
  static securityHub(): AlertTarget {
    return new AlertTarget({ kind: 'security-hub' });
  }

  /** Findings in OCSF to Datadog's log intake. The secret holds `{"api_key": "..."}`; its value enters no template. @param site for example `datadoghq.eu` */
  static datadog(options: { readonly apiKey: ISecret; readonly site: string }): AlertTarget {
    const url = DATADOG_SITES[options.site];
    if (url === undefined) throw invalidAlertTarget('datadog', options.site, `use one of ${Object.keys(DATADOG_SITES).join(', ')}`);
    return new AlertTarget({ kind: 'stream', name: 'datadog', url, key: options.apiKey, form: 'ocsf' });
  }

  /** Findings in OCSF as events of Splunk's HTTP Event Collector. The secret holds `{"api_key": "<token>"}`. @param url `https://...:443/services/collector` */
  static splunk(options: { readonly url: string; readonly token: ISecret }): AlertTarget {
    if (!/^https:\/\/[^\s/]+/.test(options.url)) throw invalidAlertTarget('splunk', options.url, "give the collector's https address");
    return new AlertTarget({ kind: 'stream', name: 'splunk', url: options.url, key: options.token, form: 'hec' });
  }

  private constructor(
    /** What it is; for the constructs of this library. */
    readonly route: AlertRoute,
  ) {}
}
