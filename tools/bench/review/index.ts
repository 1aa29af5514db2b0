// Every figure that the review promises, with its goal.
// Run: node --import tsx tools/bench/review/index.ts [name of a group ...]
import { type Goal, printGoals } from '../table';
import { azureGoals } from './azure-figures';
import { gcpGoals } from './gcp-figures';
import { managedPolicyGoals } from './managed-policy-figures';
import { closedGoals, foundGoals } from './path-figures';
import { agreementGoals } from './simulator-figures';
import { speedGoals } from './speed-figures';

const GROUPS: Readonly<Record<string, () => readonly Goal[]>> = {
  paths: foundGoals,
  closings: closedGoals,
  gcp: gcpGoals,
  azure: azureGoals,
  'managed-policies': managedPolicyGoals,
  simulator: agreementGoals,
  speed: speedGoals,
};

function main(): void {
  const asked = process.argv.slice(2).filter((word) => word in GROUPS);
  const goals = Object.entries(GROUPS)
    .filter(([name]) => asked.length === 0 || asked.includes(name))
    .flatMap(([name, measure]) => {
      const start = performance.now();
      const measured = measure();
      printGoals(`${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`, measured);
      return measured;
    });
  process.exitCode = goals.every(({ met }) => met) ? 0 : 1;
}

if (require.main === module) main();
