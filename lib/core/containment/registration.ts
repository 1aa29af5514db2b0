import type { PlannedGrant } from '../access-plan';
import type { AgentSpec } from '../agent-spec';
import { invalidContainment, notContainable } from '../containment-errors';
import type { IDuration } from '../duration';
import { AccessLevel } from '../enums';
import type { ContainmentSettings } from './settings';

/** What a user says of how carefully agents are contained. */
export interface CarefulProps {
  readonly mostPerHour?: number;
  readonly cooldown?: IDuration;
  readonly restoreAfter?: IDuration;
}

/**
 * The settings of a responder.
 * @param shortest seconds that an agent stays contained at least, on this cloud, and why
 */
export function settingsOf(
  fleet: string,
  { mostPerHour, cooldown, restoreAfter }: CarefulProps,
  shortest: { readonly seconds: number; readonly reason: string },
): ContainmentSettings {
  if (mostPerHour !== undefined && !(Number.isSafeInteger(mostPerHour) && mostPerHour >= 0))
    throw invalidContainment(fleet, {
      rule: "needs 'mostPerHour' to be a whole number from 0 on",
      reason: 'it is how many agents machines may contain',
      value: mostPerHour,
      fix: 'give 0 to leave every containment to people',
    });
  if (restoreAfter && restoreAfter.toSeconds() < shortest.seconds)
    throw invalidContainment(fleet, {
      rule: `needs 'restoreAfter' to be ${shortest.seconds} s at least`,
      reason: shortest.reason,
      value: `${restoreAfter.toSeconds()} s`,
      fix: 'give as much or more',
    });
  return {
    ...(mostPerHour === undefined ? {} : { mostPerHour }),
    ...(cooldown === undefined ? {} : { cooldownSeconds: cooldown.toSeconds() }),
    ...(restoreAfter === undefined ? {} : { restoreAfterSeconds: restoreAfter.toSeconds() }),
  };
}

/** The bus that a responder hears detections by. Containment without detections, or without somebody to tell, is none. */
export function busOf<T>(fleet: string, { bus, told }: { readonly bus: T | undefined; readonly told: number }): T {
  if (bus === undefined)
    throw invalidContainment(fleet, {
      rule: 'needs monitoring from level ALERTING on',
      reason: 'it acts upon detections',
      value: 'LOGGING',
      fix: 'raise the level of the monitoring',
    });
  if (told === 0)
    throw invalidContainment(fleet, {
      rule: "needs somebody to tell, in 'notify'",
      reason: 'an agent that is stopped needs a person',
      value: [],
      fix: 'give a target',
    });
  return bus;
}

/** One responder for each fleet, one entry for each agent. */
export function checkProtected(
  agent: AgentSpec,
  { fleet, other, known }: { readonly fleet: string; readonly other: string; readonly known: ReadonlySet<string> },
): void {
  if (other !== fleet)
    throw notContainable(agent.name, {
      rule: `must be of fleet '${fleet}'`,
      reason: 'the responder may touch identities of one fleet',
      value: other,
      fix: 'make one AgentContainment for each fleet',
    });
  if (known.has(agent.name))
    throw notContainable(agent.name, {
      rule: 'must be put under containment once',
      reason: 'it has one brake',
      value: agent.name,
      fix: 'leave one of the two out',
    });
}

/** What an agent remembers by: poisoned, it outlives the containment. */
const REMEMBERS: ReadonlySet<string> = new Set(['memory:write', 'checkpoints:langgraph', 'sessions:strands']);
const READS: readonly AccessLevel[] = [AccessLevel.LIST, AccessLevel.READ];

/** Grants by which an agent remembers. */
export const remembering = (grants: readonly PlannedGrant[]): readonly PlannedGrant[] =>
  grants.filter(({ capability }) => REMEMBERS.has(capability));

/** Grants by which it reads secrets. */
export const readingSecrets = (grants: readonly PlannedGrant[]): readonly PlannedGrant[] =>
  grants.filter(({ capability }) => capability === 'secrets:read');

/** Permissions that only read. */
export const readPermissions = (grants: readonly PlannedGrant[]): ReadonlySet<string> =>
  new Set(grants.filter(({ level }) => READS.includes(level)).flatMap(({ permissions }) => permissions));
