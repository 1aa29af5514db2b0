import type { IDuration } from '../duration';
import { MaturityLevel } from '../enums';
import { invalidGovernance } from '../governance-errors';
import { GovernanceBook } from './book';
import { LADDER } from './ladder';
import { type ControlException, EVERY_FLEET } from './record';

/** A control that is set aside for a while. */
export interface GovernanceException {
  /** Id of the control: `guardrail`. */
  readonly control: string;
  /** Why it cannot be met now, and what is done instead. */
  readonly reason: string;
  /** Who answers for it: an address of a person or team. */
  readonly owner: string;
  /** Last day it holds: `2027-03-31`. */
  readonly until: string;
  /** Name of the agent that it is for. @default - all agents of the fleet */
  readonly agent?: string;
}

/** What becomes of a control that is missing. */
export enum GovernanceMode {
  /** Synth stops, and says what is missing. */
  FAIL = 'fail',
  /** It is said, and synth goes on. */
  WARN = 'warn',
}

/** Refuses what is no level. */
export function checkTarget(fleet: string, target: MaturityLevel): MaturityLevel {
  if (Object.values(MaturityLevel).includes(target) && typeof target === 'number') return target;
  throw invalidGovernance(`governance of fleet '${fleet}'`, {
    rule: "needs a 'target' that is a level of the ladder",
    value: target,
    fix: 'use MaturityLevel.LOGGING, ALERTING, ENFORCEMENT or GOVERNANCE',
  });
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Exceptions from having an end are no exceptions. */
const NEVER: ReadonlySet<string> = new Set(['exceptions-ended']);

/** Refuses an exception that says too little to be held to it. */
export function checkException(cloud: string, fleet: string, given: GovernanceException): ControlException {
  const what = `exception from '${given.control}'`;
  const known = LADDER.some(({ id }) => id === given.control);
  if (!known || NEVER.has(given.control))
    throw invalidGovernance(what, {
      rule: known ? 'is not possible' : 'must name a control of the ladder',
      reason: known ? 'exceptions have an end' : 'nothing else can be set aside',
      value: given.control,
      fix: `use one of: ${LADDER.map(({ id }) => id)
        .filter((id) => !NEVER.has(id))
        .join(', ')}`,
    });
  for (const field of ['reason', 'owner'] as const)
    if (typeof given[field] !== 'string' || given[field].trim() === '')
      throw invalidGovernance(what, { rule: `needs '${field}'`, reason: 'somebody answers for it', fix: `set '${field}'` });
  const isDate = DATE.test(given.until ?? '') && new Date(`${given.until}T00:00:00Z`).toISOString().startsWith(given.until);
  if (!isDate)
    throw invalidGovernance(what, {
      rule: "needs 'until', the last day that it holds",
      reason: 'an exception without an end is a new rule',
      value: given.until,
      fix: "write it like '2027-03-31'",
    });
  const { control, reason, owner, until, agent } = given;
  return { control, reason, owner, until, cloud, fleet, ...(agent === undefined ? {} : { agent }) };
}

/** Writes down what a fleet is held to; once for each fleet and cloud. */
export function holdTo(
  root: object,
  {
    cloud,
    fleet,
    target,
    exceptions,
  }: {
    readonly cloud: string;
    readonly fleet: string;
    readonly target: MaturityLevel;
    readonly exceptions: readonly GovernanceException[];
  },
): void {
  const book = GovernanceBook.of(root);
  if (book.targets.some((one) => one.cloud === cloud && one.fleet === fleet))
    throw invalidGovernance(`governance of fleet '${fleet}'`, {
      rule: `must be said once on ${cloud}`,
      reason: 'two targets would contradict each other',
      fix: 'keep one AgentGovernance for each fleet',
    });
  book.targets.push({ cloud, fleet, level: checkTarget(fleet, target) });
  book.exceptions.push(...exceptions.map((one) => checkException(cloud, fleet, one)));
}

/** Refuses to look after a fleet that is another's, that has nowhere to send what is found, at times that no clock keeps, or that would take and give nothing back. */
export function checkLookedAfter({
  own,
  fleet,
  hasBus,
  every,
  repair = false,
  cleanUp = false,
}: {
  /** Fleet of the governance, or all of them. */
  readonly own: string;
  /** Fleet of the monitoring. */
  readonly fleet: string;
  readonly hasBus: boolean;
  /** How often agents are compared, where it must be so many minutes of an hour. @default - any time will do */
  readonly every?: IDuration;
  /** @default false */
  readonly repair?: boolean | undefined;
  /** @default false */
  readonly cleanUp?: boolean | undefined;
}): void {
  if (own !== EVERY_FLEET && own !== fleet)
    throw invalidGovernance(`governance of fleet '${own}'`, {
      rule: 'must look after the fleet that it is for',
      value: fleet,
      fix: 'give it the monitoring of its own fleet',
    });
  if (!hasBus)
    throw invalidGovernance(`governance of fleet '${fleet}'`, {
      rule: 'needs monitoring from level ALERTING on',
      reason: 'findings go to its bus',
      fix: 'raise the level of the monitoring',
    });
  if (cleanUp && !repair)
    throw invalidGovernance(`governance of fleet '${fleet}'`, {
      rule: "needs 'repair' for 'cleanUp'",
      reason: 'an agent that is declared again gets back by repair what was put away',
      fix: 'set both, or neither',
    });
  const minutes = (every?.toSeconds() ?? 60) / 60;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 59)
    throw invalidGovernance(`governance of fleet '${fleet}'`, {
      rule: "needs 'every' in whole minutes, from 1 to 59",
      reason: 'its schedule is one of minutes of an hour',
      value: `${every?.toSeconds()} seconds`,
      fix: 'use for example Duration.minutes(15)',
    });
}
