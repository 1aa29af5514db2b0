import { Signal } from '../../../core/enums';
import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { AgentPosture, Evidence, Point, Stage } from '../../../core/governance/posture';
import { fieldsOf, listOf, rowsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { type Flow, flowFrom } from './flow';
import { textOf } from './output';
import { statementsOf } from './statements';

const ALARM = 'AWS::CloudWatch::Alarm';
const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const ALL = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

type Watch = Pick<AgentPosture, 'signals' | 'watched' | 'told' | 'stages'>;

/** Who watches the agent, and who is told. */
export function watchOf(output: Output, agent: ManifestAgent): Watch {
  const detector = detectorOf(output, agent.fleet);
  if (!detector) return { signals: {}, watched: [], told: [], stages: [] };
  const role = textOf(agent.identity.principal);
  const rules = output.ofType('AWS::Events::Rule').filter((rule) => seesCallsOf(rule, role));
  const calls = flowFrom(output, rules, (resource) => resource === detector);
  const alerts = flowFrom(output, [detector]);
  return {
    signals: signalsOf(output, agent.fleet),
    watched: [known(output, agent), seen(rules), ...calls.links, arrives(calls, detector)],
    told: toldOf(output, alerts),
    stages: stagesOf(output, calls, alerts),
  };
}

/** The function that reads what agents of a fleet declared. */
export function detectorOf(output: Output, fleet: string): OutputResource | undefined {
  return output
    .ofType('AWS::Lambda::Function')
    .find(({ values }) => fieldsOf(fieldsOf(values['Environment'])?.['Variables'])?.['REGISTRY_PATH'] === `/agentic-iam/${fleet}/watch`);
}

function known(output: Output, { fleet, name }: ManifestAgent): Point {
  const path = `/agentic-iam/${fleet}/watch/${name}/`;
  const by = output.ofType('AWS::SSM::Parameter').filter(({ values }) => textOf(values['Name']).startsWith(path));
  return { what: 'what it declared is where the detector reads it', by: by.map((one) => shows(one, 'what the agent declared')) };
}

/** Rules that take in every call of CloudTrail, reads too, by a role with this ARN. */
function seesCallsOf({ values }: OutputResource, role: string): boolean {
  if (values['State'] !== ALL || values['EventBusName'] !== undefined) return false;
  const identity = fieldsOf(fieldsOf(fieldsOf(values['EventPattern'])?.['detail'])?.['userIdentity']);
  const issuer = fieldsOf(fieldsOf(identity?.['sessionContext'])?.['sessionIssuer'])?.['arn'];
  return (Array.isArray(issuer) ? issuer : []).some((one: unknown) => {
    const prefix = fieldsOf(one)?.['prefix'];
    return prefix === undefined ? after(textOf(one)) === after(role) : after(role).startsWith(after(textOf(prefix)));
  });
}

/** An ARN from its resource on: accounts are written in several ways. */
const after = (arn: string): string => arn.slice(arn.indexOf(':role/'));

function seen(rules: readonly OutputResource[]): Point {
  return { what: 'a rule takes in its calls', by: rules.map((rule) => shows(rule, 'takes in calls of the agent')) };
}

function arrives({ reached }: Flow, detector: OutputResource): Point {
  const there = reached.includes(detector);
  return {
    what: 'its calls arrive at the detector',
    by: there ? [shows(detector, 'judges its calls')] : [],
    ...(there ? {} : { why: 'the way there is broken' }),
  };
}

/** The alarm of each signal. */
function signalsOf(output: Output, fleet: string): Readonly<Partial<Record<Signal, readonly Evidence[]>>> {
  const alarms = output.ofType(ALARM);
  const counts = (alarm: OutputResource, signal: string): boolean =>
    rowsOf(alarm.values['Metrics']).some(({ MetricStat: stat }) => {
      const metric = fieldsOf(fieldsOf(stat)?.['Metric']);
      const dimensions = rowsOf(metric?.['Dimensions']).map(({ Name: name, Value: value }) => `${name}=${value}`);
      return metric?.['MetricName'] === 'Detections' && dimensions.includes(`signal=${signal}`) && dimensions.includes(`fleet=${fleet}`);
    });
  return Object.fromEntries(
    Object.values(Signal).map((signal) => [
      signal,
      alarms.filter((alarm) => counts(alarm, signal)).map((alarm) => shows(alarm, `${signal} was seen`)),
    ]),
  );
}

/** Who hears of detections: topics with a subscription, functions that hand them to other systems. */
function toldOf(output: Output, { reached, links }: Flow): readonly Point[] {
  const topics = reached.filter(({ type }) => type === 'AWS::SNS::Topic');
  const people = topics.map((topic): Point => {
    const subscriptions = output.referring(topic, 'AWS::SNS::Subscription');
    return {
      what: `somebody reads ${topic.id}`,
      by: subscriptions.map((one) => shows(one, `${one.values['Protocol']} to ${textOf(one.values['Endpoint'])}`)),
      ...(subscriptions.length === 0 ? { why: 'it has no subscription in the output' } : {}),
    };
  });
  const outside = reached
    .filter(({ type, values }) => type === 'AWS::Events::Rule' && values['EventBusName'] !== undefined)
    .flatMap((rule) =>
      rowsOf(rule.values['Targets'])
        .filter(({ Arn: arn }) => output.referred(rule, arn).length === 0 && typeof arn === 'string')
        .map(({ Arn: arn }) => ({ what: `${String(arn)} is told`, by: [shows(rule, `tells ${String(arn)}`)] })),
    );
  const told = [...people, ...outside];
  // Links matter where somebody is at their end; a bus without a reader tells nobody.
  return told.length === 0 ? [] : [...told, ...links];
}

/** Stages between a call and a person, and the alarm of each. */
function stagesOf(output: Output, calls: Flow, alerts: Flow): readonly Stage[] {
  const all = [...new Set([...calls.reached, ...alerts.reached])];
  const aside = all.flatMap((one) => deadLettersOf(output, one));
  const watched = [...new Set([...all, ...aside])].filter(({ type }) => type === 'AWS::Lambda::Function' || type === 'AWS::SQS::Queue');
  const stages = watched
    // What lies in a queue on the way is not lost: it is the queue's age, and what was put aside, that tell.
    .filter((one) => one.type === 'AWS::Lambda::Function' || aside.includes(one))
    .map(
      (one): Stage => ({
        what: one.type === 'AWS::SQS::Queue' ? `what was put aside in ${one.id}` : `errors of ${one.id}`,
        evidence: shows(one, 'a stage on the way'),
        // What a function could not do lies in the queue for it.
        watchedBy: [one, ...deadLettersOf(output, one)].flatMap((where) => alarmsOn(output, where)),
      }),
    );
  const ages = watched.filter((one) => one.type === 'AWS::SQS::Queue' && !aside.includes(one));
  const behind = ages.flatMap((queue) => alarmsOn(output, queue).map((evidence) => ({ queue, evidence })));
  const [first] = ages;
  if (!first) return stages;
  return [
    ...stages,
    { what: 'calls that wait too long', evidence: shows(first, 'a stage on the way'), watchedBy: behind.map(({ evidence }) => evidence) },
  ];
}

function deadLettersOf(output: Output, one: OutputResource): readonly OutputResource[] {
  const { type, values } = one;
  if (type === 'AWS::Events::Rule')
    return rowsOf(values['Targets']).flatMap(({ DeadLetterConfig: config }) => output.referred(one, config));
  if (type === 'AWS::SQS::Queue') return output.referred(one, values['RedrivePolicy']);
  if (type === 'AWS::Lambda::Function')
    return output
      .referring(one, 'AWS::Lambda::EventInvokeConfig')
      .flatMap((config) => output.referred(config, config.values['DestinationConfig']).filter((to) => to.type === 'AWS::SQS::Queue'));
  return [];
}

/** Alarms about something that tell somebody: by an action of their own, or by an alarm of alarms, and to a topic that lets alarms publish. */
export function alarmsOn(output: Output, one: OutputResource): readonly Evidence[] {
  return output
    .referring(one, ALARM)
    .filter((alarm) => output.refers(alarm, alarm.values['Dimensions'], one) || output.refers(alarm, alarm.values['Metrics'], one))
    .filter((alarm) => [alarm, ...output.referring(alarm, COMPOSITE)].some((acting) => acts(output, acting)))
    .map((alarm) => shows(alarm, String(alarm.values['AlarmDescription'] ?? 'an alarm')));
}

function acts(output: Output, alarm: OutputResource): boolean {
  const actions = listOf(alarm.values['AlarmActions']);
  return actions.some((action) => {
    const [topic] = output.referred(alarm, action);
    return topic === undefined ? typeof action === 'string' : letsAlarmsPublish(output, topic);
  });
}

/** A topic without a policy takes what its own account publishes; one with a policy takes what that says. */
function letsAlarmsPublish(output: Output, topic: OutputResource): boolean {
  const policies = output
    .referring(topic, 'AWS::SNS::TopicPolicy')
    .filter((policy) => output.refers(policy, policy.values['Topics'], topic));
  return (
    policies.length === 0 ||
    policies.some((policy) =>
      statementsOf(policy).some(
        ({ effect, service, actions }) =>
          effect === 'Allow' && service.includes('cloudwatch.amazonaws.com') && actions.includes('sns:Publish'),
      ),
    )
  );
}
