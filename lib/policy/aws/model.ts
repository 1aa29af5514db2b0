import type { ManifestAgent } from '../../core/manifest';
import type { AccessOrigin } from '../../core/review/access';
import type { DeclaredGrant, WorldSecret } from '../../core/review/world';

/** A value of a policy after intrinsics became symbols (see `core/review/glob`): plain text, with symbols inside. */
export type PolicyText = string;

/** Principals that a statement names. `AWS` holds ARNs, account ids and `*`. */
export interface PrincipalClause {
  readonly negated: boolean;
  readonly any: boolean;
  readonly aws: readonly PolicyText[];
  readonly service: readonly PolicyText[];
  readonly federated: readonly PolicyText[];
  readonly canonical: readonly PolicyText[];
}

/** One test of a `Condition` block. */
export interface ConditionTest {
  /** As written: `StringLike`, `ForAnyValue:StringEqualsIfExists` ... */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly PolicyText[];
}

/** One statement, as written but for lists made of single values. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly sid?: string;
  readonly actions?: readonly PolicyText[];
  readonly notActions?: readonly PolicyText[];
  readonly resources?: readonly PolicyText[];
  readonly notResources?: readonly PolicyText[];
  readonly principals?: PrincipalClause;
  readonly conditions: readonly ConditionTest[];
  readonly origin: AccessOrigin;
}

/** A policy that was read. */
export interface PolicyDocument {
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly PolicyStatement[];
  /** Parts that could not be read; full sentences. While there is one, nothing that this policy takes part in is proven. */
  readonly unknowns: readonly string[];
}

/** A policy and what holds it. */
export interface AwsPolicy {
  /** Name as a person would find it: `inline policy 'Read' of role 'reader'`. */
  readonly name: string;
  /** ARN of a managed policy. @default - inline */
  readonly arn?: string;
  readonly document: PolicyDocument;
  /** Versions of a managed policy that are not in force. @default - none is known */
  readonly otherVersions?: readonly AwsPolicy[];
}

/** A user, role or group. */
export interface AwsPrincipal {
  readonly arn: PolicyText;
  readonly kind: 'user' | 'role' | 'group';
  readonly name: PolicyText;
  readonly path: PolicyText;
  readonly account: PolicyText;
  /** Inline and managed; those of a user's groups are found through `groups`. */
  readonly policies: readonly AwsPolicy[];
  readonly boundary?: AwsPolicy;
  /** Who may assume the role. */
  readonly trust?: AwsPolicy;
  /** ARNs of the groups a user is in. */
  readonly groups: readonly PolicyText[];
  readonly tags: Readonly<Record<string, string>>;
  /** ARNs of the instance profiles that hold the role. */
  readonly instanceProfiles: readonly PolicyText[];
  /** Policies that could not be read; full sentences. */
  readonly unknowns: readonly string[];
  readonly construct?: string;
  readonly source: string;
  readonly agent?: ManifestAgent;
  readonly declared?: readonly DeclaredGrant[];
}

/** A resource that is known by name. */
export interface AwsResource {
  readonly arn: PolicyText;
  /** CloudFormation type where known: `AWS::Lambda::Function`; otherwise as given. */
  readonly type: string;
  /** ARN of the role that its code runs as. */
  readonly role?: PolicyText;
  readonly policy?: AwsPolicy;
  readonly tags?: Readonly<Record<string, string>>;
  readonly construct?: string;
  readonly source: string;
}

/** A secret, as a manifest says whose credentials it holds. */
export interface AwsSecret {
  readonly arn: PolicyText;
  readonly name: string;
  /** Ids of principals, of any cloud. */
  readonly holds: readonly PolicyText[];
  /** Names of the agents that it is declared for. */
  readonly readers: readonly string[];
}

/** Everything that was read of AWS. */
export interface AwsEstate {
  readonly principals: readonly AwsPrincipal[];
  readonly resources: readonly AwsResource[];
  /** @default - none */
  readonly secrets?: readonly AwsSecret[];
  /** Secrets that no cloud keeps. @default - none */
  readonly outsideSecrets?: readonly WorldSecret[];
  /** Customer and AWS managed policies at hand, for steps that attach or change one. */
  readonly managedPolicies: readonly AwsPolicy[];
  /** Service control policies by account; each inner list is one level of the organisation, all levels must allow. @default - none */
  readonly scps?: Readonly<Record<string, readonly (readonly AwsPolicy[])[]>>;
  /** Resource control policies, in the same shape. @default - none */
  readonly rcps?: Readonly<Record<string, readonly (readonly AwsPolicy[])[]>>;
  /**
   * Whether all users and roles of these accounts are listed. Where they are not (a template), a wildcard may reach principals that
   * are not in view, and such a target is assumed to exist.
   */
  readonly accountsInFull: ReadonlySet<string>;
  /** Whether all resources that run code as a role are listed. */
  readonly resourcesInFull: boolean;
  /** ARNs to review; empty for all that are agents or, without agents, all. */
  readonly reviewed: ReadonlySet<string>;
  readonly unknowns: readonly string[];
}
