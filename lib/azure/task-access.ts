import { Construct } from 'constructs';
import { type FleetMember, Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { checkLiteral, checkName, shortHash } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import { invalidTaskAccess } from '../core/task-access-errors';
import { offeredTasks } from '../core/task-offer';
import type { TaskTemplate } from '../core/task-template';
import { resolveTokens, Token } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import { CATALOG } from './catalog';
import tasks from './catalog/tasks.json';
import { assignRole } from './private/assignments';
import { type SignedPart, type SignedStore, signaturesOf } from './private/task-signature';

export interface TaskAccessProps {
  /** Fleet whose agents it serves, 1-20 of `[a-z0-9-]`. @default main */
  readonly fleet?: string;
}

/** Where the blobs of a resource are. A `StorageAccount` and a `StorageContainer` of the azurerm provider qualify as they are. */
export interface TaskStore {
  readonly account: { readonly id: string; readonly name: string };
  readonly container: { readonly name: string };
  /**
   * Whether the account has a hierarchical namespace: a signature can then be for a directory, else it is for one blob at a time.
   * @default - as the account of this app declares it; of one made elsewhere false
   */
  readonly hierarchicalNamespace?: boolean;
}

/** What an agent offers. Who may ask is who may become the agent: its own trust says so. */
export interface TaskOffer {
  /** The store of each resource that the tasks use, by resource name. */
  readonly stores: Readonly<Record<string, TaskStore>>;
  /** Names of the spec's tasks. @default - all of them */
  readonly tasks?: readonly string[];
}

/** A kind of task as the code that signs for it reads it. */
export interface TaskSignatureTemplate {
  readonly agent: string;
  readonly template: string;
  readonly parameters: TaskTemplate['parameters'];
  /** Longest life, in seconds. */
  readonly seconds: number;
  readonly parts: readonly SignedPart[];
}

/**
 * Credentials for one task at a time: signatures (user delegation SAS) for the blobs that the task is about, which live as long as the task. Code
 * that runs as the agent signs them with `TaskSignatures` of `agentic-iam/client` and {@link configuration}, and hands them to what does the work; they reach no
 * more than the agent's own role. The agent may ask for keys to sign with; that is one action at each storage account, and the
 * manifest shows it as a native grant.
 *
 * Azure signs for blobs alone: a task that needs more is refused with `task-unbounded`, never widened. One signature cannot be revoked;
 * revoking the user delegation keys of the account, or taking away the agent's role, stops all of them.
 *
 * @throws AgenticIamError `invalid-task-access` for an agent without role, of another fleet, or a resource whose store is missing
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/create-user-delegation-sas
 */
export class TaskAccess extends Construct {
  readonly fleet: string;
  private readonly templates: TaskSignatureTemplate[] = [];
  private readonly keyed = new Set<string>();

  constructor(scope: Construct, id: string, props: TaskAccessProps = {}) {
    super(scope, id);
    this.fleet = checkName('fleet', props.fleet ?? 'main');
  }

  /** Lets code that runs as the agent sign for its tasks. The agent's role must be there already. */
  offer(identity: IAgentIdentity, { stores, tasks: names }: TaskOffer): void {
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
    const storeOf = (resource: string): TaskStore => {
      const store = Object.hasOwn(stores, resource) ? stores[resource] : undefined;
      if (store) return store;
      throw invalidTaskAccess(agent.name, {
        rule: "needs the store of each resource in 'stores'",
        reason: 'a signature names account and container',
        value: resource,
        fix: `add '${resource}: { account, container }'`,
      });
    };
    const made = offeredTasks(agent, names).map((task) => ({
      agent: agent.name,
      template: task.name,
      parameters: task.parameters,
      seconds: task.longestSeconds,
      parts: signaturesOf(plan, task, (resource) => signedStore(agent.name, storeOf(resource))),
    }));
    for (const resource of new Set(made.flatMap(({ parts }) => parts.map((part) => part.resource)))) {
      checkStore(agent.name, { store: storeOf(resource), scope: plan.grants.find((grant) => grant.resource === resource)?.scopes[0] });
      this.admit(identity, storeOf(resource));
    }
    this.templates.push(...made.filter(({ template }) => !this.find(agent.name, template)));
    member.attachTasks((name) => {
      const found = this.find(agent.name, name);
      return found && (resolveTokens(this, { seconds: found.seconds, parts: found.parts }) as JsonValue);
    });
  }

  /** The templates as JSON text: give it to the code that signs, for example as an environment variable. It holds no secret. */
  get configuration(): string {
    return JSON.stringify(this.templates);
  }

  private find(agent: string, template: string): TaskSignatureTemplate | undefined {
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

  /** Once for each account. */
  private admit(identity: IAgentIdentity, { account }: TaskStore): void {
    const place = String(resolveTokens(this, account.id)).toLowerCase();
    const id = `task-key-${shortHash(identity.agent.name, place)}`;
    if (this.keyed.has(id)) return;
    this.keyed.add(id);
    assignRole(this, identity, {
      grant: { id, scope: account.id, actions: [tasks.key.action], dataActions: [] },
      owner: { fleet: this.fleet },
    });
    identity.recordNativeGrant({ origin: `${this.node.path}/${id}`, permissions: [tasks.key.action], scopes: [account.id] });
  }
}

function signedStore(agent: string, { account, container, hierarchicalNamespace }: TaskStore): SignedStore {
  const declared = (account as { readonly isHnsEnabledInput?: unknown }).isHnsEnabledInput;
  for (const [field, name] of Object.entries({ account: account.name, container: container.name })) {
    if (Token.isUnresolved(name)) continue;
    checkLiteral(`the tasks of agent '${agent}'`, field, name);
    if (!/^[a-z0-9$][a-z0-9-]*$/.test(name))
      throw invalidTaskAccess(agent, {
        rule: `needs the name of the ${field}`,
        reason: 'it becomes part of an address',
        value: name,
        fix: 'give the name alone, in lower case',
      });
  }
  return { account: account.name, container: container.name, hierarchical: hierarchicalNamespace ?? declared === true };
}

/** Where both are known, the store is the one that the resource is bound to. */
function checkStore(agent: string, { store: { account, container }, scope }: { readonly store: TaskStore; readonly scope: unknown }): void {
  if (typeof scope !== 'string' || [scope, account.id, container.name].some((text) => Token.isUnresolved(text))) return;
  const expected = `${account.id}/blobServices/default/containers/${container.name}`;
  if (scope.toLowerCase() === expected.toLowerCase()) return;
  throw invalidTaskAccess(agent, {
    rule: 'needs the store that its resource is bound to',
    reason: 'a signature for another one would not be backed by the role',
    value: expected,
    fix: `give account and container of '${scope}'`,
  });
}
