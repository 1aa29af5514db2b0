import { Signal } from '../../../core/enums';
import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Evidence, Point, Stage } from '../../../core/governance/posture';
import { fieldsOf, rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';

const APP = 'azurerm_function_app_flex_consumption';
const RULE = 'azurerm_monitor_scheduled_query_rules_alert_v2';
const RECEIVERS = [
  'email_receiver',
  'webhook_receiver',
  'logic_app_receiver',
  'azure_function_receiver',
  'event_hub_receiver',
  'sms_receiver',
  'arm_role_receiver',
  'itsm_receiver',
  'voice_receiver',
];

type Watch = Pick<AgentPosture, 'signals' | 'watched' | 'told' | 'stages'>;

/** Who watches the agent, and who is told. */
export function watchOf(output: Output, agent: ManifestAgent, settings: readonly OutputResource[]): Watch {
  const detector = appOf(output, agent.fleet, 'REGISTRY_PREFIX');
  if (!detector) return { signals: {}, watched: [], told: [], stages: [] };
  const rules = output.ofType(RULE).filter((rule) => rule.stack === detector.stack && rule.values['enabled'] !== false);
  const hubs = output.referred(detector, setting(detector, 'EVENT_HUB'));
  return {
    signals: Object.fromEntries(Object.values(Signal).map((signal) => [signal, signalRules(rules, signal, agent.fleet)])),
    watched: [known(output, agent, detector), ...hubs.flatMap((hub) => sent(output, hub, settings)), received(output, detector, hubs)],
    told: toldOf(
      output,
      rules.filter((rule) => /Line\.message == "detection"/.test(queryOf(rule))),
    ),
    stages: stagesOf(output, detector, { rules, hubs }),
  };
}

/** The function of a fleet that has a setting. */
export function appOf(output: Output, fleet: string, name: string): OutputResource | undefined {
  return output.ofType(APP).find((app) => setting(app, 'FLEET') === fleet && setting(app, name) !== undefined);
}

/** A setting of a function. */
export function setting({ values }: OutputResource, name: string): unknown {
  return fieldsOf(values['app_settings'])?.[name];
}

const queryOf = ({ values }: OutputResource): string =>
  rowsOf(values['criteria'])
    .map(({ query }) => String(query))
    .join('\n');

/** What the detector reads of the agent, in the place it reads from. */
function known(output: Output, { fleet, name }: ManifestAgent, detector: OutputResource): Point {
  const what = 'what it declared is where the detector reads it';
  const accounts = new Set(output.referred(detector, setting(detector, 'REGISTRY_CONTAINER')).map(({ id }) => id));
  const blobs = output
    .ofType('azurerm_storage_blob')
    .filter((blob) => blob.values['name'] === `watch/${fleet}/${name}.json` && blob.stack === detector.stack);
  const own = blobs.filter((blob) =>
    output
      .referred(blob, [blob.values['storage_account_name'], blob.values['storage_container_name']])
      .some(({ id }) => accounts.has(id) || id.startsWith('azurerm_storage_container.')),
  );
  return { what, by: own.map((blob) => shows(blob, 'what the agent declared')) };
}

/** From the logs to the event hub. */
function sent(output: Output, hub: OutputResource, settings: readonly OutputResource[]): readonly Point[] {
  return settings.map((one) => {
    const what = `${one.id} sends to ${hub.id}`;
    const sends =
      output.refers(one, one.values['eventhub_name'], hub) && output.referred(one, one.values['eventhub_authorization_rule_id']).length > 0;
    return sends ? { what, by: [shows(one, what)] } : { what, by: [], why: 'it does not, or the right to send is missing' };
  });
}

/** From the event hub to the detector. */
function received(output: Output, detector: OutputResource, hubs: readonly OutputResource[]): Point {
  const what = 'its calls arrive at the detector';
  const [hub] = hubs;
  if (!hub) return { what, by: [], why: 'its event hub is not in the output' };
  const [group] = output.referred(detector, setting(detector, 'CONSUMER_GROUP'));
  if (!group) return { what, by: [], why: 'it has no consumer group' };
  const may = mayDo(output, detector, { role: 'Azure Event Hubs Data Receiver', on: [hub] });
  return may.length > 0
    ? { what, by: [shows(detector, 'judges its calls'), ...may] }
    : { what, by: [], why: 'its identity may not receive' };
}

/** Assignments of a built-in role to the identity of a function, on some resources. */
export function mayDo(
  output: Output,
  app: OutputResource,
  { role, on }: { readonly role: string; readonly on: readonly OutputResource[] },
): readonly Evidence[] {
  const identities = output.referred(app, app.values['identity']);
  return output
    .ofType('azurerm_role_assignment')
    .filter(
      (one) =>
        one.stack === app.stack &&
        one.values['role_definition_name'] === role &&
        identities.some((identity) => output.refers(one, one.values['principal_id'], identity)) &&
        on.some((target) => output.refers(one, one.values['scope'], target)),
    )
    .map((one) => shows(one, `${role}`));
}

function signalRules(rules: readonly OutputResource[], signal: string, fleet: string): readonly Evidence[] {
  return rules
    .filter((rule) => queryOf(rule).includes(`Line.signal == "${signal}"`) && queryOf(rule).includes(`Line.fleet == "${fleet}"`))
    .map((rule) => shows(rule, `${signal} was seen`));
}

/** Action groups of rules, with somebody in them. */
function toldOf(output: Output, rules: readonly OutputResource[]): readonly Point[] {
  const groups = new Set(rules.flatMap((rule) => output.referred(rule, rule.values['action'])));
  return [...groups].map((group) => {
    const what = `somebody reads ${group.id}`;
    const readers = RECEIVERS.flatMap((kind) =>
      rowsOf(group.values[kind]).map((row) => `${kind.replace('_receiver', '')} ${String(row['email_address'] ?? row['name'] ?? '')}`),
    );
    return readers.length > 0 ? { what, by: [shows(group, readers.join(', '))] } : { what, by: [], why: 'it has no receiver' };
  });
}

/** What fails, and the rule that tells: each is about lines that the detector or its host writes. */
function stagesOf(
  output: Output,
  detector: OutputResource,
  { rules, hubs }: { readonly rules: readonly OutputResource[]; readonly hubs: readonly OutputResource[] },
): readonly Stage[] {
  const telling = (pattern: RegExp): readonly Evidence[] =>
    rules
      .filter((rule) => pattern.test(queryOf(rule)) && output.referred(rule, rule.values['action']).length > 0)
      .map((rule) => shows(rule, queryOf(rule).split('\n').at(-1) ?? ''));
  const [hub] = hubs;
  return [
    { what: 'errors of the detector', evidence: shows(detector, 'judges calls'), watchedBy: telling(/AppExceptions/) },
    { what: 'calls that could not be judged', evidence: shows(detector, 'judges calls'), watchedBy: telling(/Line\.message == "kept"/) },
    { what: 'records that nobody understood', evidence: shows(hub ?? detector, 'a stage on the way'), watchedBy: telling(/EventsUnread/) },
  ];
}
