import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Point } from '../../../core/governance/posture';
import { fieldsOf, rowsOf } from '../../../core/json-fields';
import { statementsOf } from './statements';

/** What was reached from somewhere, and each link on the way. */
export interface Flow {
  readonly reached: readonly OutputResource[];
  readonly links: readonly Point[];
}

/** Follows events from some resources on, from one resource to the next, and looks at each link whether it may carry them. */
export function flowFrom(
  output: Output,
  starts: readonly OutputResource[],
  stop: (resource: OutputResource) => boolean = () => false,
): Flow {
  const reached = new Set<OutputResource>(starts);
  const links: Point[] = [];
  for (const from of reached) {
    if (stop(from)) continue;
    for (const { to, link } of next(output, from)) {
      links.push(link);
      if (link.by.length > 0) reached.add(to);
    }
  }
  return { reached: [...reached], links };
}

interface Hop {
  readonly to: OutputResource;
  readonly link: Point;
}

function next(output: Output, from: OutputResource): readonly Hop[] {
  const { type, values } = from;
  if (type === 'AWS::Events::Rule' && values['State'] !== 'DISABLED')
    return rowsOf(values['Targets']).flatMap(({ Arn: arn }) =>
      output.referred(from, arn).map((to) => ({ to, link: mayDeliver(output, from, to) })),
    );
  if (type === 'AWS::SQS::Queue')
    return output
      .referring(from, 'AWS::Pipes::Pipe', 'AWS::Lambda::EventSourceMapping')
      .filter(
        (one) =>
          output.refers(one, one.values[one.type === 'AWS::Pipes::Pipe' ? 'Source' : 'EventSourceArn'], from) &&
          one.values['Enabled'] !== false,
      )
      .map((to) => ({ to, link: { what: `${to.id} reads ${from.id}`, by: [shows(to, `reads ${from.id}`)] } }));
  if (type === 'AWS::Pipes::Pipe')
    return output
      .referred(from, values['Target'])
      .map((to) => ({ to, link: acts(output, { who: from, role: values['RoleArn'], action: 'sqs:SendMessage', on: to }) }));
  if (type === 'AWS::Lambda::EventSourceMapping')
    return output.referred(from, values['FunctionName']).flatMap((to) => {
      const [queue] = output.referred(from, values['EventSourceArn']);
      return queue ? [{ to, link: acts(output, { who: to, role: to.values['Role'], action: 'sqs:ReceiveMessage', on: queue }) }] : [];
    });
  if (type === 'AWS::Lambda::Function')
    return output
      .referred(from, fieldsOf(values['Environment']))
      .filter((to) => to.type === 'AWS::Events::EventBus')
      .map((to) => ({ to, link: acts(output, { who: from, role: values['Role'], action: 'events:PutEvents', on: to }) }));
  if (type === 'AWS::Events::EventBus')
    return output
      .referring(from, 'AWS::Events::Rule')
      .filter((rule) => output.refers(rule, rule.values['EventBusName'], from))
      .map((to) => ({ to, link: { what: `${to.id} takes from ${from.id}`, by: [shows(to, `takes from ${from.id}`)] } }));
  return [];
}

/** Whether a rule may hand on to its target: what the target's own policy says. */
function mayDeliver(output: Output, rule: OutputResource, to: OutputResource): Point {
  const what = `${rule.id} hands on to ${to.id}`;
  const policies =
    to.type === 'AWS::Lambda::Function'
      ? output
          .referring(to, 'AWS::Lambda::Permission')
          .filter(({ values }) => values['Principal'] === 'events.amazonaws.com' && String(values['Action']) === 'lambda:InvokeFunction')
      : to.type === 'AWS::SQS::Queue' || to.type === 'AWS::SNS::Topic'
        ? output.referring(to, 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy').filter((policy) => statementsOf(policy).some(lets))
        : undefined;
  if (policies === undefined) return { what, by: [shows(rule, what)] };
  const own = policies.filter((policy) => mentions(output, policy, rule));
  return own.length > 0
    ? { what, by: own.map((policy) => shows(policy, `lets ${rule.id} deliver`)) }
    : { what, by: [], why: `nothing lets it deliver to ${to.id}` };
}

const lets = ({ effect, service, actions }: ReturnType<typeof statementsOf>[number]): boolean =>
  effect === 'Allow' &&
  service.includes('events.amazonaws.com') &&
  (actions.includes('sqs:SendMessage') || actions.includes('sns:Publish'));

/** A policy that names rules at all must name this one. */
function mentions(output: Output, policy: OutputResource, rule: OutputResource): boolean {
  const named = output
    .referred(policy, policy.values['PolicyDocument'] ?? policy.values['SourceArn'])
    .filter(({ type }) => type === 'AWS::Events::Rule');
  return named.length === 0 || named.includes(rule);
}

/** Whether the role of something lets it do what its work is. */
function acts(
  output: Output,
  { who, role, action, on }: { readonly who: OutputResource; readonly role: unknown; readonly action: string; readonly on: OutputResource },
): Point {
  const what = `${who.id} may do ${action} on ${on.id}`;
  const [own] = output.referred(who, role);
  if (!own) return { what, by: [], why: 'its role is not in the output' };
  const policies = [
    own,
    ...output.referring(own, 'AWS::IAM::Policy').filter((policy) => output.refers(policy, policy.values['Roles'], own)),
  ];
  const by = policies.filter((policy) =>
    statementsOf(policy).some((one) => one.effect === 'Allow' && one.actions.includes(action) && output.refers(policy, one.resource, on)),
  );
  return by.length > 0
    ? { what, by: by.map((policy) => shows(policy, `lets it do ${action}`)) }
    : { what, by: [], why: 'its role does not let it' };
}
