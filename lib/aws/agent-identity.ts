import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import type { JsonValue } from '../core/json';
import type { ManifestIdentity } from '../core/manifest';
import { checkName } from '../core/names';
import { defaultFleet } from '../core/window';
import type { AgentTrust } from './agent-trust';
import { CATALOG } from './catalog';
import { attachChainDeny } from './private/chain-deny';
import { writeManifestOnSynth } from './private/manifest-writer';
import { nativeGrants } from './private/native-grants';
import { OutboundIssuer } from './private/outbound-issuer';
import { reviewOnSynth } from './private/review-plugin';
import { noteChain } from './private/trust/chain';
import { ImportedIdentity } from './private/trust/imported-identity';
import { roleArn, roleName, rolePath } from './private/trust/role-name';
import { roleDescription, roleTags } from './private/trust/role-text';
import { makeProfile, profileOf } from './private/trust/roles-anywhere';
import { roleSessionSeconds } from './private/trust/session';
import { TrustPolicy } from './private/trust/trust-policy';
import { makeWorkloadIdentity } from './private/trust/workload-identity';

/** Above that of `Tags.of()`, so that a tag of the whole app cannot make the role look like another agent's. */
const TAG_PRIORITY = 200;

/** The identity of one agent on AWS. What is granted to it is granted to its role. */
export interface IAgentIdentity extends IConstruct, iam.IGrantable {
  /** The declaration it was made from. */
  readonly agent: AgentSpec;
  /** Fleet it belongs to. */
  readonly fleet: string;
  readonly role: iam.IRole;
  /** Literal name of the role. */
  readonly roleName: string;
  /** ARN built from the role's name. Naming it makes nothing depend on the role. */
  readonly roleArn: string;
  /** The policy that stops chains, where the identity is made here and one can reach it. */
  readonly chainDeny?: iam.IManagedPolicy;
}

export interface AgentIdentityProps {
  readonly agent: AgentSpec;
  /** Who may become the agent. */
  readonly trust: AgentTrust;
  /** Fleet it belongs to, 1-20 of `[a-z0-9-]`; part of the role's name and path. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /** Makes an AgentCore workload identity named like the role, through which the agent gets tokens of other systems. @default false */
  readonly workloadIdentity?: boolean;
  /** Where an OAuth sign-in for the workload identity may return to. Used only with `workloadIdentity`. @default - nowhere */
  readonly workloadIdentityReturnUrls?: readonly string[];
}

/** A role made elsewhere that an agent uses. */
export interface AgentIdentityRoleArn {
  readonly agent: AgentSpec;
  readonly roleArn: string;
  /** Fleet it belongs to. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /** Whether grants are attached to the role from here. A grant that is not attached fails synth. @default - true in the role's own account, false elsewhere */
  readonly mutable?: boolean;
}

/** An identity that this library made in another app or stack. */
export interface AgentIdentityAttributes {
  readonly agent: AgentSpec;
  /** Fleet it was made in. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /** Account it was made in. @default - the account of the stack */
  readonly account?: string;
  /** Whether grants are attached to the role from here. A grant that is not attached fails synth. @default - true in the role's own account, false elsewhere */
  readonly mutable?: boolean;
}

/** Control that each part of an identity serves, by its path. */
const IDENTITY_PARTS = {
  '': 'own-identity',
  Boundary: 'ceiling',
  'Role/DefaultPolicy': 'access-as-declared',
  Brake: 'containment-armed',
  Contain: 'containment-armed',
  ...Object.fromEntries(
    Array.from({ length: 20 }, (_, part) => [
      [`Watch${part}`, 'signals-watched'],
      [`Expected${part}`, 'drift-found'],
    ]).flat(),
  ),
};

/**
 * A role of its own for one agent, under `/agentic-iam/<fleet>/`: never a user, never shared. It can do nothing until a
 * `ScopedAgentRole` gives it the access its spec declares; what your own code grants it beyond that is recorded as native.
 *
 * Tags `agentic-iam:agent`, `fleet`, `owner`, `purpose` and `environment` say whose it is. What IAM does not take in a tag or
 * description is written as quoted-printable text (`,` as `=2C`), so that nothing is lost.
 *
 * IAM takes no maximum session below one hour, and no trust policy can bound the length a caller asks for; services choose
 * it themselves. How long a credential really lives, and why, is in the manifest.
 *
 * Throws on a trust that is open, too long or not exact, on a second identity for the agent in its fleet, on a name or text
 * that does not fit.
 */
export class AgentIdentity extends Construct implements IAgentIdentity {
  /** An agent's role made elsewhere, under any name. */
  static fromRoleArn(scope: Construct, id: string, attrs: AgentIdentityRoleArn): IAgentIdentity {
    return new ImportedIdentity(scope, id, { ...attrs, fleet: fleetOf(attrs) });
  }

  /** An identity made by this library in another app, stack or account: its name follows from fleet and agent. */
  static fromIdentityAttributes(scope: Construct, id: string, attrs: AgentIdentityAttributes): IAgentIdentity {
    const fleet = fleetOf(attrs);
    return new ImportedIdentity(scope, id, { ...attrs, fleet, roleArn: roleArn(Stack.of(scope), { ...attrs, fleet }) });
  }

  /** Switches on the account's outbound identity federation, by which Azure and others know its roles, and gives its issuer. */
  static outboundIssuer(scope: Construct, id: string): OutboundIssuer {
    return new OutboundIssuer(scope, id);
  }

  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly role: iam.Role;
  readonly roleName: string;
  readonly roleArn: string;
  readonly grantPrincipal: iam.IPrincipal;
  /** ARN of the Roles Anywhere profile; undefined where the trust has no such way in. */
  readonly rolesAnywhereProfileArn?: string;
  /** ARN of the AgentCore workload identity; undefined where none was asked for. */
  readonly workloadIdentityArn?: string;
  /**
   * Denies everything to the chains that are stopped, by the source identity their sessions carry; shared by the fleet's roles in the
   * stack. Undefined where no other agent may become this one.
   */
  readonly chainDeny?: iam.IManagedPolicy;
  private readonly trust: TrustPolicy;

  constructor(scope: Construct, id: string, props: AgentIdentityProps) {
    super(scope, id);
    const { agent } = props;
    const stack = Stack.of(this);
    this.agent = agent;
    this.fleet = fleetOf(props);
    const ways = props.trust.bind({ agent, stack });
    this.trust = new TrustPolicy(agent.name, this, ways);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: this.trust,
      roleName: roleName(this.fleet, agent),
      path: rolePath(this.fleet),
      description: roleDescription(agent),
      maxSessionDuration: Duration.seconds(roleSessionSeconds(agent)),
    });
    for (const { after } of ways) if (after) this.role.node.addDependency(after);
    const { continues } = noteChain(this, ways);
    this.grantPrincipal = this.role;

    // Role.customizeRoles may keep the role out of the template: then it has the name its owner gave it.
    const made = this.role.node.defaultChild as iam.CfnRole | undefined;
    // Not through Tags.of(): that costs an aspect per tag and agent.
    for (const [key, value] of Object.entries(roleTags(agent, this.fleet))) made?.tags.setTag(key, value, TAG_PRIORITY);
    this.roleName = made ? roleName(this.fleet, agent) : this.role.roleName;
    this.roleArn = made ? roleArn(stack, { fleet: this.fleet, agent }) : this.role.roleArn;

    if (made && continues) this.chainDeny = attachChainDeny(this.role, this.fleet);
    const profile = profileOf(agent, ways);
    if (profile) this.rolesAnywhereProfileArn = makeProfile(this, { agent, role: this.role, name: this.roleName }, profile).attrProfileArn;
    if (props.workloadIdentity) {
      this.workloadIdentityArn = makeWorkloadIdentity(
        this,
        { agent: agent.name, name: this.roleName },
        props.workloadIdentityReturnUrls ?? [],
      ).attrWorkloadIdentityArn;
    }
    this.register(stack);
  }

  private register(stack: Stack): void {
    Fleets.of(this.node.root).register({
      cloud: CATALOG.cloud,
      catalog: CATALOG.version,
      fleet: this.fleet,
      agent: this.agent,
      construct: this.node.path,
      describe: () => this.describe(stack),
      native: () => nativeGrants(this.role),
      resolve: (value) => stack.resolve(value) as JsonValue,
    });
    GovernanceBook.of(this.node.root).claimAll(
      this.node.path,
      { cloud: CATALOG.cloud, fleet: this.fleet, agent: this.agent.name },
      IDENTITY_PARTS,
    );
    writeManifestOnSynth(this);
    reviewOnSynth(this);
  }

  private describe(stack: Stack): ManifestIdentity {
    const { assumeRolePolicy } = this.role;
    const life = this.trust.life(assumeRolePolicy);
    return {
      kind: 'iam-role',
      name: this.roleName,
      principal: stack.resolve(this.roleArn) as JsonValue,
      trust: this.trust.describe(assumeRolePolicy),
      ...(this.chainDeny ? { chainDeny: stack.resolve(this.chainDeny.managedPolicyArn) as JsonValue } : {}),
      credentialLifeSeconds: life.seconds,
      credentialLifeReason: life.reason,
    };
  }
}

function fleetOf({ agent, fleet }: { readonly agent: AgentSpec; readonly fleet?: string }): string {
  return checkName('fleet', fleet ?? defaultFleet(agent.scope.environment));
}
