import type { ManifestAgent } from '../../core/manifest';
import type { AccessOrigin, AccessRegion } from '../../core/review/access';
import type { DeclaredGrant, WorldSecret } from '../../core/review/world';

/** Where something is granted: one resource, or a node of the hierarchy with all below it. */
export interface Place {
  readonly level: 'resource' | 'project' | 'folder' | 'organization';
  /**
   * Name of the resource below its project, `projects/P/buckets/B`; `projects/P` for a project. The bucket of an object comes before
   * it, so that all in a thing begins with the name of the thing.
   */
  readonly name: string;
  /** Projects that lie outside a folder or organization for sure. @default - none */
  readonly outside?: readonly string[];
}

/** One binding of one role to one member. */
export interface Binding {
  readonly member: string;
  readonly role: string;
  /** @default - the role's text is not at hand */
  readonly permissions?: readonly string[];
  readonly place: Place;
  /** What the condition leaves, as alternatives; empty where it leaves nothing. @default - without a condition */
  readonly condition?: Condition;
  readonly origin: AccessOrigin;
}

/** A condition in CEL, as alternatives that each are a region. */
export interface Condition {
  readonly text: string;
  readonly regions: readonly AccessRegion[];
}

/** One rule of a deny policy. */
export interface DenyRule {
  readonly principals: readonly string[];
  readonly exceptPrincipals: readonly string[];
  /** Permissions in the form of roles; `*` at the end of one is any. */
  readonly permissions: readonly string[];
  readonly exceptPermissions: readonly string[];
  readonly place: Place;
  readonly condition?: Condition;
  readonly origin: AccessOrigin;
  /** Why it may not apply after all; then it takes nothing out for sure. @default - it applies */
  readonly doubt?: string;
}

/** A principal access boundary that is bound to principals: beyond its places it takes access away where it covers the permission. */
export interface Fence {
  /** Members that are held in; undefined for all of `project`. */
  readonly members?: readonly string[];
  readonly project?: string;
  readonly places: readonly Place[];
  readonly origin: AccessOrigin;
}

/** Somebody who is granted something, or a service account that is made. */
export interface GcpPrincipal {
  /** Member as bindings name it: `serviceAccount:EMAIL`, `principal://...`, `user:EMAIL`. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly project?: string;
  /** Name as a resource, of a service account. */
  readonly resource?: string;
  readonly construct?: string;
  readonly source: string;
  readonly agent?: ManifestAgent;
  readonly declared?: readonly DeclaredGrant[];
  readonly containedBy: readonly string[];
}

/** A resource that is known by name. */
export interface GcpResource {
  readonly name: string;
  readonly shown: string;
  readonly type: string;
  readonly project: string;
  /** Member that its code runs as. */
  readonly runsAs?: string;
  readonly holdsCredentials: boolean;
}

/** A secret, as a manifest says whose credentials it holds. */
export interface GcpSecret {
  readonly name: string;
  readonly shown: string;
  /** Ids of principals, of any cloud. */
  readonly holds: readonly string[];
  /** Names of the agents that it is declared for. */
  readonly readers: readonly string[];
}

/** Identities of a workload identity pool that are let in from elsewhere. */
export interface Federation {
  /** Name of the pool. */
  readonly pool: string;
  /** Account of AWS whose principals are let in. */
  readonly awsAccount?: string;
  /** Issuer of the tokens that are let in. */
  readonly issuer?: string;
  /** CEL over what the stranger claims; undefined lets in everybody. */
  readonly condition?: string;
  /** Attributes of Google Cloud -> CEL over what the stranger claims. @default - what Google Cloud maps by itself */
  readonly mapping?: Readonly<Record<string, string>>;
  readonly source: string;
}

/** A grant that could not be read, so that it may be anybody's, or anybody's of one kind. */
export interface Unread {
  /** Full sentence. */
  readonly sentence: string;
  /** `serviceAccount`, `user`, `principal` ... @default - any */
  readonly kind?: string;
  /** Whom alone it may concern. @default - anyone of the kind */
  readonly only?: string;
  /** A member that is told after all where an account of that id is made here. @default - none */
  readonly unlessMade?: string;
}

/** Everything that was read of Google Cloud. */
export interface GcpEstate {
  readonly principals: readonly GcpPrincipal[];
  readonly resources: readonly GcpResource[];
  readonly secrets: readonly GcpSecret[];
  /** Secrets that no cloud keeps. @default - none */
  readonly outsideSecrets?: readonly WorldSecret[];
  readonly bindings: readonly Binding[];
  readonly denies: readonly DenyRule[];
  readonly federations: readonly Federation[];
  readonly fences: readonly Fence[];
  readonly customRoles: ReadonlyMap<string, readonly string[]>;
  readonly reviewed: ReadonlySet<string>;
  /** Groups that a member is in, through groups too. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly unread: readonly Unread[];
  readonly unknowns: readonly string[];
}
