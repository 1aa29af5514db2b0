// Every figure that detection promises, with its goal.
// Run: npm run bench:detect [attacks | sequences | speed ...]
import { type Goal, printGoals } from '../table';
import { attackGoals } from './attacks';
import { sequenceGoals } from './sequences';
import { speedGoals } from './speed';

const GROUPS: Readonly<Record<string, () => readonly Goal[]>> = { attacks: attackGoals, sequences: sequenceGoals, speed: speedGoals };

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
