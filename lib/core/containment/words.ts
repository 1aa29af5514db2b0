import type { Decision } from './decide';
import type { ContainmentTrigger, Incident } from './types';

const STAGE_WORDS = { restricted: 'kept to reading', braked: 'stopped', quarantined: 'stopped and kept from coming back' } as const;

interface Named {
  readonly agent: string;
  readonly fleet: string;
  readonly workflow?: string;
}

const who = ({ agent, fleet, workflow }: Named): string =>
  workflow === undefined ? `Agent ${agent} of fleet ${fleet}` : `Workflow ${workflow} of agent ${agent} of fleet ${fleet}`;

/** What is said of a decision. */
export function textOf(decision: Decision, trigger: ContainmentTrigger): string {
  const asked = `Asked for by ${trigger.by}: ${trigger.reason}`;
  switch (decision.kind) {
    case 'opened':
    case 'joined': {
      const how = decision.kind === 'opened' ? 'is being' : 'goes on being';
      return `${who(trigger)} ${how} ${STAGE_WORDS[decision.incident.stage]} (incident ${decision.incident.id}). ${asked}`;
    }
    case 'rehearsed':
      return `${who(trigger)} would be ${STAGE_WORDS[decision.stage]} now, and is not, since its containment is not armed. It would take: ${decision.steps.join(', ')}. ${asked}`;
    case 'refused':
      return `${who(trigger)} is not touched. ${decision.reason} ${asked}`;
    case 'told':
      return `${who(trigger)} is left as it is. ${decision.reason} ${asked}`;
  }
}

/** Seconds from the trigger to the check that held; undefined where it did not hold. */
export function drillSeconds({ containedAt, triggers }: Incident): number | undefined {
  const asked = triggers[0]?.at;
  if (containedAt === undefined || asked === undefined) return undefined;
  return Math.round((Date.parse(containedAt) - Date.parse(asked)) / 1000);
}

/** What is said when an incident comes to rest. */
export function conclusion(incident: Incident): string {
  const failed = [...incident.steps, ...incident.restore].filter(({ status }) => status === 'failed');
  const at = `(incident ${incident.id})`;
  if (incident.status === 'contained') return `${who(incident)} is ${STAGE_WORDS[incident.stage]}, and that was checked ${at}.`;
  if (incident.status === 'restored' && incident.drill)
    return `Drill: ${who(incident)} was ${STAGE_WORDS[incident.stage]} and checked ${drillSeconds(incident)} s after it was asked for, and is restored ${at}.`;
  if (incident.status === 'restored') return `${who(incident)} is restored ${at}: ${incident.restore.at(-1)?.receipt?.said ?? ''}.`;
  const why = failed.map(({ id, receipt }) => `${id}: ${receipt?.said ?? 'unknown'}`).join('; ');
  return `${who(incident)} needs a person now ${at}: not everything could be done. ${why}`;
}
