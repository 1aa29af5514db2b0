import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type AccessPlan, planAccess } from '../core/access-plan';
import type { AgentSpec } from '../core/agent-spec';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import type { JsonValue } from '../core/json';
import { unregisteredIdentity } from '../core/native-errors';
import { checkWindow } from '../core/window';
import type { IAgentIdentity } from './agent-identity';
import type { AgentResource } from './agent-resource';
import { CATALOG } from './catalog';
import { PolicyIndex, roleResource } from './private/attached-policies';
import { readCeiling } from './private/ceiling';
import { chainDenySlots } from './private/chain-deny';
import { outboundGrants } from './private/outbound';
import { textOf } from './private/references';
import { exact as exactText } from './private/resources/shared';
import { RoleBounds } from './private/role-bounds';
import { roleProblems } from './private/role-checks';
import { attachAccess, attachBounds, type Bounding, finalBoundary, warnOfLimits } from './private/role-policies';
import { translateAccess } from './private/translate-access';

export interface ScopedAgentRoleProps {
  /** Whose role it is. Not one imported as immutable: its grants would be lost. */
  readonly identity: IAgentIdentity;
  /** What each resource name of the spec stands for, sub-agents under their own names. */
  readonly resources: Readonly<Record<string, AgentResource>>;
  /** First instant of the access, ISO 8601 in UTC. @default - at once */
  readonly notBefore?: string;
  /** Last instant of the access, ISO 8601 in UTC. @default - without end */
  readonly notAfter?: string;
  /** Regions the agent may call besides that of the stack and those of its resources. @default - none */
  readonly regions?: readonly string[];
  /**
   * Audiences of other clouds that the agent may ask identity tokens for: `api://AzureADTokenExchange` for Azure. Google Cloud takes the
   * agent's credentials as they are. The account must have outbound federation enabled. @default - none
   */
  readonly outboundAudiences?: readonly string[];
  /** A boundary of yours in place of the derived one. What the derived one denies is then denied by a managed policy. @default - derived from the spec */
  readonly permissionsBoundary?: iam.IManagedPolicy;
  /**
   * What the boundary admits besides the access granted in this app, for policies whose content the app does not know.
   * Grants nothing by itself. @default - nothing
   */
  readonly ceiling?: readonly iam.PolicyStatement[];
}

/**
 * Gives an identity exactly the access its spec declares: statements with exact actions on the bound resources, and a
 * permissions boundary that denies all else, changes to IAM, other regions and times outside the window.
 *
 * What your own code grants to the identity is admitted by the boundary and recorded as native; beyond the spec's mode, it
 * fails synth (`mode-exceeded`). Throws on unbound, surplus or unusable resources, and where the policies exceed what a role
 * can hold (`policy-too-large`), of which 600 characters and one managed policy are kept free for containment.
 */
export class ScopedAgentRole extends Construct {
  readonly agent: AgentSpec;
  /** The spec's capabilities, resolved against the bound resources. */
  readonly access: AccessPlan;
  readonly identity: IAgentIdentity;
  /** The derived boundary, or the one passed in; undefined for an imported role. */
  readonly permissionsBoundary?: iam.IManagedPolicy;
  private readonly bounds: RoleBounds;
  private readonly bounding: Bounding;

  constructor(scope: Construct, id: string, props: ScopedAgentRoleProps) {
    super(scope, id);
    const { identity, resources } = props;
    const { agent, role } = identity;
    const home = Stack.of(this);
    const member = Fleets.of(this.node.root).tryFind(CATALOG.cloud, identity.fleet, agent.name);
    if (!member) throw unregisteredIdentity(agent.name, identity.node.path);
    const window = checkWindow(agent.name, props);
    this.agent = agent;
    this.identity = identity;
    GovernanceBook.of(this.node.root).claim(this.node.path, {
      control: 'access-as-declared',
      cloud: CATALOG.cloud,
      fleet: identity.fleet,
      agent: agent.name,
    });
    const bound = Object.entries(resources).map(([name, resource]) => [name, resource.bound]);
    const planned = planAccess(agent, CATALOG, Object.fromEntries(bound));
    this.access = { ...planned, grants: [...planned.grants, ...outboundGrants(agent.name, props.outboundAudiences ?? [])] };
    member.attachRole({ plan: this.access, ceiling: () => this.describeCeiling(), ...(window ? { window } : {}) });

    const admitted = readCeiling(agent, props.ceiling ?? []);
    const granted = translateAccess(this.access, { window, textOf: (value) => textOf(value, this) });
    const regions = [
      Stack.of(role).region,
      ...Object.values(resources).flatMap((resource) => resource.regions),
      ...checkRegions(agent.name, props.regions ?? []),
    ];
    this.bounds = new RoleBounds({ agent, role, granted, home, admitted, regions, ...(window ? { window } : {}) });
    this.bounding = attachBounds(this, identity, {
      bounds: this.bounds,
      ...(props.permissionsBoundary ? { given: props.permissionsBoundary } : {}),
    });
    if (this.bounding.policy) this.permissionsBoundary = this.bounding.policy;
    const own = attachAccess(this, identity, {
      statements: granted,
      slots: chainDenySlots(role) + (this.bounding.kind === 'managed-policy' ? 1 : 0),
    });

    PolicyIndex.of(role).watch();
    warnOfLimits(this, identity, this.bounding);
    this.node.addValidation({ validate: () => roleProblems(agent, role, own).map((error) => error.message) });
  }

  /** The ceiling as the manifest shows it. */
  private describeCeiling(): JsonValue {
    const stack = Stack.of(this.identity.role);
    const { kind, policy } = this.bounding;
    const resource = roleResource(this.identity.role);
    const arn: unknown = policy ? stack.resolve(policy.managedPolicyArn) : undefined;
    const { statements, ...facts } =
      kind === 'permissions-boundary'
        ? this.bounds.boundary()
        : { statements: this.bounds.guardrails(), detail: 'denies', openActions: [] };
    return {
      kind,
      ...facts,
      ...(policy ? { boundary: arn as JsonValue } : {}),
      inForce: kind === 'managed-policy' || !resource || finalBoundary(resource) === JSON.stringify(arn),
      statements: stack.resolve(statements) as JsonValue,
    };
  }
}

/** Regions may be tokens; a pattern of regions would match none, and so admit nothing. */
function checkRegions(agent: string, regions: readonly string[]): readonly string[] {
  return regions.map((region) => exactText(`agent '${agent}'`, 'regions', region));
}
