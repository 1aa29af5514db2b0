import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { BrakePosture, Point } from '../../../core/governance/posture';
import { fieldsOf } from '../../../core/json-fields';
import type { ManifestAgent } from '../../../core/manifest';
import { roleOf } from './bounds';
import { flowFrom } from './flow';
import { textOf } from './output';
import { detectorOf } from './watch';

/** How the agent can be stopped; undefined where nothing in the output is about that. */
export function brakeOf(output: Output, agent: ManifestAgent): BrakePosture | undefined {
  const { fleet, name } = agent;
  const path = `/agentic-iam/${fleet}/contain/${name}`;
  const entry = output.ofType('AWS::SSM::Parameter').find(({ values }) => textOf(values['Name']) === path);
  const responder = responderOf(output, fleet);
  if (!entry && !responder) return undefined;
  return {
    armed: entry !== undefined && textOf(entry.values['Value']).includes('"armed":true'),
    points: [
      { what: 'the responder knows it', by: entry ? [shows(entry, 'how it is contained')] : [] },
      brakePoint(output, agent),
      ...(responder
        ? [heard(output, { fleet, responder }), again(output, responder), kept(output, responder)]
        : [{ what: 'a responder', by: [], why: 'it is not in the output' }]),
    ],
  };
}

/** The function that stops agents of a fleet: it keeps records and evidence, and hears the fleet's detections. */
export function responderOf(output: Output, fleet: string): OutputResource | undefined {
  const bus = `agentic-iam-${fleet}`;
  return output.ofType('AWS::Lambda::Function').find((one) => {
    const variables = fieldsOf(fieldsOf(one.values['Environment'])?.['Variables']) ?? {};
    if (variables['RECORD_TABLE'] === undefined || variables['EVIDENCE_BUCKET'] === undefined) return false;
    return (
      output.referred(one, variables['DETECTION_BUS']).some(({ values }) => values['Name'] === bus) ||
      String(one.values['Description'] ?? '').endsWith(`fleet ${fleet}`)
    );
  });
}

function brakePoint(output: Output, agent: ManifestAgent): Point {
  const what = 'a brake is attached to its role';
  const role = roleOf(output, agent);
  const brake =
    role &&
    output
      .referred(role, role.values['ManagedPolicyArns'])
      .find(({ values }) => textOf(values['ManagedPolicyName']) === `${agent.identity.name}--brake`);
  return brake ? { what, by: [shows(brake, 'denies all as soon as its words are changed')] } : { what, by: [], why: 'its role has none' };
}

/** From a detection to the responder. */
function heard(output: Output, { fleet, responder }: { readonly fleet: string; readonly responder: OutputResource }): Point {
  const what = 'detections arrive at the responder';
  const detector = detectorOf(output, fleet);
  if (!detector) return { what, by: [], why: 'there is no detector' };
  const { reached } = flowFrom(output, [detector], (one) => one === responder);
  return reached.includes(responder) ? { what, by: [shows(responder, what)] } : { what, by: [], why: 'the way there is broken' };
}

/** What is undone while an agent is contained is done again by the clock. */
function again(output: Output, responder: OutputResource): Point {
  const what = 'contained agents are looked at again';
  const rules = output
    .ofType('AWS::Events::Rule')
    .filter((rule) => rule.values['ScheduleExpression'] !== undefined && output.refers(rule, rule.values['Targets'], responder));
  const flows = rules.filter((rule) => flowFrom(output, [rule], (one) => one === responder).reached.includes(responder));
  return { what, by: flows.map((rule) => shows(rule, String(rule.values['ScheduleExpression']))) };
}

function kept(output: Output, responder: OutputResource): Point {
  const what = 'evidence is kept where nobody deletes it';
  const variables = fieldsOf(fieldsOf(responder.values['Environment'])?.['Variables']) ?? {};
  const [bucket] = output.referred(responder, variables['EVIDENCE_BUCKET']);
  const retention = fieldsOf(fieldsOf(fieldsOf(bucket?.values['ObjectLockConfiguration'])?.['Rule'])?.['DefaultRetention']);
  return bucket && retention
    ? { what, by: [shows(bucket, `locked for ${String(retention['Days'] ?? retention['Years'])} days`)] }
    : { what, by: [], why: 'its bucket is not locked' };
}
