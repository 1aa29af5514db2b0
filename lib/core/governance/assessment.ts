import type { MaturityLevel } from '../enums';
import { type Control, LADDER } from './ladder';
import type { Evidence } from './posture';

/** What became of one control for one agent. */
export interface ControlResult {
  readonly control: string;
  readonly level: MaturityLevel;
  /** `excepted`: set aside for a while, by somebody. `unsupported`: this cloud cannot. */
  readonly status: 'met' | 'missing' | 'excepted' | 'unsupported' | 'not-applicable';
  /** What is missing, or why it does not matter. @default - it is met */
  readonly reason?: string;
  /** What shows it; where something is missing, what is there all the same. */
  readonly evidence: readonly Evidence[];
}

/** Where one agent stands. */
export interface AgentAssessment {
  readonly cloud: string;
  readonly fleet: string;
  readonly agent: string;
  readonly owner: string;
  /** Path of the construct that made the identity. */
  readonly construct: string;
  /** Highest level whose controls all pass; 0 where not even the first does. */
  readonly level: MaturityLevel | 0;
  /** What its fleet is held to. @default - nothing */
  readonly target?: MaturityLevel;
  readonly results: readonly ControlResult[];
}

/** Where everybody stands. Stable order, no time. */
export interface Assessment {
  readonly agents: readonly AgentAssessment[];
  /** Receipts that were changed after they were made, or stand behind one that was. */
  readonly brokenReceipts: number;
}

/** Something to do. */
export interface NextStep {
  readonly control: Control;
  readonly result: ControlResult;
}

/** What stands between an agent and a level, the cheapest first. */
export function stepsTo({ results }: AgentAssessment, level: number): readonly NextStep[] {
  return results
    .filter((result) => result.level <= level && (result.status === 'missing' || result.status === 'unsupported'))
    .map((result) => ({ result, control: LADDER.find(({ id }) => id === result.control) as Control }))
    .sort((a, b) => a.control.level - b.control.level || a.control.effort - b.control.effort);
}

/** The level of many: that of the weakest. */
export function weakest(agents: readonly AgentAssessment[]): MaturityLevel | 0 {
  return agents.length === 0 ? 0 : (Math.min(...agents.map(({ level }) => level)) as MaturityLevel | 0);
}
