import type { AgentEvent } from '../agent-event';
import { responseTo } from '../responses';
import { evidenceOf } from './evidence';
import { digestOf } from './hash';
import { Memory } from './patterns';
import type { WatchedAgent } from './registry';
import { DETECTION_RULES, type DetectionRuleId } from './rules';
import type { Detection, DetectionEvidence, DetectionResponse, DetectionSeverity, SequenceDeviation } from './types';

/** What is said of an agent by one rule. */
export interface DetectionDraft {
  readonly rule: DetectionRuleId;
  /** What tells this behaviour from others of the rule: the action, the limit ... */
  readonly about: readonly string[];
  /** What tells this occurrence from others of the behaviour, the session aside. @default - nothing: once a session */
  readonly occasion?: string;
  readonly summary: string;
  readonly broke: string;
  /** @default - that of the rule */
  readonly severity?: DetectionSeverity;
  /** @default - that of the rule */
  readonly response?: DetectionResponse;
  readonly deviation?: SequenceDeviation;
  /** @default - the one call */
  readonly events?: readonly DetectionEvidence[];
  /** @default - as many as there are events */
  readonly eventCount?: number;
}

/** Who a detection is about. */
export interface DetectionSubject {
  readonly agent: WatchedAgent;
  readonly session: string;
  readonly event: Pick<AgentEvent, 'principal' | 'session' | 'credential' | 'task' | 'chain' | 'cloud'>;
}

const MOST_EVENTS = 10;

/** Ids of occurrence and behaviour; apart from the rest, since most occurrences were told before. */
export function idsOf({ agent, session }: DetectionSubject, draft: DetectionDraft): DetectionIds {
  const parts = [agent.cloud, agent.fleet, agent.name, draft.rule, ...draft.about];
  return KNOWN_IDS.get([...parts, session, draft.occasion ?? ''].map((part) => `${part.length}:${part}`).join(''), () => {
    const fingerprint = digestOf(...parts);
    return { fingerprint, id: digestOf(fingerprint, session, draft.occasion ?? '') };
  });
}

interface DetectionIds {
  readonly id: string;
  readonly fingerprint: string;
}

/** A session that goes on doing what it was told of asks for the same ids again and again. */
const KNOWN_IDS = new Memory<DetectionIds>(10_000);

export function makeDetection(
  subject: DetectionSubject,
  draft: DetectionDraft,
  { ids, call }: { readonly ids: DetectionIds; readonly call: DetectionEvidence },
): Detection {
  const { signal, basis, severity, response } = DETECTION_RULES[draft.rule];
  const { agent, event } = subject;
  const events = (draft.events ?? [call]).slice(-MOST_EVENTS).map(evidenceOf);
  const session = event.session ?? event.credential;
  const asked = responseTo(agent.responses, signal, draft.severity ?? severity);
  return {
    schemaVersion: 1,
    ...ids,
    signal,
    rule: draft.rule,
    severity: draft.severity ?? severity,
    basis,
    agent: agent.name,
    fleet: agent.fleet,
    cloud: agent.cloud,
    ...(agent.owner === undefined ? {} : { owner: agent.owner }),
    principal: event.principal,
    ...(session === undefined ? {} : { session }),
    ...(event.task === undefined ? {} : { task: event.task }),
    ...(event.chain === undefined ? {} : { chain: event.chain }),
    time: call.time,
    summary: draft.summary,
    broke: draft.broke,
    ...(draft.deviation ? { deviation: draft.deviation } : {}),
    events,
    eventCount: draft.eventCount ?? (draft.events ?? [call]).length,
    response: asked ?? draft.response ?? response,
    mayAct: asked === undefined ? basis === 'exact' : asked !== 'notify',
  };
}
