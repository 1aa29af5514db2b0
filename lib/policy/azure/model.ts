import type { ManifestAgent } from '../../core/manifest';
import type { AccessOrigin } from '../../core/review/access';
import type { DeclaredGrant, WorldSecret } from '../../core/review/world';
import type { AbacExpression } from './engine/abac';
import type { RoleFact } from './facts';

/** One assignment of one role. */
export interface Assignment {
  readonly principal: string;
  /** Name of the role for people. */
  readonly roleName: string;
  /** Id of the definition as it was written. */
  readonly roleId: string;
  /** @default - the role is not at hand */
  readonly role?: RoleFact;
  /** True for a role that is defined in the files, so that it can be changed. */
  readonly custom: boolean;
  readonly scope: string;
  /** @default - without a condition */
  readonly condition?: AbacExpression;
  readonly origin: AccessOrigin;
}

/** Id of the principal that stands for everyone in a deny assignment. */
export const EVERYONE = '00000000-0000-0000-0000-000000000000';

/** A deny assignment. */
export interface DenyAssignment {
  readonly principals: readonly string[];
  readonly exceptPrincipals: readonly string[];
  readonly role: RoleFact;
  readonly scope: string;
  readonly origin: AccessOrigin;
}

/** An identity that can hold roles. */
export interface AzurePrincipal {
  /** Its object id: a GUID, or a reference. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** Id of the managed identity as a resource. */
  readonly resource?: string;
  /** Id of the resource group that it is in. @default - not known */
  readonly group?: string;
  readonly construct?: string;
  readonly source: string;
  readonly agent?: ManifestAgent;
  readonly declared?: readonly DeclaredGrant[];
  readonly containedBy: readonly string[];
}

/** A resource that is known by name. */
export interface AzureResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Id of the resource group that it is in. @default - not known */
  readonly group?: string;
  /** Object ids of the identities that its code can use. */
  readonly identities: readonly string[];
  readonly holdsCredentials: boolean;
  /** Whether it is in another resource, as a container is in an account. */
  readonly part: boolean;
}

/** Who may exchange a token of another issuer for one of an identity. */
export interface FederatedCredential {
  readonly principal: string;
  readonly issuer: string;
  readonly subject: string;
  readonly origin: AccessOrigin;
}

/** A right on Microsoft Graph that leads to every identity of the tenant. */
export interface GraphGrant {
  readonly principal: string;
  readonly right: string;
  readonly origin: AccessOrigin;
}

/** A secret, as a manifest says whose credentials it holds. */
export interface AzureSecret {
  readonly id: string;
  readonly name: string;
  /** Ids of principals, of any cloud. */
  readonly holds: readonly string[];
  /** Names of the agents that it is declared for. */
  readonly readers: readonly string[];
}

/** Everything that was read of Azure. */
export interface AzureEstate {
  readonly principals: readonly AzurePrincipal[];
  readonly resources: readonly AzureResource[];
  readonly secrets: readonly AzureSecret[];
  /** Secrets that no cloud keeps. @default - none */
  readonly outsideSecrets?: readonly WorldSecret[];
  readonly assignments: readonly Assignment[];
  readonly denials: readonly DenyAssignment[];
  readonly federated: readonly FederatedCredential[];
  readonly graph: readonly GraphGrant[];
  readonly reviewed: ReadonlySet<string>;
  /** What is not known of one principal, full sentences by its id. */
  readonly doubts: ReadonlyMap<string, readonly string[]>;
  /** Grants that could not be read, so that they may be anybody's; full sentences. */
  readonly unread: readonly string[];
  readonly unknowns: readonly string[];
}
