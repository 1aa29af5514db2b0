import type { Decision } from '../../../core/containment/decide';
import type { Responder } from '../../../core/containment/responder';
import type { ContainmentTrigger } from '../../../core/containment/types';
import { drillSeconds } from '../../../core/containment/words';
import type { Detection } from '../../../core/detection/types';
import type { JsonObject } from '../../../core/json';
import { responseTo } from '../../../core/responses';
import type { UrlAnswer, UrlEvent } from '../task-broker/handler';
import { personOf } from './person';
import type { RegisteredAgent } from './registry';
import { InvalidRequest, type OperatorRequest, readOperatorRequest } from './request';

/** An event of a bus. */
export interface BusEvent {
  readonly id?: string;
  readonly time?: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
}

/** A canary is to be contained, to show that it works. */
export interface DrillEvent {
  readonly drill: { readonly fleet: string; readonly agent: string };
}

export type ContainmentEvent = BusEvent | UrlEvent | DrillEvent | { readonly sweep: true };

export interface HandlerPorts {
  readonly responder: Responder;
  readonly agent: (key: { readonly fleet: string; readonly agent: string }) => Promise<RegisteredAgent | undefined>;
  readonly now: () => Date;
  /** Writes one line of JSON. */
  readonly log: (line: object) => void;
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const CUSTOM_ACTION = 'Security Hub Findings - Custom Action';

/** The responder: detections and findings from the bus, people by its address, and once a minute what waits. What fails is thrown, so that it comes again. */
export function makeHandler(ports: HandlerPorts): (event: ContainmentEvent) => Promise<UrlAnswer | undefined> {
  return async (event) => {
    if ('sweep' in event) {
      const failed = await ports.responder.sweep();
      for (const { key, error } of failed) ports.log({ message: 'sweep failed', ...key, error: error.name, reason: error.message });
      if (failed.length > 0) throw new Error(`${failed.length} incidents could not be gone on with.`);
      return undefined;
    }
    if ('drill' in event) {
      await drill(event.drill, { by: 'the schedule of drills', id: `drill ${ports.now().toISOString()}` }, ports);
      return undefined;
    }
    if (!('detail-type' in event)) return answer(event, ports);
    for (const trigger of await triggersOf(event, ports)) {
      const decision = await ports.responder.trigger(trigger);
      ports.log({
        message: 'trigger',
        agent: trigger.agent,
        fleet: trigger.fleet,
        id: trigger.id,
        by: trigger.by,
        decision: decision.kind,
      });
    }
    return undefined;
  };
}

/** Contains a canary and says in a metric how long it took, or that it failed; what was not ended in this run is a failure, too. */
async function drill(
  key: { readonly fleet: string; readonly agent: string },
  { by, id }: { readonly by: string; readonly id: string },
  ports: HandlerPorts,
): Promise<Decision> {
  const at = ports.now().toISOString();
  const decision = await ports.responder.trigger({ ...key, id, kind: 'drill', at, response: 'brake', by, reason: 'a drill' });
  const incident = (await ports.responder.status(key))?.incident;
  const seconds = incident?.drill && incident.status === 'restored' && decision.kind === 'opened' ? drillSeconds(incident) : undefined;
  ports.log(drillMetric(key.fleet, seconds, ports.now().getTime()));
  return decision;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function drillMetric(fleet: string, seconds: number | undefined, now: number): object {
  const [Name, Unit, value] = seconds === undefined ? ['DrillFailures', 'Count', 1] : ['DrillSeconds', 'Seconds', seconds];
  const CloudWatchMetrics = [{ Namespace: 'AgenticIAM', Dimensions: [['fleet']], Metrics: [{ Name, Unit }] }];
  return { _aws: { Timestamp: now, CloudWatchMetrics }, fleet, [Name as string]: value };
}

async function triggersOf(event: BusEvent, ports: HandlerPorts): Promise<readonly ContainmentTrigger[]> {
  if (event['detail-type'] === 'Agent Detection') return [await triggerOf(event.detail as Detection, ports)];
  if (event['detail-type'] !== CUSTOM_ACTION) throw new Error(`'${event['detail-type']}' is no event that this function knows.`);
  const { findings = [] } = event.detail as { readonly findings?: readonly Finding[] };
  return findings.flatMap(({ Id, ProductFields = {}, Title = '' }) => {
    const { 'agentic-iam/agent': agent, 'agentic-iam/fleet': fleet } = ProductFields;
    if (agent === undefined || fleet === undefined) return [];
    return [
      {
        id: `${event.id ?? ''} ${Id}`,
        kind: 'person' as const,
        agent,
        fleet,
        at: event.time ?? ports.now().toISOString(),
        response: 'brake' as const,
        by: 'somebody with the action of Security Hub',
        reason: Title,
      },
    ];
  });
}

interface Finding {
  readonly Id: string;
  readonly Title?: string;
  readonly ProductFields?: Readonly<Record<string, string>>;
}

/** What the spec says of the signal; where it says nothing, what is exact and critical brakes, and all else is told. */
async function triggerOf(detection: Detection, ports: HandlerPorts): Promise<ContainmentTrigger> {
  const { agent, fleet, signal, basis, severity } = detection;
  const said = responseTo((await ports.agent({ agent, fleet }))?.responses, signal, severity);
  return {
    id: detection.id,
    kind: 'detection',
    agent,
    fleet,
    at: detection.time,
    response: said ?? (basis === 'exact' && severity === 'critical' ? 'brake' : 'notify'),
    by: detection.rule,
    reason: detection.summary,
    facts: factsOf(detection),
    mayAct: said === undefined ? basis === 'exact' : said !== 'notify',
  };
}

/** The calls that a detection rests on, and whose they were. */
function factsOf({ rule, broke, principal, session, task, chain, events }: Detection): JsonObject {
  const all = { rule, broke, principal, session, task, chain, events };
  return JSON.parse(JSON.stringify(all)) as JsonObject;
}

async function answer(event: UrlEvent, ports: HandlerPorts): Promise<UrlAnswer> {
  const reply = (statusCode: number, body: unknown): UrlAnswer => ({ statusCode, headers: HEADERS, body: JSON.stringify(body) });
  const person = personOf(event.requestContext?.authorizer?.iam?.userArn);
  if (event.requestContext?.http?.method !== 'POST') return reply(405, { code: 'method', message: 'Send requests by POST.' });
  if (!person) return reply(403, { code: 'unknown-caller', message: 'Nobody knows who you are.' });
  let request: OperatorRequest;
  try {
    request = readOperatorRequest(event);
  } catch (error) {
    if (error instanceof InvalidRequest) return reply(400, { code: 'invalid-request', message: error.message });
    throw error;
  }
  try {
    return reply(200, await serve(request, person, ports));
  } catch (error) {
    ports.log({
      message: 'request failed',
      action: request.action,
      agent: request.agent,
      error: (error as Error).name,
      reason: (error as Error).message,
    });
    return reply(500, {
      code: 'failed',
      message: 'It was not, or not wholly, done. What was begun goes on within a minute; ask for the status.',
    });
  }
}

async function serve(
  request: OperatorRequest,
  person: { readonly id: string; readonly shown: string },
  ports: HandlerPorts,
): Promise<object> {
  const { action, agent, fleet, workflow, response, reason, requestId, dryRun } = request;
  const key = { fleet, agent, ...(workflow === undefined ? {} : { workflow }) };
  const at = ports.now().toISOString();
  ports.log({ message: 'asked', action, ...key, by: person.id });
  if (action === 'status') return { record: (await ports.responder.status(key)) ?? null };
  if (action === 'drill') {
    const decision = await drill(key, { by: person.shown, id: `${person.id} ${requestId}` }, ports);
    return { decision, record: (await ports.responder.status(key)) ?? null };
  }
  const decision =
    action === 'contain'
      ? await ports.responder.trigger({
          ...key,
          id: `${person.id} ${requestId}`,
          kind: 'person',
          at,
          response,
          by: person.shown,
          reason,
          dryRun,
        })
      : await ports.responder.approve(key, { by: person.id, at, reason });
  return { decision, record: (await ports.responder.status(key)) ?? null };
}
