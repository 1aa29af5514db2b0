import type { AgentEvent } from '../agent-event';
import type { Detection, DetectionEvidence } from '../detection/types';
import type { JsonObject } from '../json';
import { VERSION } from '../version';
import table from './ocsf.json';

const VENDOR = 'agentic-iam';
const PROVIDERS: Readonly<Record<string, string>> = table.providers;

/**
 * A detection as a Detection Finding, so that one search of a SIEM finds agents of every cloud.
 * @see https://schema.ocsf.io/1.5.0/classes/detection_finding
 */
export function ocsfFinding(detection: Detection): JsonObject {
  const [severity_id = 0, severity = 'Unknown'] = table.severity[detection.severity] as [number, string];
  const [confidence_id = 0, confidence = 'Unknown'] = table.confidence[detection.basis] as [number, string];
  const first = detection.events[0]?.time ?? detection.time;
  return {
    ...table.detectionFinding,
    time: millisecondsOf(detection.time),
    start_time: millisecondsOf(first),
    severity_id,
    severity,
    confidence_id,
    confidence,
    status_id: 1,
    status: 'New',
    message: `${detection.agent} ${detection.summary}`,
    is_alert: true,
    count: detection.eventCount,
    metadata: metadataOf(detection.id),
    cloud: cloudOf(detection.cloud, detection.events[0]),
    finding_info: {
      uid: detection.fingerprint,
      title: `${detection.signal}: ${detection.rule}`,
      desc: detection.broke,
      types: [detection.signal],
      created_time: millisecondsOf(detection.time),
      first_seen_time: millisecondsOf(first),
      last_seen_time: millisecondsOf(detection.time),
      analytic: { uid: detection.rule, name: detection.rule, type_id: 1, type: 'Rule' },
    },
    evidences: detection.events.map((event) => ({
      actor: actorOf(detection),
      api: { operation: event.action, ...(event.error === undefined ? {} : { response: { error: event.error } }) },
      ...(endpointOf(event.source) ? { src_endpoint: endpointOf(event.source) as JsonObject } : {}),
      resources: event.resources.map((uid) => ({ uid })),
      data: { event_uid: event.id, time: millisecondsOf(event.time), outcome: event.outcome },
    })),
    resources: [
      {
        uid: detection.principal,
        name: detection.agent,
        type: 'agent',
        ...(detection.owner === undefined ? {} : { owner: { name: detection.owner } }),
      },
    ],
    unmapped: {
      agent: detection.agent,
      fleet: detection.fleet,
      signal: detection.signal,
      rule: detection.rule,
      basis: detection.basis,
      response: detection.response,
      may_act: detection.mayAct,
      ...(detection.session === undefined ? {} : { session: detection.session }),
      ...(detection.task === undefined ? {} : { task: detection.task }),
      ...(detection.chain === undefined ? {} : { chain: [...detection.chain] }),
      ...(detection.deviation === undefined ? {} : { deviation: detection.deviation.kind }),
    },
  };
}

/**
 * A call of an agent as API Activity.
 * @see https://schema.ocsf.io/1.5.0/classes/api_activity
 */
export function ocsfActivity(event: AgentEvent): JsonObject {
  const { activities, ...activityClass } = table.apiActivity;
  const activity = activityOf(event);
  const [status_id = 0, status = 'Unknown'] = table.status[event.outcome] as [number, string];
  return {
    ...activityClass,
    activity_id: activities[activity],
    activity_name: activity === 'other' ? 'Other' : `${activity[0]?.toUpperCase()}${activity.slice(1)}`,
    type_uid: activityClass.class_uid * 100 + activities[activity],
    time: millisecondsOf(event.time),
    severity_id: 1,
    severity: 'Informational',
    status_id,
    status,
    metadata: metadataOf(event.id),
    cloud: cloudOf(event.cloud, event),
    actor: actorOf(event),
    api: {
      operation: event.action,
      service: { name: event.action.slice(0, Math.max(0, event.action.indexOf(':'))) },
      ...(event.error === undefined ? {} : { response: { error: event.error } }),
    },
    src_endpoint: endpointOf(event.source) ?? { name: 'unknown' },
    resources: event.resources.map((uid) => ({ uid })),
    unmapped: {
      ...(event.agent === undefined ? {} : { agent: event.agent }),
      ...(event.fleet === undefined ? {} : { fleet: event.fleet }),
      ...(event.task === undefined ? {} : { task: event.task }),
      ...(event.chain === undefined ? {} : { chain: [...event.chain] }),
    },
  };
}

function activityOf(event: AgentEvent): keyof typeof table.apiActivity.activities {
  const verb = event.action.slice(event.action.indexOf(':') + 1);
  if (event.readOnly === true || /^(Get|List|Describe|Head|Query|Scan)/.test(verb)) return 'read';
  if (/^(Create|Put|Run)/.test(verb)) return 'create';
  if (/^(Delete|Terminate|Remove)/.test(verb)) return 'delete';
  return /^(Update|Modify|Set|Attach|Detach)/.test(verb) ? 'update' : 'other';
}

const millisecondsOf = (time: string): number => Date.parse(time);

function metadataOf(uid: string): JsonObject {
  return { uid, version: table.version, profiles: ['cloud'], product: { name: VENDOR, vendor_name: VENDOR, version: VERSION } };
}

function cloudOf(cloud: string, event: Pick<DetectionEvidence, 'account' | 'region'> | undefined): JsonObject {
  return {
    provider: PROVIDERS[cloud] ?? cloud,
    ...(event?.account === undefined ? {} : { account: { uid: event.account } }),
    ...(event?.region === undefined ? {} : { region: event.region }),
  };
}

function actorOf({ principal, session }: { readonly principal: string; readonly session?: string }): JsonObject {
  return { user: { uid: principal, type_id: 99, type: 'Service' }, ...(session === undefined ? {} : { session: { uid: session } }) };
}

/** An address, or the name of a service. */
function endpointOf(source: string | undefined): JsonObject | undefined {
  if (source === undefined) return undefined;
  return /^[0-9.]+$|:/.test(source) ? { ip: source } : { svc_name: source };
}
