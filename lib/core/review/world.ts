import type { AccessLevel } from '../enums';
import type { ManifestAgent, ManifestGrant } from '../manifest';
import type { AccessEntry, AccessOrigin, AccessRequest, Decision, EffectiveAccess, ReadKind } from './access';

/** Facts about the actions of one cloud. */
export interface ActionFacts {
  /** The level of an exact action, or undefined where the catalog does not know the action. */
  readonly level: (action: string) => AccessLevel | undefined;
  /** What a list or read action returns. `metadata` for an action of another level that returns nothing of value. */
  readonly reads: (action: string) => ReadKind;
  /** Whether the action makes the cloud run code or commands that the caller chooses. */
  readonly runsCode: (action: string) => boolean;
  /**
   * Whether the action only hands in traces or metrics of what the caller does itself, and can name no resource: nobody's data changes by
   * it, and read-only admits it, declared or not. @default - no action does
   */
  readonly isTelemetry?: (action: string) => boolean;
  /**
   * Whether all that an action yields is another principal, whose own access is judged by itself: assuming a role. @default - no action
   */
  readonly leadsOn?: (action: string) => boolean;
  /** How many actions the catalog knows. */
  readonly count: number;
}

/** What one capability of an agent was declared to need. */
export interface DeclaredGrant {
  /** @default - a native grant of the user's own code */
  readonly grant?: ManifestGrant;
  readonly entries: readonly AccessEntry[];
}

/** Someone whose access is judged. */
export interface WorldPrincipal {
  /** Native id: an ARN, `serviceAccount:...`, a principal id. A template's references are shown as `${LogicalId}`. */
  readonly id: string;
  /** Short name for people. */
  readonly name: string;
  /** `role`, `user`, `service-account`, `managed-identity` ... */
  readonly kind: string;
  /** Account, subscription or project it lives in. @default - not known */
  readonly account?: string;
  /** The agent whose identity it is. @default - not an agent's */
  readonly agent?: ManifestAgent;
  /** What the agent's declaration grants. @default - not an agent's */
  readonly declared?: readonly DeclaredGrant[];
  /** Construct path. @default - not known */
  readonly construct?: string;
  /** File it was read from. */
  readonly source: string;
  /**
   * What holds it in whatever it is granted, each one phrase for people: a boundary by its name, a session of at most an hour, a date
   * after which nothing is allowed. @default []
   */
  readonly containedBy?: readonly string[];
  /** False for principals that are only there to be reached, such as the roles of an account when `--principal` names others. */
  readonly reviewed: boolean;
}

/** A resource that is known by name. */
export interface WorldResource {
  readonly id: string;
  readonly name: string;
  /** Native type: `AWS::S3::Bucket`, `google_storage_bucket` ... */
  readonly type: string;
  /** Principal that its code runs as. @default - runs no code, or not known */
  readonly runsAs?: string;
  /** Whether what it holds are credentials. @default false */
  readonly holdsCredentials?: boolean;
}

/** A secret of which it is declared whose credentials it holds. */
export interface WorldSecret {
  readonly name: string;
  /** The request that reads it. @default - no cloud keeps it: the agents that it is declared for read it */
  readonly request?: AccessRequest;
  /** Ids of the principals, of any cloud. */
  readonly holds: readonly string[];
  /** Names of the agents that it is declared for. */
  readonly readers: readonly string[];
}

/** What a path arrives at. */
export type PathEnd = 'admin' | 'principal' | 'resource' | 'credentials';

/** One step of an attacker who holds `from`. */
export interface EscalationStep {
  /** Principal that acts. */
  readonly from: string;
  readonly to: PathEnd;
  /** Native id of what is reached. For `admin` without a target of its own: the id of `from`. */
  readonly toId: string;
  /** Id of the technique in that cloud's escalation catalog. */
  readonly technique: string;
  /** One sentence a person understands: what is done, to what, and what it yields. */
  readonly sentence: string;
  /** The requests that must be, and are, allowed. */
  readonly requests: readonly AccessRequest[];
  /** The statements that allow them. */
  readonly allowedBy: readonly AccessOrigin[];
  /** Conditions that the attacker can meet, as they were written. @default [] */
  readonly conditions?: readonly string[];
  /** True where the target is not in view and only assumed to exist, because a wildcard grants it. @default false */
  readonly assumed?: boolean;
}

/**
 * Everything known of one cloud: who there is, what each may do, and what one step further is. Pure: a cloud's policy folder makes it
 * from files, and `lib/core/review` asks it.
 */
export interface AccessWorld {
  readonly cloud: string;
  readonly facts: ActionFacts;
  readonly principals: readonly WorldPrincipal[];
  readonly resources: readonly WorldResource[];
  /** Secrets that manifests say hold the credentials of principals. @default - none */
  readonly secrets?: readonly WorldSecret[];
  /** What was read and could not be understood; full sentences. */
  readonly unknowns: readonly string[];
  /** What a principal can really do. Computed once. */
  readonly access: (principal: string) => EffectiveAccess;
  /** What becomes of one request. Keys that the request does not carry are absent, unless `missing` is `unknown`. */
  readonly decide: (principal: string, request: AccessRequest, missing?: 'absent' | 'unknown') => Decision;
  /**
   * A resource of the same kind where the principal is at home, for one whose place a wildcard left to choice: policies of one place say
   * little of what happens in another. @default - the resource as it is
   */
  readonly nearby?: (principal: string, request: AccessRequest) => string;
  /** Whether the principal may do everything that matters, everywhere in its account. */
  readonly isAdmin: (principal: string) => boolean;
  /**
   * Every step that `from` can take, where the attacker also holds the principals of `held` (which includes `from`).
   * Only steps that really work: each request is decided with all layers. Every world is asked about every principal that is held, its
   * own or another world's: federation is known to the world that lets the stranger in, and an id that means nothing gives no steps.
   * More principals in `held` never give fewer steps.
   */
  readonly steps: (from: string, held: ReadonlySet<string>) => readonly EscalationStep[];
  /**
   * The same, where whatever depends on something that is not known, such as a condition that the attacker can not choose, turns out well
   * for the attacker. What these lead to is no path, and keeps it from being proven that there is none. @default - nothing is left open
   */
  readonly luckySteps?: AccessWorld['steps'];
  /** The named resources a principal can use, directly, at data level or above, each with the request that shows it. */
  readonly touches: (
    principal: string,
  ) => readonly { readonly resource: string; readonly request: AccessRequest; readonly decision: Decision }[];
}
