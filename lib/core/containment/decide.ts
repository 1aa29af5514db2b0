import { digestOf } from '../detection/hash';
import { planOf } from './plan';
import type { ContainmentSettings } from './settings';
import {
  type ContainableAgent,
  type ContainmentStage,
  type ContainmentTrigger,
  type Incident,
  type RememberedTrigger,
  STAGES,
  type StepDefinition,
  type TriggerKind,
} from './types';

/** What becomes of a trigger. */
export type Decision =
  | { readonly kind: 'told' | 'refused'; readonly reason: string }
  | { readonly kind: 'rehearsed'; readonly stage: ContainmentStage; readonly steps: readonly string[] }
  | { readonly kind: 'joined' | 'opened'; readonly incident: Incident };

/** What is known when a trigger comes. */
export interface DecisionContext {
  /** The agent as it was registered; undefined where nobody registered it. */
  readonly agent: ContainableAgent | undefined;
  /** Its open or latest incident. */
  readonly incident: Incident | undefined;
  /** How many incidents machines opened in the fleet within an hour. */
  readonly recent: number;
  readonly steps: readonly StepDefinition[];
  readonly settings: Required<ContainmentSettings>;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Triggers that an incident remembers. */
const MOST_TRIGGERS = 50;
const MOST_FACTS = 10;

const isAutomatic = (kind: TriggerKind): boolean => kind !== 'person' && kind !== 'drill';

/**
 * Decides what a trigger does. Pure: the same knowledge gives the same decision. Only agents that were registered are touched; a second trigger
 * joins the open incident and may raise its stage, never lower it.
 */
export function decide(trigger: ContainmentTrigger, context: DecisionContext): Decision {
  const { agent, incident } = context;
  if (!agent)
    return {
      kind: 'refused',
      reason: `No agent '${trigger.agent}' of fleet '${trigger.fleet}' is registered here: nothing else is ever touched.`,
    };
  if (incident?.triggers.some(({ id }) => id === trigger.id)) return { kind: 'told', reason: 'It was heard before.' };
  if (trigger.workflow !== undefined && !agent.workflows?.includes(trigger.workflow))
    return { kind: 'refused', reason: `No workflow '${trigger.workflow}' of agent '${trigger.agent}' is registered here.` };
  const stage = stageOf(trigger);
  if (!stage) return { kind: 'told', reason: 'It asks for nothing but to be told.' };
  if (trigger.kind === 'drill' && !agent.canary) return { kind: 'refused', reason: 'Drills are for canaries alone.' };
  const automatic = isAutomatic(trigger.kind);
  if (automatic && trigger.kind === 'detection' && !trigger.mayAct)
    return { kind: 'told', reason: 'It is no certainty: a person decides.' };
  const steps = planOf(context.steps, stage, context.now);
  if (trigger.dryRun ?? (automatic && !agent.armed)) return { kind: 'rehearsed', stage, steps: steps.map(({ id }) => id) };
  if (incident && incident.status !== 'restored') return { kind: 'joined', incident: join(incident, trigger, { ...context, stage }) };
  const held = automatic ? heldBack(trigger, context) : undefined;
  if (held !== undefined) return { kind: 'told', reason: held };
  return {
    kind: 'opened',
    incident: {
      schemaVersion: 1,
      id: digestOf('incident', trigger.fleet, trigger.agent, trigger.workflow ?? '', trigger.id, String(context.now)),
      agent: trigger.agent,
      fleet: trigger.fleet,
      ...(trigger.workflow === undefined ? {} : { workflow: trigger.workflow }),
      stage,
      status: 'containing',
      openedAt: isoOf(context.now),
      automatic,
      ...(trigger.kind === 'drill' ? { drill: true } : {}),
      triggers: [remembered(trigger)],
      steps,
      restore: [],
      approvals: [],
    },
  };
}

/** A workflow has no sessions of its own to deny anything: it is stopped, or not. */
function stageOf({ response, workflow }: ContainmentTrigger): ContainmentStage | undefined {
  if (workflow !== undefined) return response === 'notify' ? undefined : 'quarantined';
  const stages: Readonly<Record<string, ContainmentStage>> = { restrict: 'restricted', brake: 'braked', quarantine: 'quarantined' };
  return stages[response];
}

/** Why an automatism may not open an incident now. */
function heldBack({ at }: ContainmentTrigger, { incident, recent, settings, now }: DecisionContext): string | undefined {
  if (recent >= settings.mostPerHour)
    return `Machines contained ${recent} agents of the fleet within an hour, which is the most they may: a person decides.`;
  if (incident?.restoredAt === undefined) return undefined;
  if (Date.parse(at) <= Date.parse(incident.restoredAt)) return 'It happened before two people restored the agent.';
  const until = Date.parse(incident.restoredAt) / 1000 + settings.cooldownSeconds;
  return now < until ? `The agent was restored at ${incident.restoredAt}, and until ${isoOf(until)} people decide.` : undefined;
}

/** What failed is tried again, what depends on a stage that is raised is done again, and a restore that runs is broken off. */
function join(
  incident: Incident,
  trigger: ContainmentTrigger,
  { stage: wanted, steps, settings, now }: DecisionContext & { readonly stage: ContainmentStage },
): Incident {
  const raised = STAGES.indexOf(wanted) > STAGES.indexOf(incident.stage);
  const stage = raised ? wanted : incident.stage;
  const broken = incident.status === 'restoring';
  const triggers = [...incident.triggers, remembered(trigger, incident.triggers.length)].slice(-MOST_TRIGGERS);
  const stepsAgain = planOf(steps, stage, now).map((planned) => {
    const known = incident.steps.find(({ id }) => id === planned.id);
    const definition = steps.find(({ id }) => id === planned.id);
    const again = !known || known.status === 'failed' || broken || (raised && (definition?.perStage || definition?.last));
    // A responder that was restoring may still be at it: what is put on again comes after it has surely ended.
    const late = broken && definition?.waitSeconds ? { ...planned, notBefore: now + settings.longestStepSeconds } : planned;
    return again ? late : known;
  });
  const open = stepsAgain.some(({ status }) => status === 'pending');
  // What somebody else asks for is no drill any more.
  const { restedAt: _rested, drill, ...others } = incident;
  const rest = drill && trigger.kind === 'drill' ? { ...others, drill } : others;
  if (!open)
    return {
      ...(drill && trigger.kind !== 'drill' ? others : incident),
      ...(incident.restedAt ? { restedAt: incident.restedAt } : {}),
      triggers,
    };
  return { ...rest, stage, triggers, steps: stepsAgain, status: 'containing', restore: [], approvals: [] };
}

/** Facts are kept of the first few: what comes later is more of the same. */
function remembered({ id, kind, by, at, reason, facts }: ContainmentTrigger, before = 0): RememberedTrigger {
  return { id, kind, by, at, reason, ...(facts && before < MOST_FACTS ? { facts } : {}) };
}

export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
