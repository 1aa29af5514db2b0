import { type AgentEvent, type CallEffect, EVERYONE } from '../agent-event';
import type { ActionTrait } from './action-traits';
import type { DetectionDraft } from './make';
import type { DetectionRuleId } from './rules';
import type { DetectionSeverity } from './types';
import type { CompiledAgent, Standing } from './watched';

/** What one call breaks by itself, whatever came before it. */
export function callDrafts(
  watched: CompiledAgent,
  event: AgentEvent,
  { standing, traits }: { readonly standing: Standing; readonly traits: readonly ActionTrait[] },
): readonly DetectionDraft[] {
  const drafts: DetectionDraft[] = [];
  if (standing.kind !== 'inside') {
    const escalation = escalationDraft(event, traits);
    if (escalation) drafts.push(escalation);
    drafts.push(standing.kind === 'outside' ? outsideDraft(event, traits) : elsewhereDraft(event, standing.resources));
  } else drafts.push(...grantedDrafts(event, traits));
  for (const effect of event.effects ?? []) drafts.push(...effectDraft(watched, event, { effect, traits }));
  if (!watched.accountWithin(event))
    drafts.push(boundaryDraft('account-outside', event, ['account', event.account, watched.agent.scope.accounts]));
  if (!watched.regionWithin(event, traits))
    drafts.push(boundaryDraft('region-outside', event, ['region', event.region, watched.agent.scope.regions]));
  if (!watched.sourceWithin(event.source))
    drafts.push(boundaryDraft('network-outside', event, ['network', event.source, watched.agent.scope.networks]));
  return drafts;
}

const ESCALATIONS: readonly (readonly [ActionTrait, DetectionRuleId, string])[] = [
  ['escalation-step', 'escalation-step', 'is a step of a known way to more access'],
  ['changes-access', 'changes-access', 'changes who may do what'],
  ['yields-credentials', 'yields-credentials', 'yields credentials'],
  ['takes-identity', 'yields-credentials', 'takes on another identity'],
];

function escalationDraft(event: AgentEvent, traits: readonly ActionTrait[]): DetectionDraft | undefined {
  const found = ESCALATIONS.find(([trait]) => traits.includes(trait));
  if (!found) return undefined;
  const [, rule, why] = found;
  return {
    rule,
    about: [event.action],
    severity: afterOutcome(event, 'critical'),
    summary: `${attempt(event)} ${event.action}, which ${why}, ${beyond(event)}`,
    broke: `${event.action} is not granted${on(event)}`,
  };
}

function outsideDraft(event: AgentEvent, traits: readonly ActionTrait[]): DetectionDraft {
  const tampers = traits.includes('tampers-with-evidence');
  const summary = `${attempt(event)} ${event.action}${on(event)}, ${beyond(event)}`;
  if (tampers) {
    return {
      rule: 'tampers-with-evidence',
      about: [event.action],
      severity: afterOutcome(event, 'critical'),
      summary: `${attempt(event)} ${event.action}, which stops, deletes or hides audit records, ${beyond(event)}`,
      broke: `${event.action} is not granted`,
    };
  }
  const reads = event.readOnly === true && traits.every((trait) => trait === 'free' || trait === 'global');
  const severity: DetectionSeverity = traits.includes('free') ? 'low' : afterOutcome(event, reads ? 'medium' : 'high');
  return {
    rule: 'outside-grant',
    about: [event.action],
    severity,
    // Looking about is worth a person's look, and no reason to stop what works.
    ...(reads ? { response: 'notify' as const } : {}),
    summary,
    broke: `${event.action} is not among the granted actions`,
  };
}

function elsewhereDraft(event: AgentEvent, resources: readonly string[]): DetectionDraft {
  const named = resources.slice(0, 3).join(', ');
  return {
    rule: 'resource-outside',
    about: [event.action],
    severity: afterOutcome(event, 'high'),
    summary: `${attempt(event)} ${event.action} on ${named}, which lies outside of what it was granted`,
    broke: `${event.action} is granted, but not on ${named}`,
  };
}

function boundaryDraft(
  rule: DetectionRuleId,
  event: AgentEvent,
  [what, value = '', allowed = []]: readonly [string, string | undefined, readonly string[] | undefined],
): DetectionDraft {
  const where = what === 'network' ? `from ${value}` : `in ${what} ${value}`;
  return {
    rule,
    about: [value],
    severity: rule === 'network-outside' ? afterOutcome(event, 'critical') : afterOutcome(event, 'high'),
    summary: `${attempt(event)} ${event.action} ${where}, outside of its scope`,
    broke: `the scope allows ${what} ${allowed.slice(0, 5).join(', ')}`,
  };
}

/** What a granted call is worth a look for all the same. */
function grantedDrafts(event: AgentEvent, traits: readonly ActionTrait[]): readonly DetectionDraft[] {
  const drafts: DetectionDraft[] = [];
  const because = (rule: DetectionRuleId, what: string, severity: DetectionSeverity): number =>
    drafts.push({
      rule,
      about: [event.action],
      severity: afterOutcome(event, severity),
      summary: `${attempt(event)} ${event.action}${on(event)}, which is granted and ${what}`,
      broke: 'no agent needs it in its ordinary work',
    });
  if (traits.includes('makes-credentials')) because('makes-credentials', 'makes credentials that do not expire by themselves', 'high');
  if (traits.includes('tampers-with-evidence')) because('touches-evidence', 'stops, deletes or hides audit records', 'medium');
  return drafts;
}

/** What a call does by its parameters, granted or not. */
function effectDraft(
  { agent }: CompiledAgent,
  event: AgentEvent,
  { effect: { kind, to }, traits }: { readonly effect: CallEffect; readonly traits: readonly ActionTrait[] },
): readonly DetectionDraft[] {
  const own = agent.scope.accounts ?? (event.account === undefined ? [] : [event.account]);
  if (kind === 'lets-in' && own.includes(to)) return [];
  const identity = kind === 'administers' || (traits.includes('escalation-step') && traits.includes('changes-access') && to !== EVERYONE);
  const what = kind === 'administers' ? `gives administration by ${to}` : `lets in ${to === EVERYONE ? to : `account ${to}`}`;
  return [
    {
      rule: identity ? 'hands-out-access' : 'opens-outside',
      about: [event.action, to],
      severity: afterOutcome(event, 'high'),
      // It was granted, so that a person decides.
      ...(kind === 'administers' ? { response: 'notify' as const } : {}),
      summary: `${attempt(event)} ${event.action}${on(event)}, which ${what}`,
      broke: kind === 'administers' ? 'no agent hands out administration' : `the scope has account ${own.join(', ')}`,
    },
  ];
}

/** Somebody took on the identity of an agent that does not let them in. */
export function entryDraft(event: AgentEvent): DetectionDraft {
  return {
    rule: 'identity-taken',
    about: [event.principal],
    severity: afterOutcome(event, 'critical'),
    summary: `${event.principal} ${event.outcome === 'succeeded' ? 'took on' : 'tried to take on'} its identity with ${event.action}, and is not among those who may`,
    broke: `${event.principal} is not among those whom the agent's identity trusts`,
  };
}

/** The first use of something granted that no workflow holds. */
export function firstUseDraft(event: AgentEvent, step: string | undefined): DetectionDraft {
  const what = step ?? event.action;
  return {
    rule: 'not-in-workflow',
    about: [what],
    summary: `used ${event.action} for the first time, which was granted and is in none of its workflows`,
    broke: `${what} is in no workflow`,
  };
}

const SUCCESS: ReadonlySet<string> = new Set(['succeeded', 'not-found', 'invalid']);

/** What was denied did no harm yet: one degree less. */
function afterOutcome(event: AgentEvent, severity: DetectionSeverity): DetectionSeverity {
  if (SUCCESS.has(event.outcome)) return severity;
  const lower = { critical: 'high', high: 'medium', medium: 'low', low: 'low' } as const;
  return lower[severity];
}

const attempt = (event: AgentEvent): string => (event.outcome === 'succeeded' ? 'called' : 'tried');
const beyond = (event: AgentEvent): string =>
  event.outcome === 'denied' ? 'which it was never granted; it was denied' : 'which it was never granted';
const on = ({ resources }: AgentEvent): string => (resources[0] === undefined ? '' : ` on ${resources[0]}`);
