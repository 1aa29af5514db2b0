import { Signal } from '../enums';
import type { DetectionBasis, DetectionResponse, DetectionSeverity } from './types';

interface Rule {
  readonly signal: Signal;
  readonly basis: DetectionBasis;
  readonly severity: DetectionSeverity;
  readonly response: DetectionResponse;
  /** What it is, for lists of rules. */
  readonly means: string;
}

const rule = (signal: Signal, [basis, severity, response]: [DetectionBasis, DetectionSeverity, DetectionResponse], means: string): Rule =>
  Object.freeze({ signal, basis, severity, response, means });

const { PRIVILEGE_ESCALATION, UNEXPECTED_CALL, UNKNOWN_SEQUENCE, CROSS_BOUNDARY, VELOCITY } = Signal;

/** Everything that can be detected: the name of each rule is part of the interface, its severity may be raised by a denied or a successful outcome. */
export const DETECTION_RULES = {
  'changes-access': rule(PRIVILEGE_ESCALATION, ['exact', 'critical', 'brake'], 'a call beyond the grant that changes who may do what'),
  'yields-credentials': rule(PRIVILEGE_ESCALATION, ['exact', 'critical', 'brake'], 'a call beyond the grant that yields credentials'),
  'escalation-step': rule(PRIVILEGE_ESCALATION, ['exact', 'critical', 'brake'], 'a step of a known escalation path, beyond the grant'),
  'hands-out-access': rule(
    PRIVILEGE_ESCALATION,
    ['exact', 'high', 'restrict'],
    'a granted call that gives administration, or lets in an account outside the scope',
  ),
  'makes-credentials': rule(PRIVILEGE_ESCALATION, ['exact', 'high', 'notify'], 'a granted call that makes credentials which do not expire'),
  'outside-grant': rule(UNEXPECTED_CALL, ['exact', 'high', 'restrict'], 'an action that was never granted'),
  'tampers-with-evidence': rule(
    UNEXPECTED_CALL,
    ['exact', 'critical', 'brake'],
    'a call beyond the grant that stops or deletes audit logs',
  ),
  'touches-evidence': rule(UNEXPECTED_CALL, ['exact', 'medium', 'notify'], 'a granted call that stops, deletes or hides audit records'),
  'not-in-workflow': rule(UNEXPECTED_CALL, ['exact', 'low', 'notify'], 'a granted action that no workflow holds, for the first time'),
  'does-not-conform': rule(UNKNOWN_SEQUENCE, ['exact', 'medium', 'restrict'], 'an order of calls that no workflow allows'),
  unfinished: rule(UNKNOWN_SEQUENCE, ['exact', 'low', 'notify'], 'a session that ended in the middle of a workflow'),
  'not-found-burst': rule(UNKNOWN_SEQUENCE, ['statistical', 'medium', 'notify'], 'many calls for things that are not there'),
  'invalid-burst': rule(UNKNOWN_SEQUENCE, ['statistical', 'medium', 'notify'], 'many calls that no service understands'),
  'denied-variants': rule(UNKNOWN_SEQUENCE, ['statistical', 'high', 'restrict'], 'one way after the other tried after being denied'),
  'unseen-resource': rule(
    UNKNOWN_SEQUENCE,
    ['statistical', 'medium', 'notify'],
    'a call for a thing that is not there and that no earlier call named',
  ),
  'resource-outside': rule(CROSS_BOUNDARY, ['exact', 'high', 'brake'], 'a granted action on a resource that was not granted'),
  'opens-outside': rule(
    CROSS_BOUNDARY,
    ['exact', 'high', 'restrict'],
    'a granted call that opens something to everyone or to an account outside the scope',
  ),
  'account-outside': rule(CROSS_BOUNDARY, ['exact', 'high', 'brake'], 'a call into an account, subscription or project outside the scope'),
  'region-outside': rule(CROSS_BOUNDARY, ['exact', 'high', 'restrict'], 'a call into a region outside the scope'),
  'network-outside': rule(CROSS_BOUNDARY, ['exact', 'critical', 'brake'], 'a session used from outside the networks of the scope'),
  'identity-taken': rule(CROSS_BOUNDARY, ['exact', 'critical', 'brake'], "the agent's identity taken on by somebody it does not trust"),
  'agent-limit': rule(VELOCITY, ['exact', 'medium', 'restrict'], 'more calls in a minute than the agent may make'),
  'step-limit': rule(VELOCITY, ['exact', 'medium', 'restrict'], 'more calls in a minute than the step may have'),
  'action-limit': rule(VELOCITY, ['exact', 'medium', 'restrict'], 'more calls in a minute than the action may have'),
  'resource-limit': rule(VELOCITY, ['exact', 'medium', 'restrict'], 'more calls in a minute than one resource may get'),
  loop: rule(VELOCITY, ['statistical', 'medium', 'notify'], 'the same action on the same resource over and over'),
  'throttling-storm': rule(VELOCITY, ['statistical', 'medium', 'notify'], 'calls that go on although they are throttled'),
} as const satisfies Readonly<Record<string, Rule>>;

export type DetectionRuleId = keyof typeof DETECTION_RULES;

/** Severities, lowest first. */
export const DETECTION_SEVERITIES: readonly DetectionSeverity[] = ['low', 'medium', 'high', 'critical'];
