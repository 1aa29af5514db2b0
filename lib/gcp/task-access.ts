import { Construct } from 'constructs';
import { emptyField } from '../core/errors';
import { type FleetMember, Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { checkName, shortHash } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import { invalidTaskAccess } from '../core/task-access-errors';
import { offeredTasks } from '../core/task-offer';
import type { TaskTemplate } from '../core/task-template';
import { resolveTokens, Token } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import { CATALOG } from './catalog';
import tasks from './catalog/tasks.json';
import { pinAddress } from './private/address';
import { CustomRoles } from './private/custom-roles';
import { addMember } from './private/members';
import { type AccessBoundary, boundaryOf } from './private/task-boundary';

export interface TaskAccessProps {
  /** Fleet whose agents it serves, 1-20 of `[a-z0-9-]`. @default main */
  readonly fleet?: string;
}

/** Who asks for tokens: a `ServiceAccount`, or the IAM member of one made elsewhere, or of a federated workload. */
export interface TaskCaller {
  /** `serviceAccount:EMAIL` or `principal://...`. */
  readonly member: string;
}

/** What an agent offers, and to whom. */
export interface TaskOffer {
  /** Code that makes the tokens of tasks. It can make tokens for all that the agent may do: run it apart from what it hands them to. */
  readonly callers: readonly TaskCaller[];
  /** Names of the spec's tasks. @default - all of them */
  readonly tasks?: readonly string[];
}

/** A kind of task as the code that makes its tokens reads it. */
export interface TaskTokenTemplate extends AccessBoundary {
  readonly agent: string;
  readonly template: string;
  readonly parameters: TaskTemplate['parameters'];
  /** Address of the agent's service account. */
  readonly serviceAccount: string;
  /** Longest life, in seconds. */
  readonly seconds: number;
}

/**
 * Credentials for one task at a time: access tokens of the agent's service account that live as long as the task, and are bounded to the part
 * of Cloud Storage that it is about. Callers may ask for tokens of exactly the agent's service account, and do so with `TaskTokens` of `agentic-iam/client` and
 * {@link configuration}.
 *
 * Google Cloud cannot make callers ask for a bounded token, so they hold what the agent holds; what they hand the token to does not. It cannot
 * bound tokens for anything but Cloud Storage either: a task that needs more is refused with `task-unbounded`, never widened. A token
 * cannot be revoked by itself; disabling the service account stops all of them. Buckets need uniform bucket-level access.
 *
 * @throws AgenticIamError `invalid-task-access` for an agent without service account or role, of another fleet, or a caller that is an agent
 * @see https://docs.cloud.google.com/iam/docs/downscoping-short-lived-credentials
 */
export class TaskAccess extends Construct {
  readonly fleet: string;
  private readonly templates: TaskTokenTemplate[] = [];

  constructor(scope: Construct, id: string, props: TaskAccessProps = {}) {
    super(scope, id);
    this.fleet = checkName('fleet', props.fleet ?? 'main');
  }

  /** Lets these callers make tokens for tasks of an agent, whose role must be there already. */
  offer(identity: IAgentIdentity, { callers, tasks: names }: TaskOffer): void {
    const { agent } = identity;
    const member = this.memberOf(identity);
    const { plan } = member;
    if (!plan)
      throw invalidTaskAccess(agent.name, {
        rule: 'needs a ScopedAgentRole first',
        reason: 'a task gets a part of what the agent has',
        value: identity.node.path,
        fix: 'make the role before the tasks are offered',
      });
    if (callers.length === 0) throw emptyField(`the tasks of agent '${agent.name}'`, 'callers', 'nobody could ask for them');
    const email = emailOf(identity);
    const made = offeredTasks(agent, names).map((task) => ({
      agent: agent.name,
      template: task.name,
      parameters: task.parameters,
      serviceAccount: email,
      seconds: task.longestSeconds,
      ...boundaryOf(plan, task, (permissions, project) => CustomRoles.of(this).nameFor({ fleet: this.fleet, project, permissions })),
    }));
    this.templates.push(...made.filter(({ template }) => !this.find(agent.name, template)));
    member.attachTasks((name) => {
      const found = this.find(agent.name, name);
      return found && this.describe(found);
    });
    for (const caller of callers) this.admit(identity, caller);
  }

  /** The templates as JSON text: give it to the code that makes tokens, for example as an environment variable. It holds no secret. */
  get configuration(): string {
    return JSON.stringify(this.templates);
  }

  private find(agent: string, template: string): TaskTokenTemplate | undefined {
    return this.templates.find((one) => one.agent === agent && one.template === template);
  }

  private memberOf(identity: IAgentIdentity): FleetMember {
    const { agent, fleet, node } = identity;
    if (fleet !== this.fleet)
      throw invalidTaskAccess(agent.name, {
        rule: `must be of fleet '${this.fleet}'`,
        reason: 'fleets share nothing',
        value: fleet,
        fix: `make a TaskAccess of fleet '${fleet}'`,
      });
    const member = Fleets.of(node.root).tryFind(CATALOG.cloud, fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, node.path);
    return member;
  }

  private describe({ serviceAccount, seconds, accessBoundary }: TaskTokenTemplate): JsonValue {
    return resolveTokens(this, { serviceAccount, seconds, accessBoundary }) as JsonValue;
  }

  private admit(identity: IAgentIdentity, caller: TaskCaller): void {
    const { agent, fleet, project } = identity;
    const { member } = checkCaller(agent.name, caller);
    const role = CustomRoles.of(this).nameFor({ fleet, project, permissions: [tasks.mint.permission] });
    const place = { type: 'service-account', serviceAccountId: `projects/${project}/serviceAccounts/${emailOf(identity)}` } as const;
    const id = `task-caller-${shortHash(agent.name, String(resolveTokens(this, member)))}`;
    if (!this.node.tryFindChild(id)) pinAddress(addMember(this, id, { place, member, role }), fleet, agent.name, id);
  }
}

function emailOf({ agent, email, kind }: IAgentIdentity): string {
  if (email !== undefined) return email;
  throw invalidTaskAccess(agent.name, {
    rule: 'needs a service account',
    reason: 'only of one can other code ask for tokens',
    value: kind,
    fix: 'make its identity with new AgentIdentity(...)',
  });
}

function checkCaller(agent: string, caller: TaskCaller): TaskCaller {
  const { member } = caller;
  const isOne = Token.isUnresolved(member) || /^(serviceAccount:[^*?\s]+@[^*?\s]+|principal:\/\/[^*?\s]+)$/.test(member);
  if (isOne && !('agent' in caller)) return caller;
  throw invalidTaskAccess(agent, {
    rule: 'must be asked for by exactly one workload that is no agent',
    reason: 'who may ask can have all that the agent may do',
    value: 'agent' in caller ? 'an agent' : member,
    fix: "give 'serviceAccount:EMAIL' or 'principal://...' of the code that makes tokens",
  });
}
