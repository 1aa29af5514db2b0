import type { AccessLevel } from './enums';
import type { JsonObject } from './json';

/** One set of native permissions that a capability needs on one target of a bound resource. */
export interface CatalogGrant {
  /** Kinds of resource this applies to. */
  readonly kinds: readonly string[];
  /** Native permissions, exact: never a wildcard. */
  readonly permissions: readonly string[];
  /** Which target of the bound resource they are granted on, for example `objects` or `key`. */
  readonly on: string;
  /** What the permissions do; never above the level of the capability, but for evidence. */
  readonly level: AccessLevel;
  /** Skipped where the bound resource lacks the target (a bucket without its own key). @default false */
  readonly optional?: boolean;
  /** How the cloud grants it, where it has several ways. @default - the cloud's usual way */
  readonly via?: string;
  /** Native conditions that always hold, joined with those of the target. @default - none */
  readonly conditions?: JsonObject;
  /** Page that states the fact. */
  readonly source: string;
  /** Day it was checked, `YYYY-MM-DD`. */
  readonly checked: string;
  /** False where the page could not be found to say it in so many words; `note` then says what is known. @default true */
  readonly confirmed?: boolean;
  readonly note?: string;
}

/** A capability that a cloud cannot give. */
export interface CatalogGap {
  readonly reason: string;
  /** What comes nearest, as advice to a person. */
  readonly nearest: string;
  readonly source: string;
  readonly checked: string;
}

/** A catalog's answer for one capability. */
export interface CatalogEntry {
  readonly grants?: readonly CatalogGrant[];
  readonly unsupported?: CatalogGap;
}

/** One kind of thing a resource name can be bound to. */
export interface CatalogKind {
  /** As a person says it: `S3 bucket`. */
  readonly title: string;
  /** Factory of that cloud's `AgentResource` that makes it. */
  readonly factory: string;
  /** Targets it always has. */
  readonly targets: readonly string[];
  /** Targets it may have. @default - none */
  readonly optionalTargets?: readonly string[];
}

/** The vocabulary of one cloud: data in `lib/<cloud>/catalog/capabilities.json`, valid against `schema/catalog.schema.json`. */
export interface Catalog {
  readonly cloud: string;
  /** Day of its newest check. */
  readonly version: string;
  readonly kinds: Readonly<Record<string, CatalogKind>>;
  readonly capabilities: Readonly<Record<string, CatalogEntry>>;
}
