import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { NotContained, sayEach } from '../../../core/containment/step';
import type { ContainableAgent, Incident, StepDefinition } from '../../../core/containment/types';
import { isThere, stoppedName } from '../task-broker/adapters';
import { type AgentWork, nativeOf } from './agent';
import { startWork, stopWork, type WorkClients } from './work';

/** What is done about one workflow alone. The agent's role is left as it is: its other workflows go on. */
export const CONTAIN_WORKFLOW: readonly StepDefinition[] = [
  { id: 'refuse-tasks', stage: 'quarantined' },
  { id: 'stop-workflow', stage: 'quarantined' },
  { id: 'verify-workflow', stage: 'quarantined', last: true },
];

export const RESTORE_WORKFLOW: readonly StepDefinition[] = [
  { id: 'start-workflow', stage: 'quarantined' },
  { id: 'let-tasks', stage: 'quarantined' },
  { id: 'verify-workflow-runs', stage: 'quarantined', last: true },
];

interface Part {
  readonly work: readonly AgentWork[];
  readonly tasks: readonly string[];
}

function partOf(agent: ContainableAgent, { workflow = '' }: Incident): Part {
  const part = nativeOf(agent).workflows?.[workflow];
  if (!part) throw new Error(`workflow '${workflow}' of agent '${agent.name}' is not registered any more`);
  return part;
}

const namesOf = (agent: ContainableAgent, { tasks }: Part): readonly string[] =>
  tasks.map((task) => stoppedName(`/agentic-iam/${agent.fleet}/tasks`, agent.name, task));

/** Steps by their ids; each says what was done. */
export function workflowSteps(
  clients: WorkClients & { readonly ssm: SSMClient },
): Readonly<Record<string, (agent: ContainableAgent, incident: Incident) => Promise<string>>> {
  const { ssm } = clients;
  const each = (work: readonly AgentWork[], run: typeof stopWork): Promise<string> =>
    sayEach(work, (one) => run(clients, one), 'nothing was registered that works for it');
  return {
    'refuse-tasks': async (agent, incident) => {
      const names = namesOf(agent, partOf(agent, incident));
      for (const Name of names) await ssm.send(new PutParameterCommand({ Name, Value: incident.id, Type: 'String', Overwrite: true }));
      return `${names.length} kinds of tasks are given out no more, within a minute`;
    },
    'stop-workflow': (agent, incident) => each(partOf(agent, incident).work, stopWork),
    'verify-workflow': async (agent, incident) => {
      const names = namesOf(agent, partOf(agent, incident));
      for (const name of names) if (!(await isThere(ssm, name))) throw new NotContained(`tasks by '${name}' are given out again`);
      // What is stopped already is stopped again: cheaper than to look, and no less sure.
      return `${names.length} kinds of tasks are refused; ${await each(partOf(agent, incident).work, stopWork)}`;
    },
    'start-workflow': (agent, incident) => each(partOf(agent, incident).work, startWork),
    'let-tasks': async (agent, incident) => {
      const names = namesOf(agent, partOf(agent, incident));
      for (const Name of names)
        await ssm.send(new DeleteParameterCommand({ Name })).catch((error: unknown) => {
          if ((error as Error).name !== 'ParameterNotFound') throw error;
        });
      return `${names.length} kinds of tasks are given out again`;
    },
    'verify-workflow-runs': async (agent, incident) => {
      for (const name of namesOf(agent, partOf(agent, incident)))
        if (await isThere(ssm, name)) throw new NotContained(`tasks by '${name}' are still refused`);
      return 'no kind of task is refused any more';
    },
  };
}
