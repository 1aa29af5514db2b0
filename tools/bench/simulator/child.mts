// Runs the independent simulator (AGPL) in a process of its own: a Task as JSON comes on stdin, a TaskResult goes to stdout.
// Nothing of the library is in this process, and nothing of the simulator is in the library's.
import { readFileSync } from 'node:fs';
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import type { Scenario, Task, TaskResult } from './scenario.ts';

type Simulation = Parameters<typeof runUnsafeSimulation>[0];

function toSimulation(one: Scenario): Simulation {
  const named = (policies: readonly object[]) => policies.map((policy, index) => ({ name: `p${index}`, policy }));
  const levels = (list: readonly (readonly object[])[]) =>
    list.map((policies, index) => ({ orgIdentifier: `level${index}`, policies: named(policies) }));
  return {
    request: {
      principal: one.principal.kind === 'anonymous' ? { type: 'Anonymous' } : one.principal.arn,
      action: one.action,
      resource: { resource: one.resource, accountId: one.resourceAccount },
      contextVariables: one.context as Record<string, string | string[]>,
    },
    identityPolicies: named(one.identity),
    serviceControlPolicies: levels(one.scps ?? []),
    resourceControlPolicies: levels(one.rcps ?? []),
    ...(one.session && { sessionPolicy: one.session }),
    ...(one.resourcePolicy && { resourcePolicy: one.resourcePolicy }),
    ...(one.boundary && { permissionBoundaryPolicies: named([one.boundary]) }),
  };
}

/** With every check of the input; the answer, and the context keys that it left out because the action does not have them. */
async function answer(one: Scenario): Promise<TaskResult['answers'][number]> {
  const result = await runSimulation(toSimulation(one), {});
  if (result.resultType === 'error') return { effect: `error: ${JSON.stringify(result.errors)}`, ignored: [] };
  const parts = result.resultType === 'single' ? [result.result] : result.results;
  return { effect: result.overallResult, ignored: parts.flatMap(({ ignoredContextKeys = [] }) => ignoredContextKeys) };
}

/** Without the checks, as fast as it can: only good for requests that identity policies alone decide. */
function timeAll(simulations: readonly Simulation[], rounds: number): TaskResult {
  const started = process.hrtime.bigint();
  let allowed = 0;
  for (let round = 0; round < rounds; round++) {
    for (const simulation of simulations) if (runUnsafeSimulation(simulation, {}) === 'Allowed') allowed++;
  }
  return { answers: [], allowed: allowed / rounds, ms: Number(process.hrtime.bigint() - started) / 1e6 };
}

const task = JSON.parse(readFileSync(0, 'utf8')) as Task;
const started = process.hrtime.bigint();
const result: TaskResult =
  task.kind === 'time'
    ? timeAll(expand(task).map(toSimulation), task.rounds ?? 1)
    : { answers: await Promise.all(task.scenarios.map(answer)), allowed: 0, ms: Number(process.hrtime.bigint() - started) / 1e6 };
process.stdout.write(JSON.stringify(result));

/** One scenario for each action, where a task names some. */
function expand({ scenarios, actions }: Task): readonly Scenario[] {
  return actions ? scenarios.flatMap((one) => actions.map((action) => ({ ...one, action }))) : scenarios;
}
