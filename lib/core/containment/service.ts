import type { Detection } from '../detection/types';
import type { JsonObject } from '../json';
import { type AgentResponses, responseTo } from '../responses';
import type { Decision } from './decide';
import { readPeerEvent } from './peer';
import { InvalidRequest, type OperatorRequest, readOperatorRequest } from './request';
import type { AgentKey, Responder } from './responder';
import type { ContainableAgent, ContainmentRecord, ContainmentTrigger } from './types';
import { drillSeconds } from './words';

/** Somebody who called, as their cloud authenticated them. */
export interface Person {
  /** What tells them from others; not a name that they chose themselves. */
  readonly id: string;
  /** For people. */
  readonly shown: string;
}

/** An agent as its own stack registered it. */
export interface RegisteredAgent extends ContainableAgent {
  /** What its spec says is done, by signal. */
  readonly responses: AgentResponses;
}

export interface ServicePorts {
  readonly responder: Responder;
  readonly agent: (key: AgentKey) => Promise<RegisteredAgent | undefined>;
  readonly now: () => Date;
  /** Writes one line of JSON. */
  readonly log: (line: object) => void;
  /** The cloud that this runs on: what it said itself is no news. */
  readonly cloud: string;
  /** Whether the cloud can keep an agent to reading; where it cannot, whoever asks for that gets the brake. @default true */
  readonly safeMode?: boolean;
  /** Says how long a drill took, or that it failed. */
  readonly drilled: (fleet: string, seconds: number | undefined) => void;
}

/** An answer to a person, as HTTP gives it. */
export interface OperatorAnswer {
  readonly code: number;
  readonly body: object;
}

/** What comes to a responder from outside, on any cloud: detections, people, other clouds, drills, and once a minute the time. */
export class ContainmentService {
  constructor(private readonly ports: ServicePorts) {}

  /** Goes on with what waits; throws where something could not be gone on with, so that it is told. */
  async sweep(): Promise<void> {
    const failed = await this.ports.responder.sweep();
    for (const { key, error } of failed) this.ports.log({ message: 'sweep failed', ...key, error: error.name, reason: error.message });
    if (failed.length > 0) throw new Error(`${failed.length} incidents could not be gone on with.`);
  }

  /** What the spec says of the signal; where it says nothing, what is exact and critical brakes, and all else is told. */
  async detected(detection: Detection): Promise<Decision> {
    const { agent, fleet, signal, basis, severity } = detection;
    const said = responseTo((await this.ports.agent({ agent, fleet }))?.responses, signal, severity);
    return this.trigger({
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
    });
  }

  /**
   * The same agent is contained on another cloud. What it is there, it becomes here, where it is armed. However often that is said, it is one trigger; what was
   * said before two people restored the agent contains it no more.
   */
  async peer(value: unknown): Promise<Decision> {
    const { id, agent, fleet, cloud, stage, at } = readPeerEvent(value, this.ports.now());
    if (cloud === this.ports.cloud) return { kind: 'told', reason: 'It was said here.' };
    const responses = { restricted: 'restrict', braked: 'brake', quarantined: 'quarantine' } as const;
    return this.trigger({
      id: `peer ${cloud} ${id} ${stage}`,
      kind: 'peer',
      agent,
      fleet,
      at,
      response: responses[stage],
      by: `the responder on ${cloud}`,
      reason: `the agent is contained there (incident ${id})`,
    });
  }

  async trigger(trigger: ContainmentTrigger): Promise<Decision> {
    const decision = await this.ports.responder.trigger({ ...trigger, response: this.possible(trigger.response) });
    const { agent, fleet, id, by } = trigger;
    this.ports.log({ message: 'trigger', agent, fleet, id, by, decision: decision.kind });
    return decision;
  }

  /** Contains a canary and says how long it took, or that it failed; what was not ended in this run is a failure, too. */
  async drill(key: AgentKey, { by, id }: { readonly by: string; readonly id: string }): Promise<Decision> {
    const { responder, now, drilled } = this.ports;
    const at = now().toISOString();
    const decision = await responder.trigger({ ...key, id, kind: 'drill', at, response: 'brake', by, reason: 'a drill' });
    const incident = (await responder.status(key))?.incident;
    const isWhole = incident?.drill && incident.status === 'restored' && decision.kind === 'opened';
    drilled(key.fleet, isWhole ? drillSeconds(incident) : undefined);
    return decision;
  }

  /** A person's request; undefined for `person` where nobody knows who it is. */
  async asked(body: unknown, person: Person | undefined): Promise<OperatorAnswer> {
    if (!person) return { code: 403, body: { code: 'unknown-caller', message: 'Nobody knows who you are.' } };
    let request: OperatorRequest;
    try {
      request = readOperatorRequest(body);
    } catch (error) {
      if (error instanceof InvalidRequest) return { code: 400, body: { code: 'invalid-request', message: error.message } };
      throw error;
    }
    try {
      return { code: 200, body: await this.serve(request, person) };
    } catch (error) {
      const { name, message } = error as Error;
      this.ports.log({ message: 'request failed', action: request.action, agent: request.agent, error: name, reason: message });
      const said = 'It was not, or not wholly, done. What was begun goes on within a minute; ask for the status.';
      return { code: 500, body: { code: 'failed', message: said } };
    }
  }

  private possible(response: ContainmentTrigger['response']): ContainmentTrigger['response'] {
    return response === 'restrict' && this.ports.safeMode === false ? 'brake' : response;
  }

  private async serve(request: OperatorRequest, person: Person): Promise<object> {
    const { action, agent, fleet, workflow, response, reason, requestId, dryRun } = request;
    const { responder, now, log } = this.ports;
    const key = { fleet, agent, ...(workflow === undefined ? {} : { workflow }) };
    const at = now().toISOString();
    log({ message: 'asked', action, ...key, by: person.id });
    const record = async (): Promise<ContainmentRecord | null> => (await responder.status(key)) ?? null;
    if (action === 'status') return { record: await record() };
    const id = `${person.id} ${requestId}`;
    if (action === 'drill') return { decision: await this.drill(key, { by: person.shown, id }), record: await record() };
    const decision =
      action === 'contain'
        ? await responder.trigger({ ...key, id, kind: 'person', at, response: this.possible(response), by: person.shown, reason, dryRun })
        : await responder.approve(key, { by: person.id, at, reason });
    return { decision, record: await record() };
  }
}

/** The calls that a detection rests on, and whose they were. */
function factsOf({ rule, broke, principal, session, task, chain, events }: Detection): JsonObject {
  const all = { rule, broke, principal, session, task, chain, events };
  return JSON.parse(JSON.stringify(all)) as JsonObject;
}
