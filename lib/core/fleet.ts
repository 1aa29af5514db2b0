import type { AccessPlan } from './access-plan';
import type { AgentSpec } from './agent-spec';
import { runChecks } from './checks';
import { duplicateAgent, roleAlreadyScoped } from './errors';
import type { JsonObject, JsonValue } from './json';
import { byCodePoint } from './json';
import type { Manifest, ManifestAgent, ManifestIdentity, ManifestNativeGrant, ManifestSecret, ManifestTask } from './manifest';
import { makeManifest } from './manifest';
import type { Acknowledgement } from './review/acknowledgements';
import type { TaskTemplate } from './task-template';
import { VERSION } from './version';

/** The part of a manifest that only the role knows. Functions are asked when the manifest is made, so that late grants count. */
export interface RoleRecord {
  readonly plan: AccessPlan;
  readonly ceiling?: () => JsonValue;
  readonly window?: { readonly notBefore?: string; readonly notAfter?: string };
}

/** The part that only the identity knows. */
export interface IdentityRecord {
  readonly cloud: string;
  /** Version of that cloud's catalog. */
  readonly catalog: string;
  readonly fleet: string;
  readonly agent: AgentSpec;
  /** True for a reference to an identity made elsewhere; one made by the app itself takes its place. @default false */
  readonly imported?: boolean;
  /** Path of the identity's construct. */
  readonly construct: string;
  readonly describe: () => ManifestIdentity;
  /** What the user's own code granted past the library. */
  readonly native: () => readonly ManifestNativeGrant[];
  /** Turns tokens inside a value into what the template will hold. */
  readonly resolve: (value: unknown) => JsonValue;
}

/** An agent as registered; its role joins later. */
export class FleetMember {
  private role: RoleRecord | undefined;
  private taskPolicies: ((task: string) => JsonValue | undefined) | undefined;

  constructor(readonly identity: IdentityRecord) {}

  /** Whether it only refers to an identity, and nothing was granted through it. */
  get isReplaceable(): boolean {
    return this.identity.imported === true && this.role === undefined && this.identity.native().length === 0;
  }

  /** Joins the one role of the agent. */
  attachRole(role: RoleRecord): void {
    if (this.role) throw roleAlreadyScoped(this.identity.agent.name, this.identity.construct);
    this.role = role;
  }

  /** The access plan of the agent's role; undefined until it has one. */
  get plan(): AccessPlan | undefined {
    return this.role?.plan;
  }

  /** Joins what bounds the credentials of its tasks, by name of the task; asked when the manifest is made. */
  attachTasks(policyOf: (task: string) => JsonValue | undefined): void {
    const earlier = this.taskPolicies;
    this.taskPolicies = (task) => policyOf(task) ?? earlier?.(task);
  }

  /** The agent as the manifest shows it, with its findings. */
  toManifest(): ManifestAgent {
    const { agent, cloud, fleet, construct, resolve } = this.identity;
    const grants = this.role?.plan.grants ?? [];
    const bare: ManifestAgent = {
      name: agent.name,
      cloud,
      fleet,
      construct,
      owner: agent.owner,
      purpose: agent.purpose,
      mode: agent.mode,
      scope: { ...agent.scope } as JsonObject,
      limits: { ...agent.limits } as JsonObject,
      ...(Object.keys(agent.responses).length > 0 ? { responses: agent.responses } : {}),
      maxSessionSeconds: agent.maxSessionSeconds,
      delegatesTo: agent.delegatesTo.map((child) => child.name),
      workflows: agent.workflows.map(({ name, steps, interleaved }) => ({
        name,
        steps,
        ...(interleaved.length > 0 ? { anytime: interleaved } : {}),
      })),
      ...(agent.tasks.length > 0 ? { tasks: agent.tasks.map((task) => this.describeTask(task)) } : {}),
      identity: this.identity.describe(),
      access: grants.map(({ traits: _traits, target: _target, wide, scopes, conditions, ...grant }) => ({
        ...grant,
        ...(wide ? { wide } : {}),
        permissions: [...grant.permissions].sort(),
        scopes: scopes.map((scope) => resolve(scope)),
        conditions: conditions.map((condition) => resolve(condition)),
      })),
      ...(this.role?.plan.outside ? { outside: this.role.plan.outside } : {}),
      native: this.identity.native(),
      ...(this.role?.ceiling ? { ceiling: this.role.ceiling() } : {}),
      ...(this.role?.window ? { window: this.role.window } : {}),
      findings: [],
    };
    return { ...bare, findings: runChecks(bare) };
  }

  private describeTask({ name, capabilities, delegatesTo, parameters, within, longestSeconds }: TaskTemplate): ManifestTask {
    const native = this.taskPolicies?.(name);
    return {
      name,
      capabilities: [
        ...capabilities.map(({ id, resource }) => ({ capability: id, resource })),
        ...delegatesTo.map((resource) => ({ capability: 'agents:delegate', resource })),
      ],
      parameters,
      within,
      longestSeconds,
      ...(native === undefined ? {} : { native }),
    };
  }
}

function orderAcknowledgements(made: readonly Acknowledgement[]): readonly Acknowledgement[] {
  return [...made].sort((a, b) => byCodePoint(a.construct, b.construct) || byCodePoint(a.id, b.id));
}

/** Every agent under one construct root. Keyed by the root object, which the core never looks into. */
export class Fleets {
  private static readonly byRoot = new WeakMap<object, Fleets>();

  /** The registry of a root; made at the first call. */
  static of(root: object): Fleets {
    const known = Fleets.byRoot.get(root) ?? new Fleets();
    Fleets.byRoot.set(root, known);
    return known;
  }

  private readonly members = new Map<string, FleetMember>();
  private acknowledged: () => readonly Acknowledgement[] = () => [];
  private readonly secrets: (() => ManifestSecret)[] = [];

  /** Registers a secret that agents read; asked when the manifest is made. */
  registerSecret(describe: () => ManifestSecret): void {
    this.secrets.push(describe);
  }

  /** Where the findings of a review are acknowledged; asked when the manifest is made. */
  acknowledgeBy(list: () => readonly Acknowledgement[]): void {
    this.acknowledged = list;
  }

  /** Registers an identity; refuses a second one for the same agent, fleet and cloud. */
  register(identity: IdentityRecord): FleetMember {
    const { cloud, fleet, agent } = identity;
    const key = `${cloud}/${fleet}/${agent.name}`;
    const known = this.members.get(key);
    if (known && (identity.imported || !known.isReplaceable))
      throw duplicateAgent(agent.name, { fleet, cloud, where: known.identity.construct });
    const member = new FleetMember(identity);
    this.members.set(key, member);
    return member;
  }

  /** The registered agent, or undefined. */
  tryFind(cloud: string, fleet: string, agent: string): FleetMember | undefined {
    return this.members.get(`${cloud}/${fleet}/${agent}`);
  }

  /** The manifest of every agent registered so far. */
  toManifest(): Manifest {
    const members = [...this.members.values()];
    const catalogs = Object.fromEntries(members.map(({ identity }) => [identity.cloud, identity.catalog]));
    const manifest = makeManifest(
      VERSION,
      catalogs,
      members.map((member) => member.toManifest()),
    );
    const acknowledged = orderAcknowledgements(this.acknowledged());
    const secrets = this.secrets.map((describe) => describe()).sort((a, b) => byCodePoint(a.construct, b.construct));
    return { ...manifest, ...(secrets.length > 0 ? { secrets } : {}), ...(acknowledged.length > 0 ? { acknowledged } : {}) };
  }
}
