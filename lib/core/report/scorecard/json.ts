import type { AgentAssessment } from '../../governance/assessment';
import { groupsBy, nextSteps, type Scorecard } from './model';

/** The scorecard as data, as `agentic-iam report --json` prints it; given back with `--since`, it is a point of the trend. */
export interface ScorecardDocument {
  readonly schemaVersion: 1;
  readonly scorecard: true;
  readonly at: string;
  readonly library: string;
  readonly sources: readonly string[];
  readonly clouds: Readonly<Record<string, number>>;
  readonly fleets: Readonly<Record<string, number>>;
  readonly agents: readonly (AgentAssessment & {
    readonly next: readonly {
      readonly control: string;
      readonly effort: number;
      readonly reason: string;
      readonly fix: string;
      readonly code?: string;
    }[];
  })[];
  readonly brokenReceipts: number;
}

/** The scorecard as data. */
export function scorecardDocument({ assessment: { agents, brokenReceipts }, at, library, sources, textsOf }: Scorecard): ScorecardDocument {
  const levels = (key: 'cloud' | 'fleet'): Readonly<Record<string, number>> =>
    Object.fromEntries(groupsBy(agents, key).map(({ name, level }) => [name, level]));
  return {
    schemaVersion: 1,
    scorecard: true,
    at,
    library,
    sources,
    clouds: levels('cloud'),
    fleets: levels('fleet'),
    agents: agents.map((agent) => ({
      ...agent,
      next: nextSteps(agent).map(({ control, result }) => {
        const code = textsOf(agent.cloud, control.id)?.code;
        return {
          control: control.id,
          effort: control.effort,
          reason: result.reason ?? '',
          fix: control.fix,
          ...(code === undefined ? {} : { code }),
        };
      }),
    })),
    brokenReceipts,
  };
}
