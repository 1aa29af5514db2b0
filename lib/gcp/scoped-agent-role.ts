import { Construct } from 'constructs';
import { type AccessPlan, type BoundResource, planAccess } from '../core/access-plan';
import type { AgentSpec } from '../core/agent-spec';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import type { JsonValue } from '../core/json';
import { shortHash } from '../core/names';
import { unregisteredIdentity } from '../core/native-errors';
import { type AccessWindow, checkWindow } from '../core/window';
import { resolveTokens } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import type { AgentResource } from './agent-resource';
import { CATALOG, LIMITS } from './catalog';
import { pinAddress } from './private/address';
import {
  addAccessBoundary,
  addDenyPolicy,
  type Ceiling,
  deniedPermissions,
  insideOf,
  type PrincipalAccessBoundaryOptions,
} from './private/boundaries';
import { allOf, type CelCondition } from './private/conditions';
import { CustomRoles } from './private/custom-roles';
import { noteGiven } from './private/given-roles';
import { addMember } from './private/members';
import { checkNativeRole } from './private/native-role';
import { countOne } from './private/quota';
import type { GcpScope } from './private/scopes';
import { type RoleGrant, translateAccess } from './private/translate-access';

export type { PrincipalAccessBoundaryOptions };

/** What the role of one agent is made of. */
export interface ScopedAgentRoleProps extends AccessWindow {
  readonly identity: IAgentIdentity;
  /** Every resource name of the agent's spec, bound to a real thing. Sub-agents are bound under their own names. */
  readonly resources: Readonly<Record<string, AgentResource>>;
  /** First instant the access holds, ISO 8601 in UTC. Pub/Sub and Cloud Tasks cannot bound access in time. @default - at once */
  readonly notBefore?: string;
  /** Last instant the access holds; as `notBefore`. @default - without end */
  readonly notAfter?: string;
  /**
   * Adds a deny policy to the agent's project: no way to more access, and no write where the agent is read-only, whatever
   * is granted to it later. Who deploys needs `roles/iam.denyAdmin` of the organization.
   *
   * @default false
   */
  readonly denyPolicy?: boolean;
  /** Fences the agent's service account into projects. @default - no fence */
  readonly principalAccessBoundary?: PrincipalAccessBoundaryOptions;
}

/** A role of the user's own choice for an agent, past its capabilities. */
export interface NativeGrantProps {
  /** Predefined role, for example `roles/storage.objectViewer`, or full name of a custom one. */
  readonly role: string;
  /** Where: the access policy of this thing, under its prefix or other limits. */
  readonly on: AgentResource;
}

/** Control that each part of a role serves, by its path. */
const ROLE_PARTS = { '': 'access-as-declared', DenyPolicy: 'ceiling', AccessBoundary: 'ceiling', AccessBoundaryBinding: 'ceiling' };

/**
 * What an agent may do: custom roles with exactly the permissions its capabilities need, granted to the agent on the
 * things themselves. Where Google Cloud has no narrower place than a project, a condition names the thing, and where
 * there is no such condition either, the catalog says so.
 *
 * @see https://docs.cloud.google.com/iam/docs/creating-custom-roles
 */
export class ScopedAgentRole extends Construct {
  readonly agent: AgentSpec;
  /** What is granted, and why. */
  readonly access: AccessPlan;
  private readonly identity: IAgentIdentity;

  constructor(scope: Construct, id: string, props: ScopedAgentRoleProps) {
    super(scope, id);
    this.identity = props.identity;
    this.agent = props.identity.agent;
    const window = checkWindow(this.agent.name, props);
    const bound = this.bindAll(props.resources, window !== undefined);
    this.access = planAccess(this.agent, CATALOG, bound);
    const grants = translateAccess(this.access, { window, resolve: (value) => resolveTokens(this, value) });
    const ceiling = this.ceilingOf(props);
    this.attach({ window, ceiling });
    for (const grant of grants) this.add(grant);
    if (ceiling.deniedPermissions) addDenyPolicy(this, this.identity, ceiling.deniedPermissions);
    if (props.principalAccessBoundary) addAccessBoundary(this, this.identity, props.principalAccessBoundary);
  }

  /**
   * Grants a role of your own choice as well, without the window of this role. It is not covered by the agent's
   * capabilities: the manifest lists it as native, and the review reports it.
   */
  addNativeGrant(id: string, { role, on }: NativeGrantProps): void {
    const { agent, fleet, member, project } = this.identity;
    const [target] = Object.values(on.bind({ project, timed: false }).targets);
    const conditions = target?.conditions ? [target.conditions as CelCondition] : [];
    const condition = allOf(`agent '${agent.name}'`, conditions);
    const scopes = (target?.scopes ?? []) as readonly GcpScope[];
    checkNativeRole(this.identity, role, condition !== undefined);
    for (const place of scopes) {
      const granted = addMember(this, id, { place, member, role, ...(condition ? { condition } : {}) });
      pinAddress(granted, fleet, agent.name, `native-${shortHash(id)}`);
      noteGiven(this.identity, { place, role, permissions: [], by: granted, ...(condition ? { condition } : {}) });
    }
    this.identity.recordNativeGrant({ origin: `${this.node.path}/${id}`, permissions: [role], scopes, conditions });
  }

  private bindAll(resources: ScopedAgentRoleProps['resources'], timed: boolean): Record<string, BoundResource> {
    const { project } = this.identity;
    return Object.fromEntries(Object.entries(resources).map(([name, resource]) => [name, resource.bind({ project, timed })]));
  }

  private ceilingOf({ denyPolicy, principalAccessBoundary }: ScopedAgentRoleProps): Ceiling {
    return {
      ...(denyPolicy ? { deniedPermissions: deniedPermissions(this.access) } : {}),
      ...(principalAccessBoundary ? { onlyWithin: insideOf(this.identity, principalAccessBoundary) } : {}),
    };
  }

  private attach({ window, ceiling }: { readonly window: AccessWindow | undefined; readonly ceiling: Ceiling }): void {
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, this.identity.fleet, this.agent.name);
    if (!member) throw unregisteredIdentity(this.agent.name, this.identity.node.path);
    const whom = { cloud: CATALOG.cloud, fleet: this.identity.fleet, agent: this.agent.name };
    GovernanceBook.of(this.node.root).claimAll(this.node.path, whom, ROLE_PARTS);
    member.attachRole({
      plan: this.access,
      ...(Object.keys(ceiling).length > 0 ? { ceiling: () => resolveTokens(this, ceiling) as JsonValue } : {}),
      ...(window ? { window } : {}),
    });
  }

  private add({ id, scope, where, permissions, condition }: RoleGrant): void {
    const local = scope.project === undefined || where.includes('${');
    countOne(this, { what: 'grants', where: `the access policy of ${where}`, local, limit: LIMITS.allowPolicies.principals });
    const { agent, fleet, member } = this.identity;
    const role = CustomRoles.of(this).nameFor({ fleet, project: scope.project, permissions });
    const by = addMember(this, id, { place: scope, member, role, ...(condition ? { condition } : {}) });
    pinAddress(by, fleet, agent.name, id);
    noteGiven(this.identity, { place: scope, role, permissions, by, ...(condition ? { condition } : {}) });
  }
}
