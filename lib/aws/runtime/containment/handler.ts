import { ContainmentService, type ServicePorts } from '../../../core/containment/service';
import type { ContainmentTrigger } from '../../../core/containment/types';
import type { Detection } from '../../../core/detection/types';
import type { UrlAnswer, UrlEvent } from '../task-broker/handler';
import { personOf } from './person';

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

/** An alarm of the user's own went off, that is about one agent. */
export interface AlarmEvent {
  readonly alarm: {
    readonly id: string;
    readonly at: string;
    readonly name: string;
    readonly reason: string;
    readonly agent: string;
    readonly fleet: string;
    readonly response: 'restrict' | 'brake' | 'quarantine';
  };
}

export type ContainmentEvent = BusEvent | UrlEvent | DrillEvent | AlarmEvent | { readonly sweep: true };

export type HandlerPorts = Omit<ServicePorts, 'drilled'>;

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const CUSTOM_ACTION = 'Security Hub Findings - Custom Action';

/** The responder: detections, findings and containments of other clouds from the bus, people by its address, and once a minute what waits. What fails is thrown, so that it comes again. */
export function makeHandler(ports: HandlerPorts): (event: ContainmentEvent) => Promise<UrlAnswer | undefined> {
  const drilled = (fleet: string, seconds: number | undefined): void => ports.log(drillMetric(fleet, seconds, ports.now().getTime()));
  const service = new ContainmentService({ ...ports, drilled });
  return async (event) => {
    if ('sweep' in event) await service.sweep();
    else if ('alarm' in event) await service.trigger(alarmTrigger(event));
    else if ('drill' in event) await service.drill(event.drill, { by: 'the schedule of drills', id: `drill ${ports.now().toISOString()}` });
    else if ('detail-type' in event) await heard(event, service, ports.now());
    else return answer(event, service);
    return undefined;
  };
}

async function heard(event: BusEvent, service: ContainmentService, now: Date): Promise<void> {
  if (event['detail-type'] === 'Agent Detection') await service.detected(event.detail as Detection);
  else if (event['detail-type'] === 'Agent Containment') await service.peer(event.detail);
  else if (event['detail-type'] === CUSTOM_ACTION) for (const trigger of findingTriggers(event, now)) await service.trigger(trigger);
  else throw new Error(`'${event['detail-type']}' is no event that this function knows.`);
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function drillMetric(fleet: string, seconds: number | undefined, now: number): object {
  const [Name, Unit, value] = seconds === undefined ? ['DrillFailures', 'Count', 1] : ['DrillSeconds', 'Seconds', seconds];
  const CloudWatchMetrics = [{ Namespace: 'AgenticIAM', Dimensions: [['fleet']], Metrics: [{ Name, Unit }] }];
  return { _aws: { Timestamp: now, CloudWatchMetrics }, fleet, [Name as string]: value };
}

/** However often one change of an alarm is told, it is one trigger. */
const alarmTrigger = ({ alarm: { id, at, name, reason, agent, fleet, response } }: AlarmEvent): ContainmentTrigger => ({
  id: `alarm ${id}`,
  kind: 'alarm',
  agent,
  fleet,
  at,
  response,
  by: `the alarm ${name}`,
  reason,
});

interface Finding {
  readonly Id: string;
  readonly Title?: string;
  readonly ProductFields?: Readonly<Record<string, string>>;
}

/** Findings that somebody chose the action for. */
function findingTriggers(event: BusEvent, now: Date): readonly ContainmentTrigger[] {
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
        at: event.time ?? now.toISOString(),
        response: 'brake' as const,
        by: 'somebody with the action of Security Hub',
        reason: Title,
      },
    ];
  });
}

async function answer(event: UrlEvent, service: ContainmentService): Promise<UrlAnswer> {
  const reply = (statusCode: number, body: unknown): UrlAnswer => ({ statusCode, headers: HEADERS, body: JSON.stringify(body) });
  if (event.requestContext?.http?.method !== 'POST') return reply(405, { code: 'method', message: 'Send requests by POST.' });
  const { body = '', isBase64Encoded } = event;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const { code, body: said } = await service.asked(text, personOf(event.requestContext?.authorizer?.iam?.userArn));
  return reply(code, said);
}
