import { compareWithSimulator } from '../simulator/compare';
import type { Goal } from '../table';

const COUNT = 10_000;
const SEEDS = [1, 2, 3];

/** Random requests over all layers, against an independent simulator in a process of its own. */
export function agreementGoals(): readonly Goal[] {
  return SEEDS.map((seed) => {
    const { agreed, differences } = compareWithSimulator(COUNT, seed);
    const open = differences.filter(({ exception }) => exception === undefined);
    return {
      goal: `${COUNT} requests, seed ${seed}: agree, or differ for a reason of tools/bench/simulator/exceptions.json`,
      met: open.length === 0,
      found: `${agreed} agree, ${differences.length} differ for a listed reason, ${open.length} for none`,
    };
  });
}
