import { MaturityLevel } from '../enums';
import { Severity } from '../finding';
import { type AgentAssessment, type Assessment, stepsTo } from './assessment';
import { GovernanceMode } from './settings';

/** Something that stands between an agent and the level its fleet is held to. */
export interface GovernanceFinding {
  /** `governance-` and the id of the control. */
  readonly id: string;
  readonly severity: Severity;
  readonly agent: string;
  /** Path of the agent's identity. */
  readonly construct: string;
  readonly message: string;
  /** What to do, and the code that does it. */
  readonly fix: string;
}

export interface FindingOptions {
  readonly mode: GovernanceMode;
  /** Whether receipts were given. Without, what only they show is told and stops nothing: before the first deployment there can be none. */
  readonly receipts: boolean;
  /** The code that satisfies a control on a cloud. */
  readonly codeOf: (cloud: string, control: string) => string | undefined;
}

/** Name of a level, as people read it. */
export const levelName = (level: number): string => MaturityLevel[level] ?? 'NONE';

/** What is missing, for whom: of every agent whose fleet is held to a level. */
export function governanceFindings({ agents }: Assessment, options: FindingOptions): readonly GovernanceFinding[] {
  return agents.flatMap((one) => (one.target === undefined ? [] : findingsOf(one, one.target, options)));
}

function findingsOf(one: AgentAssessment, target: MaturityLevel, { mode, receipts, codeOf }: FindingOptions): readonly GovernanceFinding[] {
  return stepsTo(one, target).map(({ control, result }) => {
    const soft = mode === GovernanceMode.WARN || (control.receipt !== undefined && !receipts);
    const code = codeOf(one.cloud, control.id);
    const cannot = result.status === 'unsupported' ? `${one.cloud} cannot: ` : '';
    return {
      id: `governance-${control.id}`,
      severity: soft ? Severity.WARNING : Severity.ERROR,
      agent: one.agent,
      construct: one.construct,
      message: `agent '${one.agent}' is at ${levelName(one.level)}, and fleet '${one.fleet}' is held to ${levelName(target)} on ${one.cloud}. Missing of ${levelName(control.level)}: ${control.title.toLowerCase()} (${control.id}): ${cannot}${result.reason ?? ''}`,
      fix:
        result.status === 'unsupported'
          ? `set it aside for a while with an exception, or lower the target`
          : `${control.fix}${code === undefined ? '' : `\n  code: ${code}`}`,
    };
  });
}
