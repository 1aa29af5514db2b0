import type { MaturityLevel } from '../../enums';
import { type AgentAssessment, type Assessment, type NextStep, stepsTo, weakest } from '../../governance/assessment';
import { levelName } from '../../governance/findings';
import { LADDER } from '../../governance/ladder';
import { byCodePoint } from '../../json';
import { count } from '../words';

/** What a cloud says of a control: what shows it, and the code that satisfies it. */
export interface ControlTexts {
  readonly shown: string;
  readonly code: string;
}

/** Where everybody stood at another time. */
export interface EarlierScore {
  /** A day, or the path that it was read from. */
  readonly label: string;
  readonly agents: readonly Pick<AgentAssessment, 'cloud' | 'fleet' | 'agent' | 'level'>[];
}

/** Everything that a scorecard is drawn from. */
export interface Scorecard {
  readonly assessment: Assessment;
  /** Day and time it was made, as ISO 8601 in UTC. */
  readonly at: string;
  /** Version of this library. */
  readonly library: string;
  /** Files that were read. */
  readonly sources: readonly string[];
  /** Earlier scores, oldest first. @default [] */
  readonly earlier: readonly EarlierScore[];
  readonly textsOf: (cloud: string, control: string) => ControlTexts | undefined;
}

/** Agents that belong together. */
export interface Group {
  readonly name: string;
  readonly level: MaturityLevel | 0;
  readonly agents: readonly AgentAssessment[];
}

export const LEVELS = [1, 2, 3, 4] as const;

/** Agents by cloud, or by fleet. */
export function groupsBy(agents: readonly AgentAssessment[], key: 'cloud' | 'fleet'): readonly Group[] {
  const names = [...new Set(agents.map((one) => one[key]))].sort(byCodePoint);
  return names.map((name) => {
    const own = agents.filter((one) => one[key] === name);
    return { name, level: weakest(own), agents: own };
  });
}

/** How many controls of a level pass, and how many there are. */
export function tallyOf({ results }: AgentAssessment, level: number): { readonly passed: number; readonly all: number } {
  const own = results.filter((result) => result.level === level);
  return { passed: own.filter(({ status }) => status !== 'missing' && status !== 'unsupported').length, all: own.length };
}

/** What stands between an agent and its next level, the cheapest first. */
export function nextSteps(agent: AgentAssessment): readonly NextStep[] {
  return agent.level === 4 ? [] : stepsTo(agent, agent.level + 1);
}

/** What most agents lack, the most common first: what one change may do for many. */
export function commonSteps(
  agents: readonly AgentAssessment[],
): readonly { readonly step: NextStep; readonly agents: readonly AgentAssessment[] }[] {
  const found = new Map<string, { step: NextStep; agents: AgentAssessment[] }>();
  for (const agent of agents)
    for (const step of nextSteps(agent)) {
      const known = found.get(step.control.id) ?? { step, agents: [] };
      known.agents.push(agent);
      found.set(step.control.id, known);
    }
  return [...found.values()].sort(
    (a, b) =>
      a.step.control.level - b.step.control.level || a.step.control.effort - b.step.control.effort || b.agents.length - a.agents.length,
  );
}

/** The one sentence of a first page. */
export function scoreHeadline({ agents }: Assessment): string {
  if (agents.length === 0) return 'No agents were found';
  const lowest = weakest(agents);
  const at = agents.filter(({ level }) => level === lowest).length;
  const fleet = `${count(agents.length, 'agent')} in ${count(new Set(agents.map(({ fleet: name }) => name)).size, 'fleet')} on ${count(new Set(agents.map(({ cloud }) => cloud)).size, 'cloud')}`;
  if (lowest === 4) return `${fleet}: all are governed`;
  const behind = agents.filter(({ level, target }) => target !== undefined && level < target).length;
  const held = behind > 0 ? `; ${behind} below what ${behind === 1 ? 'it is' : 'they are'} held to` : '';
  const who = at === agents.length ? (at === 1 ? 'it stands' : 'all stand') : `the weakest ${at === 1 ? 'one stands' : `${at} stand`}`;
  return `${fleet}: ${who} at ${lowest === 0 ? 'no level yet' : levelName(lowest)}${held}`;
}

/** What each level means to somebody who has a minute. */
export const LEVEL_MEANS: Readonly<Record<number, string>> = {
  0: 'Nobody could say afterwards what the agent did.',
  1: 'What it does is recorded, and the record holds.',
  2: 'People hear of what it should not do, within minutes.',
  3: 'What it should not do is refused before it happens, and the agent can be stopped.',
  4: 'All of that is checked and repaired by itself, every day.',
};

/** Exceptions that hold somewhere, each once. */
export function exceptionsOf(
  agents: readonly AgentAssessment[],
): readonly { readonly control: string; readonly reason: string; readonly agents: readonly AgentAssessment[] }[] {
  const found = new Map<string, { control: string; reason: string; agents: AgentAssessment[] }>();
  for (const agent of agents)
    for (const { status, control, reason = '' } of agent.results)
      if (status === 'excepted') {
        const known = found.get(`${control}\n${reason}`) ?? { control, reason, agents: [] };
        known.agents.push(agent);
        found.set(`${control}\n${reason}`, known);
      }
  return [...found.values()];
}

export const controlTitle = (id: string): string => LADDER.find((control) => control.id === id)?.title ?? id;
