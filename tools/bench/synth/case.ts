/** Agents in one stack: with three resources each on AWS they stay below CloudFormation's 500 resources. */
export const AGENTS_PER_STACK = 150;

/** One cloud's two programs that must come to the same: through the library, and written by hand. */
export interface SynthCase {
  readonly cloud: string;
  /** Builds an app of so many agents and synthesises it into the folder, with the review at synth or without. */
  readonly library: (agents: number, outdir: string, review?: 'fail' | 'off') => void;
  readonly byHand: (agents: number, outdir: string) => void;
  /**
   * What was synthesised, one line per resource, without the names that constructs give: both programs must give the
   * same lines.
   */
  readonly inventory: (outdir: string) => string[];
}

/** Numbers of the agents, cut into stacks. */
export function stacksOf(agents: number): number[][] {
  const numbers = Array.from({ length: agents }, (_, index) => index);
  const stacks = Array.from({ length: Math.ceil(agents / AGENTS_PER_STACK) }, (_, index) => index * AGENTS_PER_STACK);
  return stacks.map((start) => numbers.slice(start, start + AGENTS_PER_STACK));
}
