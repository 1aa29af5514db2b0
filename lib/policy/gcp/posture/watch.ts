import { Signal } from '../../../core/enums';
import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Evidence, Point, Stage } from '../../../core/governance/posture';
import { fieldsOf, rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';

const FUNCTION = 'google_cloudfunctions2_function';
const ALERT = 'google_monitoring_alert_policy';
const CHANNEL = 'google_monitoring_notification_channel';
const SUBSCRIPTION = 'google_pubsub_subscription';

type Watch = Pick<AgentPosture, 'signals' | 'watched' | 'told' | 'stages'>;

/** Who watches the agent, and who is told. */
export function watchOf(output: Output, agent: ManifestAgent, account: OutputResource | undefined): Watch {
  const detector = functionOf(output, agent.fleet, 'DETECTION_TOPIC');
  if (!detector) return { signals: {}, watched: [], told: [], stages: [] };
  const alerts = output.ofType(ALERT).filter((one) => one.stack === detector.stack && one.values['enabled'] !== false);
  const own = alerts.filter((alert) => Object.values(Signal).some((signal) => isOf(alert, signal)));
  return {
    signals: Object.fromEntries(
      Object.values(Signal).map((signal) => [
        signal,
        own.filter((alert) => isOf(alert, signal)).map((alert) => shows(alert, `${signal} was seen`)),
      ]),
    ),
    watched: [known(output, agent, detector), ...arrives(output, { detector, account })],
    told: toldOf(output, own),
    stages: stagesOf(output, detector, alerts),
  };
}

/** The function of a fleet that has a variable. */
export function functionOf(output: Output, fleet: string, name: string): OutputResource | undefined {
  return output.ofType(FUNCTION).find((one) => variable(one, 'FLEET') === fleet && variable(one, name) !== undefined);
}

/** A variable of a function. */
export function variable({ values }: OutputResource, name: string): unknown {
  const [config] = rowsOf(values['service_config']);
  return fieldsOf(config?.['environment_variables'])?.[name];
}

const filtersOf = ({ values }: OutputResource): string => JSON.stringify(values['conditions'] ?? []);
const isOf = (alert: OutputResource, signal: string): boolean => filtersOf(alert).includes(`metric.labels.signal=\\"${signal}\\"`);

function known(output: Output, { fleet, name }: ManifestAgent, detector: OutputResource): Point {
  const buckets = output.referred(detector, variable(detector, 'REGISTRY_BUCKET'));
  const objects = output
    .ofType('google_storage_bucket_object')
    .filter(
      (one) =>
        one.values['name'] === `watch/${fleet}/${name}.json` && buckets.some((bucket) => output.refers(one, one.values['bucket'], bucket)),
    );
  return { what: 'what it declared is where the detector reads it', by: objects.map((one) => shows(one, 'what the agent declared')) };
}

/** From the log over a topic to the detector. */
function arrives(
  output: Output,
  { detector, account }: { readonly detector: OutputResource; readonly account: OutputResource | undefined },
): readonly Point[] {
  const pushes = pushesTo(output, detector);
  const topics = pushes.flatMap((push) => output.referred(push, push.values['topic']));
  const sinks = output
    .ofType('google_logging_project_sink')
    .filter(
      (sink) =>
        account !== undefined &&
        sink.values['disabled'] !== true &&
        output.refers(sink, sink.values['filter'], account) &&
        topics.some((topic) => output.refers(sink, sink.values['destination'], topic)),
    );
  const publishers = sinks.flatMap((sink) =>
    output.referring(sink, 'google_pubsub_topic_iam_member').filter(({ values }) => values['role'] === 'roles/pubsub.publisher'),
  );
  const point = (what: string, by: readonly OutputResource[], why: string): Point => ({
    what,
    by: by.map((one) => shows(one, what)),
    ...(by.length === 0 ? { why } : {}),
  });
  return [
    point('a sink takes in its calls', sinks, 'none does, or its topic is missing'),
    point('the sink may publish', publishers, 'nothing lets it'),
    point('its calls arrive at the detector', pushes, 'nothing pushes them to it'),
    point('the detector admits who pushes', admits(output, detector, pushes), 'it does not'),
  ];
}

/** Subscriptions that push to a function. */
export function pushesTo(output: Output, to: OutputResource): readonly OutputResource[] {
  return output
    .ofType(SUBSCRIPTION)
    .filter((one) => rowsOf(one.values['push_config']).some((config) => output.refers(one, config['push_endpoint'], to)));
}

/** Bindings that let the account of a push call a function. */
export function admits(output: Output, to: OutputResource, pushes: readonly OutputResource[]): readonly OutputResource[] {
  const callers = pushes
    .flatMap((push) => output.referred(push, push.values['push_config']))
    .filter(({ type }) => type === 'google_service_account');
  return output
    .ofType('google_cloud_run_v2_service_iam_member')
    .filter(
      (one) =>
        one.values['role'] === 'roles/run.invoker' &&
        output.refers(one, one.values['name'], to) &&
        callers.some((caller) => output.refers(one, one.values['member'], caller)),
    );
}

/** Channels of alerts. */
function toldOf(output: Output, alerts: readonly OutputResource[]): readonly Point[] {
  const channels = new Set(
    alerts.flatMap((alert) => output.referred(alert, alert.values['notification_channels']).filter(({ type }) => type === CHANNEL)),
  );
  return [...channels].map((channel) => {
    const what = `somebody reads ${channel.id}`;
    if (channel.values['enabled'] === false) return { what, by: [], why: 'it is off' };
    return {
      what,
      by: [shows(channel, `${String(channel.values['type'])} ${Object.values(fieldsOf(channel.values['labels']) ?? {}).join(' ')}`)],
    };
  });
}

/** What fails, and the alert that tells. */
function stagesOf(output: Output, detector: OutputResource, alerts: readonly OutputResource[]): readonly Stage[] {
  const telling = (about: (alert: OutputResource) => boolean): readonly Evidence[] =>
    alerts
      .filter((alert) => about(alert) && output.referred(alert, alert.values['notification_channels']).length > 0)
      .map((alert) => shows(alert, String(alert.values['display_name'])));
  const pushes = pushesTo(output, detector);
  const aside = pushes
    .flatMap((push) => output.referred(push, push.values['dead_letter_policy']))
    .flatMap((topic) => output.referring(topic, SUBSCRIPTION).filter((one) => output.refers(one, one.values['topic'], topic)));
  const evidence = shows(detector, 'a stage on the way');
  return [
    {
      what: 'errors of the detector',
      evidence,
      watchedBy: telling(
        (alert) => filtersOf(alert).includes('response_code_class') && output.refers(alert, alert.values['conditions'], detector),
      ),
    },
    ...aside.map(
      (one): Stage => ({
        what: `what was put aside in ${one.id}`,
        evidence: shows(one, 'what could not be judged'),
        watchedBy: telling((alert) => names(alert, one, output)),
      }),
    ),
    ...pushes.map(
      (push): Stage => ({
        what: 'calls that wait too long',
        evidence: shows(push, 'a stage on the way'),
        watchedBy: telling((alert) => filtersOf(alert).includes('oldest_unacked_message_age') && names(alert, push, output)),
      }),
    ),
    {
      what: 'records that nobody understood',
      evidence,
      watchedBy: telling((alert) =>
        output
          .referred(alert, alert.values['conditions'])
          .some((metric) => metric.type === 'google_logging_metric' && String(metric.values['filter']).includes('EventsUnread')),
      ),
    },
  ];
}

/** Whether an alert is about a subscription: by reference, or by its name. */
function names(alert: OutputResource, one: OutputResource, output: Output): boolean {
  return (
    output.refers(alert, alert.values['conditions'], one) ||
    filtersOf(alert).includes(`subscription_id=\\"${String(one.values['name'])}\\"`)
  );
}
