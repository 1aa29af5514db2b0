import { Lazy, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { AgenticIamError } from '../../core/errors';
import type { FleetMember } from '../../core/fleet';
import type { JsonValue } from '../../core/json';
import { taskBeyondAgent, taskNotOffered } from '../../core/task-errors';
import type { TaskTemplate } from '../../core/task-template';
import type { IAgentIdentity } from '../agent-identity';
import { writeStatement } from './late-document';
import { type CompiledTask, compileTask } from './task-policy';
import { CHAINED_SESSION } from './trust/facts';

/** Where the broker of a fleet finds its templates. */
export const parameterPath = (fleet: string): string => `/agentic-iam/${fleet}/tasks`;

interface Offer {
  readonly member: FleetMember;
  readonly callers: readonly IRole[];
  readonly tasks?: readonly string[];
}

/**
 * The templates of a fleet's broker, one parameter each, so that a change of one agent deploys no code. What the parameter holds is
 * compiled when the template is written, since the agent's access may be bound later.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
export class TaskTable {
  readonly path: string;

  constructor(
    private readonly scope: Construct,
    private readonly fleet: string,
  ) {
    this.path = parameterPath(fleet);
  }

  add(identity: IAgentIdentity, { member, callers, tasks }: Offer): void {
    const { agent } = identity;
    if (identity.fleet !== this.fleet)
      throw taskNotOffered(agent.name, { rule: `must be of fleet '${this.fleet}'`, value: identity.fleet });
    const agents = callers.find((caller) => 'agent' in caller || 'agent' in (caller.node.scope ?? {}));
    if (agents) throw taskNotOffered(agent.name, { rule: 'must not be asked for by an agent', value: agents.node.path });
    const names = tasks ?? agent.tasks.map(({ name }) => name);
    const offered = names.map((name) => {
      const found = agent.tasks.find((task) => task.name === name);
      if (!found) throw taskBeyondAgent(agent.name, name, { what: name, known: agent.tasks.map((task) => task.name) });
      return found;
    });
    if (offered.length === 0) throw taskNotOffered(agent.name, { rule: "must declare 'tasks'", value: [] });
    const compiled = new Map(offered.map((task) => [task.name, once(() => this.compile(identity, task, member))]));
    for (const task of offered) this.addTemplate(identity, task, { callers, compiled: compiled.get(task.name) as () => CompiledTask });
    member.attachTasks((name) => {
      const made = compiled.get(name)?.();
      return made && (Stack.of(this.scope).resolve({ statements: made.statements, size: made.size, tagSize: made.tagSize }) as JsonValue);
    });
    this.scope.node.addValidation({ validate: () => [...compiled.values()].flatMap(problemOf) });
  }

  private addTemplate(
    identity: IAgentIdentity,
    task: TaskTemplate,
    { callers, compiled }: { readonly callers: readonly IRole[]; readonly compiled: () => CompiledTask },
  ): void {
    const stack = Stack.of(this.scope);
    const { agent, fleet, roleArn } = identity;
    new CfnParameter(this.scope, `Task-${agent.name}-${task.name}`, {
      name: `${this.path}/${agent.name}/${task.name}`,
      description: `Task ${task.name} of agent ${agent.name}`,
      type: 'String',
      tier: 'Intelligent-Tiering',
      value: Lazy.string({
        produce: () =>
          stack.toJsonString({
            agent: agent.name,
            fleet,
            roleArn,
            template: task.name,
            parameters: task.parameters,
            seconds: Math.min(task.longestSeconds, CHAINED_SESSION),
            policy: { Version: '2012-10-17', Statement: statementsOf(compiled) },
            callers: callers.map((caller) => caller.roleArn),
          }),
      }),
    });
  }

  private compile({ agent }: IAgentIdentity, task: TaskTemplate, { plan }: FleetMember): CompiledTask {
    if (!plan) throw taskNotOffered(agent.name, { rule: 'must have a ScopedAgentRole in this app', value: 'none' });
    return compileTask(plan, task, this.scope);
  }
}

/** What is wrong with a task is said by validation; the template that is never written then holds nothing. */
function statementsOf(compiled: () => CompiledTask): readonly object[] {
  try {
    return compiled().statements.map(writeStatement);
  } catch (error) {
    if (error instanceof AgenticIamError) return [];
    throw error;
  }
}

function problemOf(compiled: () => CompiledTask): readonly string[] {
  try {
    compiled();
    return [];
  } catch (error) {
    if (error instanceof AgenticIamError) return [error.message];
    throw error;
  }
}

/** Synthesis asks several times; what an agent was given is complete by then. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
