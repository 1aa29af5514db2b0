/** Where a piece of access comes from, so that a person can find and change it. */
export interface AccessOrigin {
  /** The statement, binding or assignment, as a person would name it: `ReaderPolicy statement 2 (Sid ReadInvoices)`. */
  readonly statement: string;
  /** What kind of rule it is: `identity`, `resource`, `trust`, `boundary`, `session`, `scp`, `rcp`, `deny`, `assignment` ... */
  readonly layer: string;
  /** Path of the construct that put it there. @default - not made by a construct, or not known */
  readonly construct?: string;
  /** File it was read from. @default - not read from a file */
  readonly source?: string;
}

/** The values one condition key may take. Globs know `*` and `?`; `\` makes the next character literal. */
export type ValueTest =
  /** Matches one of the globs. An empty list holds for no value. */
  | { readonly kind: 'one-of'; readonly globs: readonly string[]; readonly ignoreCase: boolean }
  /** Matches none of the globs. An empty list holds for every value. */
  | { readonly kind: 'none-of'; readonly globs: readonly string[]; readonly ignoreCase: boolean }
  /** A number, or a moment in milliseconds since 1970, between the two ends. @default - that end is open */
  | {
      readonly kind: 'range';
      readonly unit: 'number' | 'moment';
      readonly min?: number;
      readonly minOpen?: boolean;
      readonly max?: number;
      readonly maxOpen?: boolean;
    }
  /** A number or moment equal to none of these. */
  | { readonly kind: 'not-equal'; readonly unit: 'number' | 'moment'; readonly values: readonly number[] }
  /** An IP address inside (or, negated, outside all) of the CIDR blocks. */
  | { readonly kind: 'network'; readonly blocks: readonly string[]; readonly outside: boolean }
  /** Something that is not decided. Text for a person; two equal texts are the same test. */
  | { readonly kind: 'opaque'; readonly text: string };

/** One condition: what a key of the request must be. */
export interface KeyConstraint {
  /** The native key, in its canonical case: `aws:SourceIp`, `resource.name` ... */
  readonly key: string;
  readonly test: ValueTest;
  /** Whether it holds for a request that does not carry the key. */
  readonly whenAbsent: boolean;
  /** For a key of several values: whether every value must pass or one is enough. @default - the key has one value */
  readonly quantifier?: 'every' | 'some';
  /** As it was written, for a person. */
  readonly text: string;
}

/** A set of (resource, context) pairs. */
export interface AccessRegion {
  /** Lists of globs over resource names: a resource is inside when it matches a glob of every list. Never empty. */
  readonly resources: readonly (readonly string[])[];
  /** Globs of resources that are outside all the same. */
  readonly notResources: readonly string[];
  /** All must hold. */
  readonly when: readonly KeyConstraint[];
}

/** Access that is allowed: each of the actions, on each (resource, context) of the region that no exception holds. */
export interface AccessEntry {
  /** Exact native action names in canonical case, sorted. */
  readonly actions: readonly string[];
  readonly region: AccessRegion;
  /** Regions that denials take out. */
  readonly except: readonly AccessRegion[];
  readonly origins: readonly AccessOrigin[];
}

/** What a principal can really do, after every layer. */
export interface EffectiveAccess {
  readonly principal: string;
  readonly entries: readonly AccessEntry[];
  /**
   * What could not be read or decided, each a full sentence: a managed policy whose text is not at hand, an intrinsic that
   * hides a statement. While there is one, no claim about the principal is proven.
   */
  readonly unknowns: readonly string[];
}

/** One concrete request. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys. Keys are matched without regard to case. @default {} */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** What becomes of a request. */
export type Effect = 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'depends';

/** The answer to one request. */
export interface Decision {
  readonly effect: Effect;
  /** The statements that decided; empty for an implicit deny that no statement took part in. */
  readonly origins: readonly AccessOrigin[];
  /** One sentence: why. */
  readonly reason: string;
  /** The conditions it depends on, as they were written; only with `depends`. @default [] */
  readonly dependsOn?: readonly string[];
}

/** What a read returns. */
export type ReadKind = 'metadata' | 'data' | 'credentials';
